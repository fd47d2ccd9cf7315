// The published shapes of each version, and their quirks.
#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::events {
namespace {

using namespace fixture;
using consent::change;
using consent::kind;
using consent::status;

consent::report report_of(std::string_view text) {
  return read(text).value().report;
}

} // namespace

BOOST_AUTO_TEST_SUITE(shapes)

BOOST_AUTO_TEST_CASE(a_bank_data_sharing_consent_of_v21_is_read_whole) {
  auto const report = report_of(account_access_v21);
  BOOST_TEST(report.consent_id == "3f2a6c1e-0b7d-4d5e-9a60-7e1c2b3d4f50");
  BOOST_TEST(report.issuer == issuer);
  BOOST_CHECK(report.what == change::updated);
  BOOST_CHECK(report.kind == kind::account_access);
  BOOST_CHECK(report.status == status::authorized);
  BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:13.25Z"));
  BOOST_CHECK(report.event_time == time_of("2026-03-27T13:27:14Z"));
  BOOST_CHECK(report.expiry == time_of("2027-03-27T13:00:00Z"));
  BOOST_TEST(report.base_consent_id.value() == "base:0001");
  BOOST_CHECK(!report.revoked_by);
}

BOOST_AUTO_TEST_CASE(a_payment_consent_of_v21_has_nested_times) {
  auto const report = report_of(payment_v21);
  BOOST_CHECK(report.kind == kind::payment);
  BOOST_CHECK(report.status == status::consumed);
  BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:13Z"));
  BOOST_CHECK(report.expiry == time_of("2027-01-01T00:00:00Z"));
  BOOST_CHECK(!report.base_consent_id);
}

BOOST_AUTO_TEST_CASE(an_insurance_consent_of_v21_has_permissions_by_type) {
  auto const report = report_of(insurance_v21);
  BOOST_CHECK(report.kind == kind::insurance);
  BOOST_CHECK(report.status == status::revoked);
  BOOST_TEST(report.revoked_by.value() == "LFI.InitiatedByUser");
}

BOOST_AUTO_TEST_CASE(older_names_and_offsets_of_v12_are_read) {
  auto const report = report_of(account_access_v12);
  BOOST_CHECK(report.what == change::created);
  BOOST_CHECK(report.kind == kind::account_access);
  BOOST_CHECK(report.status == status::awaiting_authorization);
  BOOST_CHECK(report.status_time == time_of("2024-03-27T13:27:13Z"));
  BOOST_CHECK(report.event_time == time_of("2024-03-27T13:27:14Z"));
  BOOST_CHECK(report.expiry == time_of("2025-03-27T13:00:00Z"));
}

BOOST_AUTO_TEST_CASE(an_insurance_consent_of_v12_has_permission_codes) {
  BOOST_CHECK(report_of(insurance_v12).kind == kind::insurance);
  auto const one_code = with(insurance_v12, R"(["ReadMotorInsurancePolicies", "ReadMotorInsuranceTransactions"])",
                             R"(["ReadCustomerBasic", "ReadInsurancePolicies"])");
  BOOST_CHECK(report_of(one_code).kind == kind::insurance);
}

BOOST_AUTO_TEST_CASE(a_payment_consent_is_known_by_its_purpose_or_its_controls) {
  BOOST_CHECK(report_of(payment_v20).kind == kind::payment);
  BOOST_CHECK(report_of(with(payment_v21, R"("PaymentPurposeCode": "ACM",)", "")).kind == kind::payment);
}

BOOST_AUTO_TEST_CASE(lists_of_permissions_within_the_list_are_flattened) {
  auto const nested = with(account_access_v21, R"(["ReadAccountsBasic", "ReadBalances", "ReadProductFinanceRates"])",
                           R"([["ReadAccountsBasic"], ["ReadBalances", "ReadStatements"]])");
  BOOST_CHECK(report_of(nested).kind == kind::account_access);
  auto const insurance = with(insurance_v12, R"(["ReadMotorInsurancePolicies", "ReadMotorInsuranceTransactions"])",
                              R"([["ReadCustomerBasic"], ["ReadInsurancePolicies"]])");
  BOOST_CHECK(report_of(insurance).kind == kind::insurance);
}

