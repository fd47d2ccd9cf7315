// Payments, quotes, account openings and events of unknown families, as they are settled and read.
#include "store/sqlite/encoding.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::resource_family;
using consent::resource_status;

namespace {

consent::resource_report quote_of(std::string const& id, resource_status status, int at) {
  consent::resource_report made;
  made.issuer = bank;
  made.family = resource_family::insurance_quote;
  made.id = id;
  made.status = status;
  made.status_time = noon() + std::chrono::seconds(at);
  made.event_time = *made.status_time;
  made.resource = R"({"QuoteId":")" + id + R"(","QuoteStatus":")" + std::string(to_string(status)) + "\"," +
                  R"("At":)" + std::to_string(at) + "}";
  made.resource_digest = sha256(made.resource);
  return made;
}

consent::resource_report payment_of(std::string const& id, std::string const& consent_id, resource_status status,
                                    int at) {
  auto made = quote_of(id, status, at);
  made.family = resource_family::payment;
  made.consent_id = consent_id;
  return made;
}

consent::unknown_report loan_of(std::string const& id, int at) {
  consent::unknown_report made;
  made.issuer = bank;
  made.id_name = "LoanId";
  made.id = id;
  made.event_time = noon() + std::chrono::seconds(at);
  made.resource = R"({"LoanId":")" + id + R"(","At":)" + std::to_string(at) + "}";
  made.resource_digest = sha256(made.resource);
  return made;
}

struct resource_fixture : store_fixture {
  resource_fixture() { open(); }

  template <class Settlement, class Report>
  store::outcome deliver(Report const& report, std::optional<std::string> jti = std::nullopt, bool expired = false) {
    Settlement made;
    made.delivery = append("a body");
    BOOST_REQUIRE(take_ids(1) == std::vector{made.delivery});
    made.token.issuer = report.issuer;
    made.token.jti = std::move(jti);
    made.token.expires = noon() + std::chrono::minutes(5);
    made.token.message_digest = sha256(report.resource + report.id);
    made.token.jwe_kid = "our-key";
    made.token.jws_kid = "their-key";
    made.report = report;
    made.expired = expired;
    auto became = await(store->settle(std::move(made)));
    BOOST_REQUIRE_MESSAGE(became, "settle: " << describe(became.error()));
    return std::move(*became);
  }
  store::outcome tell(consent::resource_report const& report, std::optional<std::string> jti = std::nullopt) {
    return deliver<store::resource_settlement>(report, std::move(jti));
  }
  store::outcome tell(consent::unknown_report const& report, std::optional<std::string> jti = std::nullopt) {
    return deliver<store::unknown_settlement>(report, std::move(jti));
  }
  std::optional<store::resource_record> look_up(resource_family family, std::string const& id,
                                                std::string_view issuer = bank) {
    auto found = await(store->find(store::resource_key{std::string(issuer), family, id}));
    BOOST_REQUIRE(found);
    return std::move(*found);
  }
  store::delivery_record last_delivery() {
    close();
    auto const id = raw_database(settings.path).integer("SELECT max(id) FROM deliveries");
    open();
    auto found = await(store->find_delivery(id));
    BOOST_REQUIRE(found);
    return found->value();
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(resources, resource_fixture)

BOOST_AUTO_TEST_CASE(a_quote_moves_and_stands_after_a_restart) {
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::application_pending, 0))) == "applied");
  now.advance(std::chrono::seconds(3));
  auto const issued = quote_of("q-1", resource_status::policy_issued, 1);
  BOOST_TEST(word(tell(issued)) == "applied");
  reopen();
  auto const kept = look_up(resource_family::insurance_quote, "q-1");
  BOOST_REQUIRE(kept);
  BOOST_TEST((kept->state.status == resource_status::policy_issued));
  BOOST_TEST((kept->state.status_time == issued.status_time));
  BOOST_TEST((kept->state.event_time == issued.event_time));
  BOOST_TEST(!kept->state.consent_id.has_value());
  BOOST_TEST(kept->state.resource == issued.resource);
  BOOST_TEST((kept->state.resource_digest == issued.resource_digest));
  BOOST_TEST(kept->sequence == 2U);
  BOOST_TEST((kept->created == noon()));
  BOOST_TEST((kept->updated == noon() + std::chrono::seconds(3)));
  BOOST_TEST(count().pending == 0U);
}

