// Payments, quotes and account openings: what is read of them, and what is not taken for one.
#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <vector>

namespace consentd::events {
namespace {

using namespace fixture;
using consent::change;
using consent::resource_family;
using consent::resource_status;

void check_any_refused(std::string_view text, reason code, std::string_view detail) {
  auto const refused = read_any(text);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(to_string(refused.error().code) == to_string(code));
  BOOST_TEST(refused.error().detail == detail);
}

std::string deleted(std::string_view text) {
  return with(text, "Resource.Updated", "Resource.Deleted");
}

} // namespace

BOOST_AUTO_TEST_SUITE(resources_without_a_consent_state)

BOOST_AUTO_TEST_CASE(a_payment_is_read_whole) {
  auto const report = resource_of(payment_status_v21);
  BOOST_TEST(report.issuer == issuer);
  BOOST_CHECK(report.family == resource_family::payment);
  BOOST_TEST(report.id == "83b47199-90c2-4c05-9ef1-aeae68b0fc7c");
  BOOST_TEST(report.consent_id.value() == "pay-77");
  BOOST_CHECK(report.what == change::updated);
  BOOST_CHECK(report.status == resource_status::accepted_settlement_completed);
  BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:13Z"));
  BOOST_CHECK(report.event_time == time_of("2026-03-27T13:27:14Z"));
  BOOST_TEST(report.reject_reason_codes.empty());
  BOOST_TEST(report.resource.starts_with("{"));
  BOOST_TEST(report.resource.find(R"("Instruction": {"Amount")") != std::string::npos);
  auto const data = parsed(report.resource);
  BOOST_CHECK(report.resource_digest == sha256(json::canonical(data.root())));
}

BOOST_AUTO_TEST_CASE(a_payments_times_may_be_nested) {
  auto const report =
      resource_of(with(payment_status_v21, R"("StatusUpdateDateTime": "2026-03-27T13:27:13Z")",
                       R"("StatusUpdateDateTime": {"StatusUpdateDateTime": "2026-03-27T17:27:10+04:00"})"));
  BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:10Z"));
}

BOOST_AUTO_TEST_CASE(a_rejection_has_its_reason_as_an_object_or_a_list) {
  using codes = std::vector<std::string>;
  BOOST_CHECK(resource_of(payment_rejected_v12).reject_reason_codes == codes{"AANI.UCRD"});
  auto const with_reason = [](std::string_view reason) {
    return resource_of(with(payment_rejected_v12, R"({"Code": "AANI.UCRD", "Message": "Not known"})", reason))
        .reject_reason_codes;
  };
  BOOST_CHECK((with_reason(R"([{"Code":"AANI.AC04","Message":"x"},{"Code":"LFI.1","Message":"y"}])") ==
               codes{"AANI.AC04", "LFI.1"}));
  for (auto const* odd : {"null", "7", "[]", "{}", R"("AANI.AC04")", R"([7, null, {"Code": 7}])", R"({"Code":""})",
                          R"({"Code":"two words"})", R"({"Code":"\u0000"})"}) {
    BOOST_TEST_CONTEXT(odd) {
      BOOST_CHECK(with_reason(odd).empty());
    }
  }
  std::string list = "[";
  for (int i = 0; i < 17; ++i) {
    list += R"({"Code":"A.)" + std::to_string(i) + (i < 16 ? "\"}," : "\"}]");
  }
  BOOST_TEST(with_reason(list).size() == 16U);
  BOOST_TEST(with_reason(R"({"Code":")" + std::string(64, 'c') + R"("})").size() == 1U);
  BOOST_TEST(with_reason(R"({"Code":")" + std::string(65, 'c') + R"("})").empty());
}

BOOST_AUTO_TEST_CASE(quotes_and_openings_are_known_by_their_id_alone) {
  auto const quote = resource_of(insurance_quote_v21);
  BOOST_CHECK(quote.family == resource_family::insurance_quote);
  BOOST_TEST(quote.id == "q-1");
  BOOST_CHECK(quote.status == resource_status::payment_required);
  BOOST_CHECK(!quote.consent_id);

  auto const fx = resource_of(fx_quote_v21);
  BOOST_CHECK(fx.family == resource_family::fx_quote);
  BOOST_TEST(fx.id == "fx-1");
  BOOST_CHECK(fx.status == resource_status::funded);

  auto const opening = resource_of(account_opening_v21);
  BOOST_CHECK(opening.family == resource_family::account_opening);
  BOOST_TEST(opening.id == "acc-1");
  BOOST_CHECK(opening.what == change::created);
  BOOST_CHECK(opening.status == resource_status::pending);
}

