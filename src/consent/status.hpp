// The words of a consent's life, as the standard writes them (contract sections 5 and 6).
#ifndef CONSENTD_CONSENT_STATUS_HPP
#define CONSENTD_CONSENT_STATUS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::consent {

enum class status : std::uint8_t {
  awaiting_authorization,
  authorized,
  suspended,
  rejected,
  consumed,
  expired,
  revoked
};

// "AwaitingAuthorization" and so on: the standard's own spelling. Literals.
std::string_view to_string(status value) noexcept;
// Exact spelling only.
std::optional<status> parse_status(std::string_view text) noexcept;
// Rejected, Consumed, Expired, Revoked: the Hub never leaves them.
bool is_terminal(status value) noexcept;

// What is consented to: bank data sharing, service initiation, insurance data sharing.
enum class kind : std::uint8_t { account_access, payment, insurance };

// "account-access", "payment", "insurance": ours, as the local API shows them.
std::string_view to_string(kind value) noexcept;
std::optional<kind> parse_kind(std::string_view text) noexcept;

// Of a verified event; each is recorded (contract section 6).
enum class disposition : std::uint8_t { duplicate, stale, updated, refused, late, applied, gap, deleted };

std::string_view to_string(disposition value) noexcept;
std::optional<disposition> parse_disposition(std::string_view text) noexcept;

// How a consent came to be tied to its issuer.
enum class binding : std::uint8_t { announced, by_event };

std::string_view to_string(binding value) noexcept;
std::optional<binding> parse_binding(std::string_view text) noexcept;

// True for 1 to 128 characters of [A-Za-z0-9._:~-], not "." or ".." (contract section 8, 8).
bool is_consent_id(std::string_view text) noexcept;

} // namespace consentd::consent

#endif
