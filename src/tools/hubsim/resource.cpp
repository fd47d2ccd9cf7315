#include "tools/hubsim/resource.hpp"

#include "base/digest.hpp"
#include "tools/hubsim/other_resource.hpp"
#include "json/writer.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace consentd::hubsim {

namespace {

using words = std::initializer_list<std::string_view>;

void write_words(json::writer& out, std::string_view name, words texts) {
  out.name(name).begin_array();
  for (auto const text : texts) {
    out.string(text);
  }
  out.end_array();
}

// Amounts and references that differ from consent to consent, and never from event to event of one consent.
class variation {
public:
  explicit variation(std::string_view consent_id) : bytes_(sha256(consent_id)) {}

  unsigned pick(std::size_t index, unsigned bound) const { return bytes_.at(index % bytes_.size()) % bound; }

  std::string amount(std::size_t index) const {
    auto const fils = pick(index + 1, 100);
    return std::to_string(100 + 37 * pick(index, 250)) + (fils < 10 ? ".0" : ".") + std::to_string(fils);
  }

  std::string digits(std::size_t index, std::size_t count) const {
    std::string text;
    for (std::size_t i = 0; i != count; ++i) {
      text += static_cast<char>('0' + pick(index + i, 10));
    }
    return text;
  }

private:
  digest bytes_;
};

void write_amount(json::writer& out, std::string_view name, std::string const& amount) {
  out.name(name).begin_object().member("Currency", "AED").member("Amount", amount).end_object();
}

// YYYY-MM-DD
std::string date_of(timestamp when) {
  return format_date_time(std::chrono::floor<std::chrono::days>(when)).substr(0, 10);
}

std::string status_time(event_spec const& spec) {
  return spec.status_time_text.empty() ? format_date_time(spec.status_time) : spec.status_time_text;
}

void write_identity(json::writer& out, event_spec const& spec) {
  out.member("ConsentId", spec.data_consent_id.empty() ? spec.consent_id : spec.data_consent_id);
  if (!spec.base_consent_id.empty()) {
    out.member("BaseConsentId", spec.base_consent_id);
  }
}

void write_state(json::writer& out, event_spec const& spec) {
  out.member("Status", spec.status);
  if (!spec.revoked_by.empty()) {
    out.member("RevokedBy", spec.revoked_by);
  }
  if (spec.expiry) {
    out.member("ExpirationDateTime", format_date_time(*spec.expiry));
  }
}

void write_times(json::writer& out, event_spec const& spec) {
  out.member("CreationDateTime", format_date_time(spec.created)).member("StatusUpdateDateTime", status_time(spec));
}

// The v2.1 description nests these two in objects of the same name, for payment consents alone (contract section 8, 3).
void write_nested_times(json::writer& out, event_spec const& spec) {
  auto const nest = [&out](std::string_view name, std::string const& text) {
    out.name(name).begin_object().member(name, text).end_object();
  };
  nest("CreationDateTime", format_date_time(spec.created));
  nest("StatusUpdateDateTime", status_time(spec));
}

void write_on_behalf_of(json::writer& out, variation const& vary) {
  out.name("OnBehalfOf").begin_object();
  out.member("TradingName", "Sample Budget Planner");
  out.member("LegalName", "Sample Budget Planner Services Limited (synthetic)");
  out.member("IdentifierType", "Other").member("Identifier", "SYN-" + vary.digits(3, 9));
  out.end_object();
}

void write_account_access(json::writer& out, event_spec const& spec, variation const& vary) {
  write_identity(out, spec);
  write_times(out, spec);
  write_state(out, spec);
  write_words(out, "Permissions",
              {"ReadAccountsBasic",
               "ReadAccountsDetail",
               "ReadBalances",
               "ReadBeneficiariesBasic",
               "ReadBeneficiariesDetail",
               "ReadFXTransactionsBasic",
               "ReadFXTransactionsDetail",
               "ReadFXRemittanceCharges",
               "ReadTransactionsBasic",
               "ReadTransactionsDetail",
               "ReadProduct",
               "ReadScheduledPaymentsBasic",
               "ReadScheduledPaymentsDetail",
               "ReadDirectDebits",
               "ReadStandingOrdersBasic",
               "ReadStandingOrdersDetail",
               "ReadStatements",
               "ReadPartyUser",
               "ReadPartyUserIdentity",
               "ReadParty",
               "ReadProductFinanceRates"});
  write_words(out, "AccountType", {"Retail", "SME"});
  write_words(out, "AccountSubType", {"CurrentAccount", "Savings", "CreditCard", "Mortgage", "Finance"});
  write_on_behalf_of(out, vary);
  out.name("OpenFinanceBilling").begin_object();
  out.name("IsLargeCorporate").boolean(false);
  out.member("UserType", "Retail").member("Purpose", "BudgetingAnalysis");
  out.end_object();
}

// A year of instalments, each on its own date.
void write_schedule(json::writer& out, event_spec const& spec, variation const& vary) {
  constexpr unsigned instalments = 12;
  out.name("ControlParameters").begin_object().name("IsDelegatedAuthentication").boolean(false);
  out.name("ConsentSchedule").begin_object().name("MultiPayment").begin_object();
  write_amount(out, "MaximumCumulativeValueOfPayments", "250000.00");
  out.name("MaximumCumulativeNumberOfPayments").integer(instalments);
  out.name("PeriodicSchedule").begin_object().member("Type", "FixedDefinedSchedule").name("Schedule").begin_array();
  for (unsigned i = 0; i != instalments; ++i) {
    out.begin_object().member("PaymentExecutionDate", date_of(spec.created + std::chrono::days(30 * (i + 1))));
    write_amount(out, "Amount", vary.amount(i));
    out.end_object();
  }
  out.end_array().end_object().end_object().end_object().end_object();
}

void write_consumption(json::writer& out, event_spec const& spec, variation const& vary) {
  auto const paid = spec.status == "Consumed";
  out.name("PaymentConsumption").begin_object();
  out.name("CumulativeNumberOfPayments").integer(paid ? 12 : 0);
  write_amount(out, "CumulativeValueOfPayments", paid ? vary.amount(20) : "0.00");
  out.name("CumulativeNumberOfPaymentsInCurrentPeriod").integer(paid ? 1 : 0);
  write_amount(out, "CumulativeValueOfPaymentsInCurrentPeriod", paid ? vary.amount(0) : "0.00");
  out.end_object();
}

void write_charges(json::writer& out) {
  out.name("Charges").begin_array();
  for (auto const type : {"VAT", "Fees"}) {
    out.begin_object().member("ChargeBearer", "BorneByDebtor").member("Type", type);
    write_amount(out, "Amount", "1.25");
    out.end_object();
  }
  out.end_array();
}

void write_payment(json::writer& out, event_spec const& spec, variation const& vary) {
  write_identity(out, spec);
  out.name("IsSingleAuthorization").boolean(true);
  out.member("AuthorizationExpirationDateTime", format_date_time(spec.created + std::chrono::hours(1)));
  write_words(out, "Permissions", {"ReadAccountsBasic", "ReadAccountsDetail", "ReadBalances", "ReadRefundAccount"});
  write_state(out, spec);
  if (spec.version == version::v2_1) {
    write_nested_times(out, spec);
  } else {
    write_times(out, spec);
  }
  write_charges(out);
  write_schedule(out, spec, vary);
  out.member("DebtorReference", "Instalment plan " + vary.digits(5, 8));
  out.member("CreditorReference", "Order " + vary.digits(11, 10));
  out.member("PaymentPurposeCode", "ACM");
  out.name("SponsoredTPPInformation").begin_object();
  out.member("Name", "Sample Shop (synthetic)").member("Identification", "SYN-" + vary.digits(7, 12)).end_object();
  write_consumption(out, spec, vary);
  out.name("OpenFinanceBilling").begin_object().name("IsLargeCorporate").boolean(false).end_object();
}

void write_insurance_permissions(json::writer& out) {
  out.name("Permissions").begin_array();
  for (auto const type : {"Employment", "Health", "Home", "Life", "Motor", "Renters", "Travel"}) {
    out.begin_object().member("InsuranceType", type);
    write_words(out, "Permissions",
                {"ReadInsurancePolicies", "ReadCustomerBasic", "ReadCustomerDetail", "ReadCustomerPaymentDetails",
                 "ReadInsuranceProduct", "ReadCustomerClaims", "ReadInsurancePremium"});
    out.end_object();
  }
  out.end_array();
}

void write_insurance(json::writer& out, event_spec const& spec, variation const& vary) {
  write_identity(out, spec);
  if (spec.version == version::v2_1) {
    write_insurance_permissions(out);
  } else {
    write_words(out, "Permissions",
                {"ReadMotorInsurancePolicies", "ReadMotorInsuranceCustomerBasic", "ReadMotorInsuranceCustomerDetail",
                 "ReadMotorInsuranceCustomerPaymentDetails", "ReadMotorInsuranceProduct",
                 "ReadMotorInsuranceTransactions", "ReadMotorInsuranceCustomerClaims"});
  }
  write_on_behalf_of(out, vary);
  out.name("OpenFinanceBilling").begin_object();
  out.name("IsLargeCorporate").boolean(false).member("Purpose", "QuoteComparison").end_object();
  write_times(out, spec);
  write_state(out, spec);
}

} // namespace

std::string make_resource(event_spec const& spec) {
  variation const vary(spec.consent_id);
  json::writer out;
  out.begin_object();
  switch (spec.body_of.value_or(spec.family)) {
  case family::account_access:
    write_account_access(out, spec, vary);
    break;
  case family::payment:
    write_payment(out, spec, vary);
    break;
  case family::insurance:
    write_insurance(out, spec, vary);
    break;
  default:
    write_other_resource(out, spec);
    break;
  }
  if (spec.padding_bytes != 0) {
    out.member("Padding", std::string(spec.padding_bytes, 'x'));
  }
  out.end_object();
  return out.take();
}

} // namespace consentd::hubsim