BOOST_AUTO_TEST_CASE(the_address_of_the_resource_decides_nothing) {
  for (auto const* address :
       {R"("/payment-consents/ins-9")", R"("/consents/ins-9")", R"("")", R"("https://x.example/a?b=c")",
        R"("/insurance-consents/another-id")", "null", "7", R"({"a": []})"}) {
    BOOST_TEST_CONTEXT(address) {
      BOOST_CHECK(report_of(with(insurance_v21, R"("/insurance-consents/ins-9")", address)).kind == kind::insurance);
    }
  }
  BOOST_CHECK(report_of(with(insurance_v21, R"("EventResource": "/insurance-consents/ins-9",)", "")).kind ==
              kind::insurance);
}

BOOST_AUTO_TEST_CASE(unknown_members_are_kept) {
  auto const text =
      with(insurance_v21, R"("Data": {)", R"("Data": { "Premium": "eyJhbGciOi.a.b.c.d", "Rate": 1.50e3,)");
  auto const resource = report_of(text).resource;
  BOOST_TEST(resource.find(R"("Premium": "eyJhbGciOi.a.b.c.d", "Rate": 1.50e3,)") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_resource_keeps_its_text) {
  std::string const text(account_access_v12);
  auto const start = text.find('{', text.find("\"Data\""));
  auto const end = text.find("\n  },");
  BOOST_TEST(report_of(text).resource == text.substr(start, end + 4 - start));
}

BOOST_AUTO_TEST_CASE(null_counts_as_absent) {
  auto text = with(account_access_v21, R"("BaseConsentId": "base:0001")",
                   R"("BaseConsentId": null, "PaymentId": null, "ControlParameters": null, "PaymentPurposeCode": null,
                      "RevokedBy": null, "ConsentStatus": null)");
  text = with(text, R"("2027-03-27T13:00:00Z")", "null");
  text = with(text, R"("EventType")", R"("QuoteId": null, "AccountId": null, "EventType")");
  auto const report = report_of(text);
  BOOST_CHECK(report.kind == kind::account_access);
  BOOST_CHECK(!report.base_consent_id);
  BOOST_CHECK(!report.expiry);
}

BOOST_AUTO_TEST_CASE(an_absent_expiry_is_tolerated) {
  BOOST_CHECK(!report_of(with(insurance_v12, R"("ExpirationDateTime": "2025-03-27T13:00:00Z",)", "")).expiry);
}

BOOST_AUTO_TEST_CASE(the_creation_time_is_not_looked_at) {
  BOOST_CHECK(read(with(insurance_v12, R"("CreationDateTime": "2024-03-27T13:00:00Z",)", "")));
  BOOST_CHECK(read(with(insurance_v12, R"("2024-03-27T13:00:00Z")", "[{}]")));
}

BOOST_AUTO_TEST_CASE(what_takes_use_away_may_lack_its_time) {
  for (auto const* value : {"Suspended", "Rejected", "Consumed", "Expired", "Revoked"}) {
    auto const text =
        with(with(insurance_v12, R"("StatusUpdateDateTime": "2024-03-27T13:27:13Z",)", ""), "Authorized", value);
    BOOST_CHECK(report_of(text).status_time == time_of("2024-03-27T13:27:14Z"));
  }
}

BOOST_AUTO_TEST_CASE(what_gives_use_must_have_its_time) {
  for (auto const* value : {"AwaitingAuthorization", "Authorized"}) {
    auto const refused =
        read(with(with(insurance_v12, R"("StatusUpdateDateTime": "2024-03-27T13:27:13Z",)", ""), "Authorized", value));
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::resource_malformed);
    BOOST_TEST(refused.error().detail == "Data.StatusUpdateDateTime is missing");
  }
}

// What else is odd in it would otherwise leave a revoked consent usable.
BOOST_AUTO_TEST_CASE(odd_details_hold_up_no_end_and_no_suspension) {
  for (auto const* value : {"Suspended", "Rejected", "Consumed", "Expired", "Revoked"}) {
    auto text = with(account_access_v21, R"("Authorized")", '"' + std::string(value) + '"');
    text = with(text, R"("base:0001")", R"("a/b")");
    text = with(text, R"("2027-03-27T13:00:00Z")", R"("never")");
    text = with(text, R"("2026-03-27T13:27:13.25Z")", R"("yesterday")");
    text = with(text, R"("ReadBalances")", R"("\u0000")");
    BOOST_TEST_CONTEXT(value) {
      auto const report = report_of(text);
      BOOST_CHECK(report.status == consent::parse_status(value));
      BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:14Z"));
      BOOST_CHECK(!report.expiry);
      BOOST_CHECK(!report.base_consent_id);
      BOOST_CHECK(!report.permissions);
    }
  }
}

