// What of an event that is refused may have been the end of a consent.
#include "events/end.hpp"
#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>

namespace consentd::events {
namespace {

using namespace fixture;

std::optional<consent::report> end_of(std::string_view text) {
  auto const message = parsed(text);
  return find_end(message.root(), std::string(issuer));
}

std::string event(std::string_view type, std::string_view data) {
  return R"({"Data":)" + std::string(data) + R"(,"Meta":{"ConsentId":"c","EventType":"Resource.)" + std::string(type) +
         R"(","EventDateTime":"2026-03-27T13:27:14Z"}})";
}

} // namespace

BOOST_AUTO_TEST_SUITE(ends)

BOOST_AUTO_TEST_CASE(terminal_status_without_a_family_is_an_end) {
  for (auto const* status : {"Revoked", "Expired", "Rejected", "Consumed"}) {
    for (auto const* member : {"Status", "ConsentStatus"}) {
      auto const text = event("Updated", R"({"ConsentId":"c",")" + std::string(member) + R"(":")" + status + R"("})");
      BOOST_REQUIRE(!read(text));
      auto const found = end_of(text);
      BOOST_REQUIRE(found.has_value());
      BOOST_TEST(found->consent_id == "c");
      BOOST_TEST(found->issuer == issuer);
      BOOST_TEST((found->status == consent::parse_status(status)));
      BOOST_TEST(!found->kind.has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(end_whose_resource_is_another_consents_is_an_end_of_the_one_in_meta) {
  auto const text = event("Updated", R"({"ConsentId":"d","Permissions":["ReadBalances"],"Status":"Revoked"})");
  BOOST_REQUIRE(!read(text));
  BOOST_TEST(end_of(text).value().consent_id == "c");
}

BOOST_AUTO_TEST_CASE(deletion_is_an_end_whatever_its_data) {
  for (auto const* data : {R"("x")", "7", "[]", "true", R"({"Status":7})", R"({"ConsentId":"d"})"}) {
    auto const found = end_of(event("Deleted", data));
    BOOST_REQUIRE_MESSAGE(found.has_value(), data);
    BOOST_TEST((found->what == consent::change::deleted));
  }
}

BOOST_AUTO_TEST_CASE(what_names_no_end_is_none) {
  for (auto const* data : {R"("x")", "7", "null", "{}", R"({"Status":"Authorized"})", R"({"Status":"Suspended"})",
                           R"({"Status":"revoked"})", R"({"Status":["Revoked"]})", R"({"State":"Revoked"})"}) {
    BOOST_TEST(!end_of(event("Updated", data)).has_value(), data);
  }
}

BOOST_AUTO_TEST_CASE(end_of_something_else_is_no_end_of_a_consent) {
  for (auto const text : {payment_rejected_v12, insurance_quote_v21, fx_quote_v21, account_opening_v21, loan_unknown}) {
    BOOST_TEST(!end_of(text).has_value());
  }
  BOOST_TEST(!end_of(event("Updated", R"({"PaymentId":"p","Status":"Rejected"})")).has_value());
  BOOST_TEST(!end_of(event("Deleted", R"({"PaymentId":"p"})")).has_value());
}

BOOST_AUTO_TEST_CASE(what_is_no_event_or_ambiguous_is_no_end) {
  std::string const good = event("Deleted", "{}");
  BOOST_REQUIRE(end_of(good).has_value());
  BOOST_TEST(!end_of(with(good, "Resource.Deleted", "Resource.Gone")).has_value());
  BOOST_TEST(!end_of(with(good, R"("ConsentId":"c")", R"("ConsentId":"c","QuoteId":"q")")).has_value());
  BOOST_TEST(!end_of(with(good, R"("ConsentId":"c")", R"("ConsentId":"../c")")).has_value());
  BOOST_TEST(!end_of(with(good, "2026-03-27T13:27:14Z", "yesterday")).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
