// The numbers by which values stand in the database. docs/schema.md lists them; they never change.
#ifndef CONSENTD_STORE_SQLITE_ENCODING_HPP
#define CONSENTD_STORE_SQLITE_ENCODING_HPP

#include "base/digest.hpp"
#include "consent/decision.hpp"
#include "consent/status.hpp"
#include "store/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::store::sqlite {

int to_stored(consent::status value) noexcept;
int to_stored(consent::kind value) noexcept;
int to_stored(consent::disposition value) noexcept;
int to_stored(consent::binding value) noexcept;
int to_stored(entry_type value) noexcept;
// One bit for each flag.
int to_stored(consent::flags const& value) noexcept;

template <class Enum>
std::optional<int> to_stored(std::optional<Enum> value) noexcept {
  return value ? std::optional(to_stored(*value)) : std::nullopt;
}

// Column `permissions` of `consents`: the codes, one to a line; NULL until an event has named any.
std::optional<std::string> to_stored(std::optional<consent::permission_set> const& value);
// Throws std::out_of_range for a text that is no set of codes.
std::optional<consent::permission_set> stored_permissions(std::optional<std::string> const& text);

// Each throws std::out_of_range for a number that this version does not know: somebody else has written it.
consent::status stored_status(std::int64_t number);
consent::kind stored_kind(std::int64_t number);
consent::disposition stored_disposition(std::int64_t number);
consent::binding stored_binding(std::int64_t number);
entry_type stored_entry_type(std::int64_t number);
consent::flags stored_flags(std::int64_t bits) noexcept;

// Column `kind` of `spent`.
enum class token_kind : std::uint8_t { bearer = 1, event = 2 };

// Column `identity` of `spent`: the first 16 bytes of SHA-256 over issuer and the token's identity. Short keys keep
// the table small, and with them its part that fits into memory.
std::string token_identity(std::string_view issuer, std::string_view identity);

// The same of an event's token, as claimed: columns `event` of `inbox` and `quarantine`. Empty without `jti`.
std::string event_identity(std::string_view issuer, std::optional<std::string> const& jti);

// Column `held` of `inbox`: what a redelivery of the event is known by (contract section 4), and whether it had
// expired: one that had must not stand for one that had not. 16 bytes.
std::string held_identity(settlement const& event);

// Column `fingerprint` of `journal`: equal for events that repeat each other (contract section 6, `duplicate`). 16
// bytes.
std::string fingerprint(consent::report const& event);

// Column `waits_for` of `inbox`.
std::string waits_for_consent(std::string_view consent_id);
std::string waits_for_keys(std::string_view issuer);
struct waiting {
  delivery_state why{};
  std::string_view what; // part of the text given
};
waiting stored_waiting(std::string_view text);

} // namespace consentd::store::sqlite

#endif