BOOST_AUTO_TEST_CASE(without_a_status_time_the_events_counts) {
  auto const event_time = time_of("2026-03-27T13:27:14Z");
  BOOST_CHECK(resource_of(insurance_quote_v21).status_time == event_time);
  BOOST_CHECK(resource_of(fx_quote_v21).status_time == event_time);
  BOOST_CHECK(resource_of(account_opening_v21).status_time == time_of("2026-03-27T13:27:13Z"));
  auto const plain = with(account_opening_v21, R"("OpeningStatus": "Pending",
    "OpeningStatusUpdateDateTime": "2026-03-27T13:27:13Z")",
                          R"("OpeningStatus": "Pending")");
  BOOST_CHECK(resource_of(plain).status_time == event_time);
  auto const payment = with(payment_status_v21, R"("StatusUpdateDateTime": "2026-03-27T13:27:13Z",)", "");
  BOOST_CHECK(resource_of(payment).status_time == event_time);
}

BOOST_AUTO_TEST_CASE(every_word_of_a_family_is_read_and_no_other_familys) {
  struct row {
    std::string_view shape;
    std::string_view word;
    std::vector<std::string_view> own;
    std::vector<std::string_view> foreign;
  };
  std::vector<row> const rows{{payment_status_v21,
                               "AcceptedSettlementCompleted",
                               {"Pending", "AcceptedWithoutPosting", "AcceptedSettlementCompleted",
                                "AcceptedCreditSettlementCompleted", "Rejected"},
                               {"Authorized", "Completed", "Expired", "pending", ""}},
                              {insurance_quote_v21,
                               "PaymentRequired",
                               {"ApplicationPending", "ApplicationApproved", "PaymentRequired", "PolicyIssued",
                                "Completed", "Expired", "Rejected", "CustomerCancelled", "LFICancelled"},
                               {"Pending", "Cancelled", "Available", "Revoked"}},
                              {fx_quote_v21,
                               "Funded",
                               {"Available", "Accepted", "Actioned", "AccountOpened", "Funded", "Completed", "Expired",
                                "Rejected", "Cancelled"},
                               {"LFICancelled", "Pending", "PolicyIssued"}},
                              {account_opening_v21,
                               "Pending",
                               {"Pending", "AwaitingUserInput", "AwaitingLFIProcesses", "Rejected", "Completed"},
                               {"Expired", "Cancelled", "AwaitingAuthorization"}}};
  for (auto const& row : rows) {
    auto const as = [&](std::string_view word) {
      return with(row.shape, '"' + std::string(row.word) + '"', '"' + std::string(word) + '"');
    };
    for (auto const word : row.own) {
      BOOST_TEST(to_string(resource_of(as(word)).status.value()) == word);
    }
    for (auto const word : row.foreign) {
      auto const refused = read_any(as(word));
      BOOST_REQUIRE(!refused);
      BOOST_CHECK(refused.error().code == reason::unknown_status);
    }
  }
}

// The order of the contract's table.

BOOST_AUTO_TEST_CASE(a_payment_with_everything_of_a_consent_is_still_a_payment) {
  auto const text =
      with(with(payment_v21, R"("Data": {)", R"("Data": {"PaymentId": "p-1",)"), R"("Consumed")", R"("Pending")");
  BOOST_CHECK(resource_of(text).family == resource_family::payment);
  BOOST_TEST(resource_of(text).id == "p-1");
  // With a consent's word it is no payment's event, and still not the consent's.
  check_any_refused(with(payment_v21, R"("Data": {)", R"("Data": {"PaymentId": "p-1",)"), reason::unknown_status,
                    "Data.Status is none of its family's");
}

BOOST_AUTO_TEST_CASE(a_quote_that_looks_like_a_consent_is_a_quote) {
  check_any_refused(with(insurance_v21, R"("EventType": "Resource.Updated",
    "ConsentId")",
                         R"("EventType": "Resource.Updated", "QuoteId")"),
                    reason::resource_malformed, "Data.QuoteStatus is missing");
}

BOOST_AUTO_TEST_CASE(a_payments_id_in_a_quote_makes_it_no_payment) {
  auto const text = with(insurance_quote_v21, R"("Data": {)", R"("Data": {"PaymentId": "p-1", "ConsentId": "c",)");
  BOOST_CHECK(resource_of(text).family == resource_family::insurance_quote);
  BOOST_TEST(resource_of(text).id == "q-1");
}

// Ids.

