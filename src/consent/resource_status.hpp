// The words of what is reported beside consents: payments, quotes, account openings (contract section 5).
#ifndef CONSENTD_CONSENT_RESOURCE_STATUS_HPP
#define CONSENTD_CONSENT_RESOURCE_STATUS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::consent {

// Families whose state is not a consent's. New ones go to the end: the numbers may be stored.
enum class resource_family : std::uint8_t { payment, insurance_quote, fx_quote, account_opening };

// "payment", "insurance-quote", "fx-quote", "account-opening": ours. Literals.
std::string_view to_string(resource_family value) noexcept;
std::optional<resource_family> parse_resource_family(std::string_view text) noexcept;

// The words of all four; one that two families share is one value. New ones go to the end: the numbers may be stored.
enum class resource_status : std::uint8_t {
  pending,
  accepted_without_posting,
  accepted_settlement_completed,
  accepted_credit_settlement_completed,
  rejected,
  application_pending,
  application_approved,
  payment_required,
  policy_issued,
  completed,
  expired,
  customer_cancelled,
  lfi_cancelled,
  available,
  accepted,
  actioned,
  account_opened,
  funded,
  cancelled,
  awaiting_user_input,
  awaiting_lfi_processes
};

// The standard's own spelling. Literals.
std::string_view to_string(resource_status value) noexcept;
// A word of that family, in its exact spelling; nothing for a word that only another family has.
std::optional<resource_status> parse_resource_status(resource_family of, std::string_view text) noexcept;
// The word alone, as it was stored.
std::optional<resource_status> parse_resource_status(std::string_view text) noexcept;
// An end in every family that has the word.
bool is_terminal(resource_status value) noexcept;
// The one move between two ends: a payment settled with the bank may later be settled with the creditor.
bool may_follow_end(resource_status from, resource_status to) noexcept;
// How far along the family's list the word stands, from 0; -1 when the family does not have it.
int progress(resource_family of, resource_status value) noexcept;

} // namespace consentd::consent

#endif