BOOST_AUTO_TEST_CASE(subscribers_are_told_of_each_move_and_of_nothing_else) {
  tell(quote_of("q-1", resource_status::application_pending, 0));
  tell(quote_of("q-1", resource_status::rejected, 2));
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::application_approved, 1))) == "stale");
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::application_approved, 3))) == "refused");
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::rejected, 2))) == "duplicate");
  auto const heard = told();
  BOOST_REQUIRE_EQUAL(heard.size(), 2U);
  BOOST_TEST((heard.at(1).type == store::entry_type::insurance_quote_status));
  BOOST_TEST(heard.at(1).issuer == bank);
  BOOST_TEST(heard.at(1).consent_id.empty());
  BOOST_REQUIRE(heard.at(1).of_resource);
  auto const& change = *heard.at(1).of_resource;
  BOOST_TEST(change.id == "q-1");
  BOOST_TEST((change.status == resource_status::rejected));
  BOOST_TEST((change.previous == resource_status::application_pending));
  BOOST_TEST((change.reported == resource_status::rejected));
  BOOST_TEST(heard.at(1).resource == quote_of("q-1", resource_status::rejected, 2).resource);
  BOOST_TEST((look_up(resource_family::insurance_quote, "q-1")->state.status == resource_status::rejected));
}

BOOST_AUTO_TEST_CASE(two_issuers_and_two_families_may_use_one_id) {
  tell(quote_of("same", resource_status::application_pending, 0));
  auto theirs = quote_of("same", resource_status::completed, 1);
  theirs.issuer = other_bank;
  BOOST_TEST(word(tell(theirs)) == "applied");
  auto fx = quote_of("same", resource_status::available, 2);
  fx.family = resource_family::fx_quote;
  BOOST_TEST(word(tell(fx)) == "applied");
  BOOST_TEST((look_up(resource_family::insurance_quote, "same")->state.status == resource_status::application_pending));
  BOOST_TEST(
      (look_up(resource_family::insurance_quote, "same", other_bank)->state.status == resource_status::completed));
  BOOST_TEST((look_up(resource_family::fx_quote, "same")->state.status == resource_status::available));
  BOOST_TEST(!look_up(resource_family::account_opening, "same"));
}

BOOST_AUTO_TEST_CASE(a_payment_is_held_until_its_consent_is_announced) {
  auto payment = payment_of("p-1", "c-1", resource_status::rejected, 0);
  payment.reject_reason_codes = {"AANI.AC04", "AANI.X"};
  BOOST_TEST(word(tell(payment)) == "held");
  BOOST_TEST(!look_up(resource_family::payment, "p-1"));
  BOOST_TEST(announce("c-1", bank, consent::kind::payment).released == 1U);
  store::resource_settlement again;
  again.delivery = take_ids(1).at(0);
  again.token.issuer = bank;
  again.token.expires = noon() + std::chrono::minutes(5);
  again.report = payment;
  BOOST_TEST(word(*await(store->settle(std::move(again)))) == "applied");
  auto const kept = look_up(resource_family::payment, "p-1");
  BOOST_REQUIRE(kept);
  BOOST_TEST(kept->state.consent_id.value() == "c-1");
  BOOST_TEST(kept->state.reject_reason_codes == payment.reject_reason_codes, boost::test_tools::per_element());
  BOOST_TEST(told().at(1).of_resource->reject_reason_codes == payment.reject_reason_codes,
             boost::test_tools::per_element());
  BOOST_TEST(last_delivery().consent_id == "c-1");
}