BOOST_AUTO_TEST_CASE(another_resources_data_is_not_taken) {
  check_any_refused(with(payment_status_v21, R"("ConsentId": "pay-77",
    "Status")",
                         R"("ConsentId": "pay-78", "Status")"),
                    reason::id_mismatch, "Data.ConsentId is not Meta.ConsentId");
  check_any_refused(with(fx_quote_v21, R"({"FxQuoteId": "fx-1")", R"({"FxQuoteId": "fx-2")"), reason::id_mismatch,
                    "Data.FxQuoteId is not Meta.FxQuoteId");
  check_any_refused(with(account_opening_v21, R"("AccountId": "acc-1",)", R"("AccountId": 1,)"), reason::id_mismatch,
                    "Data.AccountId is not Meta.AccountId");
  check_any_refused(with(insurance_quote_v21, R"("Data": {)", R"("Data": {"QuoteId": "Q-1",)"), reason::id_mismatch,
                    "Data.QuoteId is not Meta.QuoteId");
  check_any_refused(deleted(with(fx_quote_v21, R"({"FxQuoteId": "fx-1")", R"({"FxQuoteId": "fx-2")")),
                    reason::id_mismatch, "Data.FxQuoteId is not Meta.FxQuoteId");
}

BOOST_AUTO_TEST_CASE(data_need_not_repeat_the_id_of_meta) {
  BOOST_TEST(resource_of(with(fx_quote_v21, R"({"FxQuoteId": "fx-1", )", "{")).id == "fx-1");
  BOOST_TEST(resource_of(with(account_opening_v21, R"("AccountId": "acc-1",)", "")).id == "acc-1");
  auto const payment = with(payment_status_v21, R"("ConsentId": "pay-77",
    "Status")",
                            R"("Status")");
  BOOST_TEST(resource_of(payment).consent_id.value() == "pay-77");
}

BOOST_AUTO_TEST_CASE(ids_that_mean_something_in_a_path_are_refused) {
  for (auto const* odd : {R"("")", R"("..")", R"("a/b")", R"("a b")", "7", "{}", "[]", "true"}) {
    BOOST_TEST_CONTEXT(odd) {
      check_any_refused(with(payment_status_v21, R"("83b47199-90c2-4c05-9ef1-aeae68b0fc7c")", odd), reason::bad_id,
                        "Data.PaymentId");
      check_any_refused(with(insurance_quote_v21, R"("q-1"
)",
                             odd),
                        reason::bad_id, "Meta.QuoteId");
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_odd_is_named) {
  check_any_refused(with(fx_quote_v21, R"(, "QuoteStatus": "Funded")", ""), reason::resource_malformed,
                    "Data.QuoteStatus is missing");
  check_any_refused(with(account_opening_v21, R"("OpeningStatus": "Pending",)", R"("OpeningStatus": ["Pending"],)"),
                    reason::resource_malformed, "Data.OpeningStatus is not a text");
  check_any_refused(with(account_opening_v21, R"("2026-03-27T13:27:13Z")", R"("soon")"), reason::bad_time,
                    "Data.OpeningStatusUpdateDateTime");
  check_any_refused(with(insurance_quote_v21, R"({"QuoteStatus": "PaymentRequired"})", "null"),
                    reason::resource_malformed, "Data is missing");
  check_any_refused(with(insurance_quote_v21, R"({"QuoteStatus": "PaymentRequired"})", "[]"),
                    reason::resource_malformed, "Data is not an object");
}

// Deletions.

BOOST_AUTO_TEST_CASE(a_quote_may_be_deleted_without_data) {
  auto const report = resource_of(deleted(with(insurance_quote_v21, R"({"QuoteStatus": "PaymentRequired"})", "null")));
  BOOST_CHECK(report.what == change::deleted);
  BOOST_CHECK(!report.status);
  BOOST_TEST(report.resource.empty());
  BOOST_CHECK(report.resource_digest == sha256({}));
}

BOOST_AUTO_TEST_CASE(nothing_odd_beside_holds_up_a_deletion) {
  auto const report = resource_of(deleted(with(insurance_quote_v21, R"("PaymentRequired")", R"("Gone")")));
  BOOST_CHECK(report.what == change::deleted);
  BOOST_CHECK(!report.status);
}

BOOST_AUTO_TEST_CASE(a_payment_deleted_with_its_data_is_the_payments_deletion) {
  auto const report = resource_of(deleted(payment_status_v21));
  BOOST_CHECK(report.what == change::deleted);
  BOOST_TEST(report.id == "83b47199-90c2-4c05-9ef1-aeae68b0fc7c");
  // Without `Data` nobody can tell it from its consent's.
  auto const bare = read_any(R"({"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Deleted",
                                 "ConsentId":"pay-77"}})");
  BOOST_CHECK(std::holds_alternative<consent_event>(bare.value()));
}

BOOST_AUTO_TEST_CASE(each_event_has_the_digest_of_its_message) {
  for (auto const shape : {payment_status_v21, insurance_quote_v21, account_access_v21, loan_unknown}) {
    auto const message = parsed(shape);
    auto const expected = sha256(json::canonical(message.root()));
    auto const read = read_any(shape).value();
    std::visit([&](auto const& event) { BOOST_CHECK(event.message_digest == expected); }, read);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
