// What an event says, before it is signed and encrypted. Free text where a sender could write anything.
#ifndef CONSENTD_TOOLS_HUBSIM_EVENT_SPEC_HPP
#define CONSENTD_TOOLS_HUBSIM_EVENT_SPEC_HPP

#include "base/time.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace consentd::hubsim {

// The three of consents first; `loan` is one that the standard does not have.
enum class family : std::uint8_t {
  account_access,
  payment,
  insurance,
  payment_status,
  insurance_quote,
  fx_quote,
  account_opening,
  loan
};

// "account-access", "payment-status" and so on. Literals.
std::string_view to_string(family value) noexcept;
std::optional<family> parse_family(std::string_view text) noexcept;
// All names, in order.
std::span<std::string_view const> family_names() noexcept;

// Of the standard: bodies and content type differ.
enum class version : std::uint8_t { v1_2, v2_0, v2_1 };

std::optional<version> parse_version(std::string_view text) noexcept;

struct event_spec {
  hubsim::family family = family::account_access;
  hubsim::version version = version::v2_1;
  std::string consent_id;
  std::string resource_id; // of a payment, a quote, an account opening, a loan
  std::string status = "Authorized";
  timestamp created; // of the consent
  timestamp status_time;
  timestamp event_time;
  std::optional<timestamp> expiry; // absent: the resource has none
  std::string revoked_by;          // empty: absent, as the next
  std::string base_consent_id;
  std::string event_type = "Resource.Updated"; // "Resource.Deleted" goes without `Data`
  std::string jti;                             // empty: absent
  std::size_t encryption_key = 1;              // of the TPP, as the set-up numbers them

  // For what is wrong on purpose; empty: as it should be.
  std::string data_consent_id;           // instead of consent_id, in `Data` alone
  std::string status_time_text;          // instead of status_time
  std::string more_meta;                 // further members of `Meta`, JSON text
  std::optional<hubsim::family> body_of; // `Data` of another family
  std::size_t padding_bytes = 0;         // an unknown member of `Data` of that size
};

// `message` of the event's claims: {"Data":…,"Meta":…}, shaped by the version's OpenAPI description. Equal for equal
// specs.
std::string make_message(event_spec const& spec);

} // namespace consentd::hubsim

#endif