BOOST_AUTO_TEST_CASE(a_payment_moves_no_consent_and_is_no_part_of_its_history) {
  announce("c-1", bank, consent::kind::payment);
  tell(payment_of("p-1", "c-1", resource_status::accepted_settlement_completed, 5));
  BOOST_TEST(!find("c-1")->state.status.has_value());
  BOOST_TEST(await(store->history("c-1", 0, 100)).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(another_bank_cannot_speak_of_a_payment_under_a_consent) {
  announce("c-1", bank, consent::kind::payment);
  auto forged = payment_of("p-1", "c-1", resource_status::accepted_settlement_completed, 5);
  forged.issuer = other_bank;
  BOOST_TEST(word(tell(forged)) == "issuer-mismatch");
  BOOST_TEST(!look_up(resource_family::payment, "p-1", other_bank));
  BOOST_TEST(!look_up(resource_family::payment, "p-1"));
}

BOOST_AUTO_TEST_CASE(a_payment_under_a_consent_that_is_not_for_payments_is_not_taken) {
  announce("c-1");
  BOOST_TEST(word(tell(payment_of("p-1", "c-1", resource_status::pending, 5))) == "kind-mismatch");
}

BOOST_AUTO_TEST_CASE(a_payment_stays_under_its_consent) {
  announce("c-1", bank, consent::kind::payment);
  announce("c-2", bank, consent::kind::payment);
  tell(payment_of("p-1", "c-1", resource_status::pending, 0));
  BOOST_TEST(word(tell(payment_of("p-1", "c-2", resource_status::rejected, 5))) == "id-mismatch");
  BOOST_TEST((look_up(resource_family::payment, "p-1")->state.status == resource_status::pending));
}

BOOST_AUTO_TEST_CASE(a_payment_that_came_before_its_consent_was_bound_is_released_by_the_consents_first_event) {
  close();
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  BOOST_TEST(word(tell(payment_of("p-1", "c-1", resource_status::pending, 0))) == "held");
  BOOST_TEST(!find("c-1"));
  auto consent = report_of("c-1", consent::status::authorized, 0);
  consent.kind = consent::kind::payment;
  BOOST_TEST(word(settle(consent)) == "applied");
  BOOST_TEST(count().waiting_for_consent == 0U);
  BOOST_TEST(count().pending == 1U);
}

BOOST_AUTO_TEST_CASE(a_payment_of_a_second_issuer_contests_a_consent_that_only_an_event_has_bound) {
  close();
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  auto squatter = report_of("c-1", consent::status::authorized, 0);
  squatter.kind = consent::kind::payment;
  settle(squatter);
  auto payment = payment_of("p-1", "c-1", resource_status::pending, 1);
  payment.issuer = other_bank;
  BOOST_TEST(word(tell(payment)) == "issuer-mismatch");
  BOOST_TEST(find("c-1")->state.flags.contested);
  BOOST_TEST(find("c-1")->state.claimant.value() == other_bank);
}

BOOST_AUTO_TEST_CASE(redeliveries_of_a_held_payment_join_it_and_each_has_its_entry) {
  auto const payment = payment_of("p-1", "c-1", resource_status::pending, 0);
  BOOST_TEST(word(tell(payment, "j")) == "held");
  BOOST_TEST(word(tell(payment, "j")) == "held");
  BOOST_TEST(count().waiting_for_consent == 1U);
  announce("c-1", bank, consent::kind::payment);
  auto const waiting = take_ids(10);
  BOOST_REQUIRE_EQUAL(waiting.size(), 1U);
  store::resource_settlement first;
  first.delivery = waiting.front();
  first.token.issuer = bank;
  first.token.jti = "j";
  first.token.expires = noon() + std::chrono::minutes(5);
  first.token.message_digest = sha256(payment.resource + payment.id);
  first.report = payment;
  BOOST_TEST(word(*await(store->settle(std::move(first)))) == "applied");
  // The announcement, the payment, and the redelivery, which is told to nobody.
  BOOST_TEST(store->extent().last == 3U);
  BOOST_TEST(told().size() == 2U);
  BOOST_TEST(last_delivery().sequence.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_redelivered_quote_counts_once_and_another_message_under_its_jti_is_a_replay) {
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::application_pending, 0), "j")) == "applied");
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::application_pending, 0), "j")) == "duplicate");
  BOOST_TEST(word(tell(quote_of("q-1", resource_status::completed, 5), "j")) == "replay");
  BOOST_TEST(word(tell(loan_of("l-1", 5), "j")) == "replay");
  BOOST_TEST((look_up(resource_family::insurance_quote, "q-1")->state.status == resource_status::application_pending));
}

