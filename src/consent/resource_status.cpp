#include "consent/resource_status.hpp"

#include "consent/names.hpp"

#include <algorithm>
#include <array>
#include <span>

namespace consentd::consent {
namespace {

using enum resource_status;

// Names in the order of declaration of their enum.
constexpr std::array<std::string_view, 4> family_names{"payment", "insurance-quote", "fx-quote", "account-opening"};
constexpr std::array<std::string_view, 21> status_names{"Pending",
                                                        "AcceptedWithoutPosting",
                                                        "AcceptedSettlementCompleted",
                                                        "AcceptedCreditSettlementCompleted",
                                                        "Rejected",
                                                        "ApplicationPending",
                                                        "ApplicationApproved",
                                                        "PaymentRequired",
                                                        "PolicyIssued",
                                                        "Completed",
                                                        "Expired",
                                                        "CustomerCancelled",
                                                        "LFICancelled",
                                                        "Available",
                                                        "Accepted",
                                                        "Actioned",
                                                        "AccountOpened",
                                                        "Funded",
                                                        "Cancelled",
                                                        "AwaitingUserInput",
                                                        "AwaitingLFIProcesses"};

// Each family's words in the order of the contract's table.
constexpr std::array payment_words{pending, accepted_without_posting, accepted_settlement_completed,
                                   accepted_credit_settlement_completed, rejected};
constexpr std::array insurance_quote_words{
    application_pending, application_approved, payment_required, policy_issued, completed, expired, rejected,
    customer_cancelled,  lfi_cancelled};
constexpr std::array fx_quote_words{available, accepted, actioned, account_opened, funded,
                                    completed, expired,  rejected, cancelled};
constexpr std::array account_opening_words{pending, awaiting_user_input, awaiting_lfi_processes, rejected, completed};

std::span<resource_status const> words_of(resource_family of) noexcept {
  switch (of) {
  case resource_family::payment:
    return payment_words;
  case resource_family::insurance_quote:
    return insurance_quote_words;
  case resource_family::fx_quote:
    return fx_quote_words;
  case resource_family::account_opening:
    return account_opening_words;
  }
  return {};
}

} // namespace

std::string_view to_string(resource_family value) noexcept {
  return name_of(family_names, value);
}

std::optional<resource_family> parse_resource_family(std::string_view text) noexcept {
  return value_of<resource_family>(family_names, text);
}

std::string_view to_string(resource_status value) noexcept {
  return name_of(status_names, value);
}

std::optional<resource_status> parse_resource_status(std::string_view text) noexcept {
  return value_of<resource_status>(status_names, text);
}

std::optional<resource_status> parse_resource_status(resource_family of, std::string_view text) noexcept {
  auto const value = parse_resource_status(text);
  return value && progress(of, *value) >= 0 ? value : std::nullopt;
}

bool is_terminal(resource_status value) noexcept {
  switch (value) {
  case pending:
  case accepted_without_posting:
  case application_pending:
  case application_approved:
  case payment_required:
  case policy_issued:
  case available:
  case accepted:
  case actioned:
  case account_opened:
  case funded:
  case awaiting_user_input:
  case awaiting_lfi_processes:
    return false;
  case accepted_settlement_completed:
  case accepted_credit_settlement_completed:
  case rejected:
  case completed:
  case expired:
  case customer_cancelled:
  case lfi_cancelled:
  case cancelled:
    return true;
  }
  return true;
}

bool may_follow_end(resource_status from, resource_status to) noexcept {
  return from == accepted_settlement_completed && to == accepted_credit_settlement_completed;
}

int progress(resource_family of, resource_status value) noexcept {
  auto const words = words_of(of);
  auto const found = std::find(words.begin(), words.end(), value);
  return found == words.end() ? -1 : static_cast<int>(found - words.begin());
}

} // namespace consentd::consent
