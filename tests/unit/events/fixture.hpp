// Messages of each published shape, with made-up content.
#ifndef CONSENTD_TESTS_UNIT_EVENTS_FIXTURE_HPP
#define CONSENTD_TESTS_UNIT_EVENTS_FIXTURE_HPP

#include "events/message.hpp"

#include <stdexcept>
#include <string>
#include <string_view>
#include <variant>

namespace consentd::events::fixture {

inline constexpr std::string_view issuer = "https://bank-a.example";

// v2.1 with its errata: a bank data sharing consent.
inline constexpr std::string_view account_access_v21 = R"({
  "Data": {
    "ConsentId": "3f2a6c1e-0b7d-4d5e-9a60-7e1c2b3d4f50",
    "BaseConsentId": "base:0001",
    "CreationDateTime": "2026-03-27T13:00:00Z",
    "Status": "Authorized",
    "StatusUpdateDateTime": "2026-03-27T13:27:13.25Z",
    "Permissions": ["ReadAccountsBasic", "ReadBalances", "ReadProductFinanceRates"],
    "ExpirationDateTime": "2027-03-27T13:00:00Z",
    "AccountType": ["Retail"],
    "OpenFinanceBilling": {"UserType": "Retail", "Purpose": "AccountAggregation"}
  },
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "https://hub.example/open-finance/account-access/v2.1/account-access-consents/3f2a6c1e",
    "EventType": "Resource.Updated",
    "ConsentId": "3f2a6c1e-0b7d-4d5e-9a60-7e1c2b3d4f50"
  }
})";

// v2.1: a payment consent, whose times are nested, with permissions for a balance check.
inline constexpr std::string_view payment_v21 = R"({
  "Data": {
    "ConsentId": "pay-77",
    "IsSingleAuthorization": true,
    "Permissions": ["ReadAccountsBasic", "ReadBalances"],
    "ExpirationDateTime": "2027-01-01T00:00:00+00:00",
    "Status": "Consumed",
    "CreationDateTime": {"CreationDateTime": "2026-03-27T13:00:00+00:00"},
    "StatusUpdateDateTime": {"StatusUpdateDateTime": "2026-03-27T17:27:13+04:00"},
    "ControlParameters": {
      "ConsentSchedule": {
        "SinglePayment": {"Type": "SingleInstantPayment", "Amount": {"Currency": "AED", "Amount": "100.00"}}
      }
    },
    "PaymentPurposeCode": "ACM",
    "PaymentConsumption": {
      "CumulativeNumberOfPayments": 1,
      "CumulativeValueOfPayments": {"Currency": "AED", "Amount": "100.00"}
    }
  },
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/payment-consents/pay-77",
    "EventType": "Resource.Updated",
    "ConsentId": "pay-77"
  }
})";

// v2.1: an insurance consent.
inline constexpr std::string_view insurance_v21 = R"({
  "Data": {
    "ConsentId": "ins-9",
    "Permissions": [
      {"InsuranceType": "Motor", "Permissions": ["ReadInsurancePolicies", "ReadCustomerBasic"]},
      {"InsuranceType": "Travel", "Permissions": ["ReadCustomerClaims"]}
    ],
    "ExpirationDateTime": "2027-03-27T13:00:00Z",
    "OpenFinanceBilling": {"Purpose": "ClaimHistory"},
    "CreationDateTime": "2026-03-27T13:00:00Z",
    "Status": "Revoked",
    "StatusUpdateDateTime": "2026-03-27T13:27:13Z",
    "RevokedBy": "LFI.InitiatedByUser"
  },
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/insurance-consents/ins-9",
    "EventType": "Resource.Updated",
    "ConsentId": "ins-9"
  }
})";

// v1.2, which leaves the resource open: older names of members, offsets without a colon.
inline constexpr std::string_view account_access_v12 = R"({
  "Data": {
    "ConsentId": "old-1",
    "ConsentStatus": "AwaitingAuthorization",
    "CreationDateTime": "2024-03-27T16:00:00+0300",
    "ConsentStatusUpdateDateTime": "2024-03-27T16:27:13+0300",
    "ExpirationDateTime": "2025-03-27T16:00:00+0300",
    "Permissions": ["ReadAccountsBasic"]
  },
  "Meta": {
    "EventDateTime": "2024-03-27T16:27:14+0300",
    "EventResource": "/consents/old-1",
    "EventType": "Resource.Created",
    "ConsentId": "old-1"
  }
})";

// v1.2: an insurance consent, whose permissions are codes.
inline constexpr std::string_view insurance_v12 = R"({
  "Data": {
    "ConsentId": "old-2",
    "Status": "Authorized",
    "CreationDateTime": "2024-03-27T13:00:00Z",
    "StatusUpdateDateTime": "2024-03-27T13:27:13Z",
    "ExpirationDateTime": "2025-03-27T13:00:00Z",
    "Permissions": ["ReadMotorInsurancePolicies", "ReadMotorInsuranceTransactions"]
  },
  "Meta": {
    "EventDateTime": "2024-03-27T13:27:14Z",
    "EventResource": "/consents/old-2",
    "EventType": "Resource.Updated",
    "ConsentId": "old-2"
  }
})";