BOOST_AUTO_TEST_CASE(an_expired_event_moves_no_resource_and_is_told_to_nobody) {
  BOOST_TEST(word(deliver<store::resource_settlement>(quote_of("q-1", resource_status::completed, 0), "j", true)) ==
             "expired");
  BOOST_TEST(word(deliver<store::unknown_settlement>(loan_of("l-1", 0), "k", true)) == "expired");
  BOOST_TEST(!look_up(resource_family::insurance_quote, "q-1"));
  BOOST_TEST(told().empty());
}

BOOST_AUTO_TEST_CASE(a_deleted_quote_is_flagged_and_its_status_stays) {
  tell(quote_of("q-1", resource_status::application_pending, 0));
  auto deletion = quote_of("q-1", resource_status::completed, 3);
  deletion.what = consent::change::deleted;
  BOOST_TEST(word(tell(deletion)) == "deleted");
  auto const kept = look_up(resource_family::insurance_quote, "q-1");
  BOOST_TEST(kept->state.flags.deleted);
  BOOST_TEST((kept->state.status == resource_status::application_pending));
  BOOST_TEST(told().at(1).flags.deleted);
}

BOOST_AUTO_TEST_CASE(an_event_of_an_unknown_family_is_told_once_and_is_the_state_of_nothing) {
  BOOST_TEST(word(tell(loan_of("l-1", 0), "j1")) == "passed on");
  BOOST_TEST(word(tell(loan_of("l-1", 0), "j1")) == "repeated");
  BOOST_TEST(word(tell(loan_of("l-1", 0), "j2")) == "repeated");
  BOOST_TEST(word(tell(loan_of("l-1", 1), "j3")) == "passed on");
  BOOST_TEST(counters.of("decided unknown") == 2U);
  BOOST_TEST(counters.of("decided duplicate") == 2U);
  auto const heard = told();
  BOOST_REQUIRE_EQUAL(heard.size(), 2U);
  BOOST_TEST((heard.at(0).type == store::entry_type::unknown));
  BOOST_TEST(!heard.at(0).disposition.has_value());
  BOOST_TEST(heard.at(0).of_resource->id_name == "LoanId");
  BOOST_TEST(heard.at(0).of_resource->id == "l-1");
  BOOST_TEST(heard.at(0).resource == loan_of("l-1", 0).resource);
  BOOST_TEST((last_delivery().state == store::delivery_state::decided));
}

BOOST_AUTO_TEST_CASE(words_of_resources_are_stored_and_read_back) {
  using namespace store::sqlite;
  for (auto const family : {resource_family::payment, resource_family::insurance_quote, resource_family::fx_quote,
                            resource_family::account_opening}) {
    BOOST_TEST((stored_family(to_stored(family)) == family));
    BOOST_TEST((store::family_of(store::entry_type_of(family)) == family));
  }
  BOOST_CHECK_THROW(stored_family("loan"), std::out_of_range);
  BOOST_TEST((stored_resource_status("PolicyIssued") == resource_status::policy_issued));
  BOOST_TEST(!stored_resource_status(std::nullopt).has_value());
  BOOST_CHECK_THROW(stored_resource_status("Lost"), std::out_of_range);
}

BOOST_AUTO_TEST_SUITE_END()
