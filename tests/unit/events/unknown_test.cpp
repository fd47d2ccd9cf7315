// Events of families that are not known: kept, and never anyone's state.
#include "events/event.hpp"

#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace consentd::events {
namespace {

using namespace fixture;

std::string with_meta(std::string_view members) {
  return R"({"Data":{"a":1},"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Updated")" +
         std::string(members) + "}}";
}

reason refused_for(std::string_view text) {
  auto const refused = read_any(text);
  BOOST_REQUIRE(!refused);
  return refused.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(unknown_families)

BOOST_AUTO_TEST_CASE(an_id_of_an_unknown_name_makes_an_unknown_event) {
  auto const report = unknown_of(loan_unknown);
  BOOST_TEST(report.issuer == issuer);
  BOOST_TEST(report.id_name == "LoanId");
  BOOST_TEST(report.id == "loan-1");
  BOOST_CHECK(report.what == consent::change::created);
  BOOST_CHECK(report.event_time == time_of("2026-03-27T13:27:14Z"));
  auto const message = parsed(loan_unknown);
  auto const data = message.root().find("Data");
  BOOST_TEST(report.resource == data->raw());
  BOOST_CHECK(report.resource_digest == sha256(json::canonical(*data)));
}

BOOST_AUTO_TEST_CASE(a_verified_token_may_carry_one) {
  jose::registered_claims claims;
  claims.iss = std::string(issuer);
  jose::signed_event const token{std::move(claims),
                                 parsed(R"({"message":)" + std::string(loan_unknown) + "}"),
                                 "header.payload.signature",
                                 "jwe-kid",
                                 "jws-kid",
                                 false};
  BOOST_CHECK(std::holds_alternative<unknown_event>(read_event(token).value()));
}

// Its `Data` may look like a consent's to the letter: the id that Meta names is not a consent's.
BOOST_AUTO_TEST_CASE(a_consents_data_under_an_unknown_id_is_no_consents_state) {
  auto const text = with(insurance_v21, R"("EventType": "Resource.Updated",
    "ConsentId")",
                         R"("EventType": "Resource.Updated", "AgreementId")");
  BOOST_TEST(unknown_of(text).id_name == "AgreementId");
}

BOOST_AUTO_TEST_CASE(an_unknown_event_may_come_without_data) {
  for (auto const* data : {"", R"("Data":null,)"}) {
    auto const report = unknown_of("{" + std::string(data) +
                                   R"("Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Updated",
                                      "LoanId":"l"}})");
    BOOST_TEST(report.resource.empty());
    BOOST_CHECK(report.resource_digest == sha256({}));
  }
  BOOST_CHECK(refused_for(with(loan_unknown,
                               R"({"LoanId": "loan-1", "LoanStatus": "Authorized", "ConsentId": "c-1", )"
                               R"("Permissions": ["ReadBalances"]})",
                               "[]")) == reason::resource_malformed);
}

BOOST_AUTO_TEST_CASE(without_an_event_type_it_is_no_event) {
  BOOST_CHECK(refused_for(with(loan_unknown, R"("EventType": "Resource.Created",)", "")) == reason::not_an_event);
  BOOST_CHECK(refused_for(with(loan_unknown, "Resource.Created", "Resource.Read")) == reason::not_an_event);
}

BOOST_AUTO_TEST_CASE(only_what_is_named_as_an_id_is_one) {
  for (auto const* members :
       {"", R"(,"Loan":"l")", R"(,"LoanId":null)", R"(,"Id":"l")", R"(,"loanid":"l")", R"(,"LoanID":"l")",
        R"(,"Loan.Id":"l")", R"(,"Loan Id":"l")", R"(,"\u0000Id":"l")", R"(,"Paid":"l")", R"(,"LoanIds":"l")"}) {
    BOOST_TEST_CONTEXT(members) {
      BOOST_CHECK(refused_for(with_meta(members)) == reason::not_an_event);
    }
  }
  auto const name = std::string(62, 'x') + "Id";
  BOOST_TEST(unknown_of(with_meta(",\"" + name + "\":\"l\"")).id_name == name);
  BOOST_CHECK(refused_for(with_meta(",\"x" + name + "\":\"l\"")) == reason::not_an_event);
}

BOOST_AUTO_TEST_CASE(two_unknown_ids_are_ambiguous) {
  BOOST_CHECK(refused_for(with_meta(R"(,"LoanId":"l","CardId":"c")")) == reason::ambiguous);
  BOOST_CHECK(refused_for(with_meta(R"(,"LoanId":"l","CardId":"c","EventId":"e")")) == reason::ambiguous);
}

BOOST_AUTO_TEST_CASE(a_known_id_beside_an_unknown_one_is_the_one_that_counts) {
  for (auto const* members : {R"(,"LoanId":"l","QuoteId":"q")", R"(,"QuoteId":"q","LoanId":"l","CardId":"c")"}) {
    auto const text = with(with_meta(members), R"({"a":1})", R"({"QuoteStatus":"Completed"})");
    BOOST_TEST(resource_of(text).id == "q");
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_id_is_held_to_the_rule_of_ids) {
  for (auto const* odd : {R"("")", R"("..")", R"("a/b")", R"("a\u0000")", "7", "[]", "{}", "true"}) {
    BOOST_TEST_CONTEXT(odd) {
      BOOST_CHECK(refused_for(with_meta(",\"LoanId\":" + std::string(odd))) == reason::bad_id);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_event_must_have_its_time) {
  BOOST_CHECK(refused_for(with(loan_unknown, "2026-03-27T13:27:14Z", "now")) == reason::bad_time);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