// v2.0: a payment consent known by its purpose code alone, with plain times.
inline constexpr std::string_view payment_v20 = R"({
  "Data": {
    "ConsentId": "pay-20",
    "Status": "Authorized",
    "CreationDateTime": "2025-03-27T13:00:00Z",
    "StatusUpdateDateTime": "2025-03-27T13:27:13Z",
    "ExpirationDateTime": "2026-03-27T13:00:00Z",
    "PaymentPurposeCode": "ACM"
  },
  "Meta": {
    "EventDateTime": "2025-03-27T13:27:14Z",
    "EventResource": "/payment-consents/pay-20",
    "EventType": "Resource.Created",
    "ConsentId": "pay-20"
  }
})";

inline constexpr std::string_view payment_status_v21 = R"({
  "Data": {
    "PaymentId": "83b47199-90c2-4c05-9ef1-aeae68b0fc7c",
    "ConsentId": "pay-77",
    "Status": "AcceptedSettlementCompleted",
    "StatusUpdateDateTime": "2026-03-27T13:27:13Z",
    "CreationDateTime": "2026-03-27T13:00:00Z",
    "Instruction": {"Amount": {"Amount": "100.00", "Currency": "AED"}},
    "PaymentPurposeCode": "ACM",
    "OpenFinanceBilling": {"Type": "PushP2P"}
  },
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/payments/83b47199",
    "EventType": "Resource.Updated",
    "ConsentId": "pay-77"
  }
})";

// The same family in the older guide, where the reason is one object.
inline constexpr std::string_view payment_rejected_v12 = R"({
  "Data": {
    "PaymentId": "pmt-2",
    "ConsentId": "pay-12",
    "Status": "Rejected",
    "StatusUpdateDateTime": "2024-03-27T16:27:13+0300",
    "CreationDateTime": "2024-03-27T16:00:00+0300",
    "RejectReasonCode": {"Code": "AANI.UCRD", "Message": "Not known"}
  },
  "Meta": {
    "EventDateTime": "2024-03-27T16:27:14+0300",
    "EventResource": "/payments/pmt-2",
    "EventType": "Resource.Updated",
    "ConsentId": "pay-12"
  }
})";

inline constexpr std::string_view insurance_quote_v21 = R"({
  "Data": {"QuoteStatus": "PaymentRequired"},
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/motor-insurance-quotes/q-1",
    "EventType": "Resource.Updated",
    "QuoteId": "q-1"
  }
})";

inline constexpr std::string_view fx_quote_v21 = R"({
  "Data": {"FxQuoteId": "fx-1", "QuoteStatus": "Funded"},
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/fx-quotes/fx-1",
    "EventType": "Resource.Updated",
    "FxQuoteId": "fx-1"
  }
})";

inline constexpr std::string_view account_opening_v21 = R"({
  "Data": {
    "AccountId": "acc-1",
    "OpeningStatus": "Pending",
    "OpeningStatusUpdateDateTime": "2026-03-27T13:27:13Z"
  },
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/accounts/acc-1",
    "EventType": "Resource.Created",
    "AccountId": "acc-1"
  }
})";

// Of a family that nobody here knows.
inline constexpr std::string_view loan_unknown = R"({
  "Data": {"LoanId": "loan-1", "LoanStatus": "Authorized", "ConsentId": "c-1", "Permissions": ["ReadBalances"]},
  "Meta": {
    "EventDateTime": "2026-03-27T13:27:14Z",
    "EventResource": "/loans/loan-1",
    "EventType": "Resource.Created",
    "LoanId": "loan-1"
  }
})";

inline json::document parsed(std::string_view text) {
  return json::document::parse(std::string(text), json::limits{}).value();
}

inline result<any_event> read_any(std::string_view text) {
  auto const message = parsed(text);
  return read_message(message.root(), std::string(issuer));
}

// Throws when it is an event of another sort.
inline result<consent_event> read(std::string_view text) {
  auto made = read_any(text);
  if (!made) {
    return made.error();
  }
  return std::get<consent_event>(std::move(*made));
}

inline consent::resource_report resource_of(std::string_view text) {
  return std::get<resource_event>(read_any(text).value()).report;
}

inline consent::unknown_report unknown_of(std::string_view text) {
  return std::get<unknown_event>(read_any(text).value()).report;
}

// `text` with its one `from` made `to`; a fixture without it would test nothing.
inline std::string with(std::string_view text, std::string_view from, std::string_view to) {
  std::string made(text);
  auto const at = made.find(from);
  if (at == std::string::npos || made.find(from, at + 1) != std::string::npos) {
    throw std::logic_error("not exactly once in the fixture: " + std::string(from));
  }
  return made.replace(at, from.size(), to);
}

inline timestamp time_of(std::string_view text) {
  return parse_date_time(text).value();
}

} // namespace consentd::events::fixture

#endif