BOOST_AUTO_TEST_CASE(odd_details_hold_up_what_gives_use) {
  for (auto const* odd : {R"("never")", "7", "{}"}) {
    auto const refused = read(with(account_access_v21, R"("2027-03-27T13:00:00Z")", odd));
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::bad_time);
  }
}

BOOST_AUTO_TEST_CASE(an_odd_revoker_holds_up_no_revocation) {
  for (auto const* odd : {"7", "{}", "[]", "true", R"("")", R"("two words")", R"("\u0000")", R"("\u001b[2J")"}) {
    BOOST_TEST_CONTEXT(odd) {
      auto const report = report_of(with(insurance_v21, R"("LFI.InitiatedByUser")", odd));
      BOOST_CHECK(report.status == status::revoked);
      BOOST_CHECK(!report.revoked_by);
    }
  }
  auto const longest = '"' + std::string(64, 'x') + '"';
  BOOST_CHECK(report_of(with(insurance_v21, R"("LFI.InitiatedByUser")", longest)).revoked_by);
  auto const longer = '"' + std::string(65, 'x') + '"';
  BOOST_CHECK(!report_of(with(insurance_v21, R"("LFI.InitiatedByUser")", longer)).revoked_by);
}

BOOST_AUTO_TEST_CASE(both_names_of_the_status_may_come_if_they_agree) {
  BOOST_CHECK(read(with(insurance_v12, R"("Status": )", R"("ConsentStatus": "Authorized", "Status": )")));
}

BOOST_AUTO_TEST_CASE(older_names_may_be_nested_as_the_newer_ones_are) {
  auto const report = report_of(with(account_access_v12, R"("2024-03-27T16:27:13+0300")",
                                     R"({"ConsentStatusUpdateDateTime": "2024-03-27T16:27:13+0300"})"));
  BOOST_CHECK(report.status_time == time_of("2024-03-27T13:27:13Z"));
}

BOOST_AUTO_TEST_CASE(further_ids_in_meta_hold_up_no_consent) {
  auto const report =
      report_of(with(insurance_v21, R"("EventType")", R"("EventId": "e-1", "TraceId": 7, "EventType")"));
  BOOST_TEST(report.consent_id == "ins-9");
}

// Deletions.

BOOST_AUTO_TEST_CASE(a_deletion_may_come_without_data) {
  for (auto const* data : {"", R"("Data": null,)", R"("Data": {},)", R"("Data": {"ConsentId": "x-1"},)"}) {
    BOOST_TEST_CONTEXT(data) {
      auto const report =
          report_of("{" + std::string(data) +
                    R"("Meta": {"EventDateTime": "2026-03-27T13:27:14Z", "EventResource": "/consents/x-1",
                                        "EventType": "Resource.Deleted", "ConsentId": "x-1"}})");
      BOOST_CHECK(report.what == change::deleted);
      BOOST_TEST(report.consent_id == "x-1");
      BOOST_CHECK(!report.kind);
      BOOST_CHECK(!report.status);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_deletion_with_data_tells_its_kind_and_status) {
  auto const report = report_of(with(insurance_v21, "Resource.Updated", "Resource.Deleted"));
  BOOST_CHECK(report.what == change::deleted);
  BOOST_CHECK(report.kind == kind::insurance);
  BOOST_CHECK(report.status == status::revoked);
  BOOST_CHECK(report.status_time == time_of("2026-03-27T13:27:13Z"));
  BOOST_TEST(!report.resource.empty());
}

BOOST_AUTO_TEST_CASE(odd_details_hold_up_no_deletion) {
  auto text = with(insurance_v21, "Resource.Updated", "Resource.Deleted");
  text = with(text, R"("Revoked")", R"("Gone")");
  text = with(text, R"("2027-03-27T13:00:00Z")", R"("never")");
  text = with(text, R"("StatusUpdateDateTime": "2026-03-27T13:27:13Z",)", R"("StatusUpdateDateTime": 0,)");
  text = with(text, R"("RevokedBy")", R"("BaseConsentId": "/", "RevokedBy")");
  auto const report = report_of(text);
  BOOST_CHECK(report.what == change::deleted);
  BOOST_CHECK(report.kind == kind::insurance);
  BOOST_CHECK(!report.status);
  BOOST_CHECK(!report.status_time);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
