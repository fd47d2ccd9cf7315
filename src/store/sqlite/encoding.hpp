// The numbers by which values stand in the database. docs/schema.md lists them; they never change.
#ifndef CONSENTD_STORE_SQLITE_ENCODING_HPP
#define CONSENTD_STORE_SQLITE_ENCODING_HPP

#include "base/digest.hpp"
#include "consent/decision.hpp"
#include "consent/resource.hpp"
#include "consent/status.hpp"
#include "store/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::store::sqlite {

int to_stored(consent::status value) noexcept;
int to_stored(consent::kind value) noexcept;
int to_stored(consent::disposition value) noexcept;
int to_stored(consent::binding value) noexcept;
int to_stored(entry_type value) noexcept;
int to_stored(consent::change value) noexcept;
// One bit for each flag.
int to_stored(consent::flags const& value) noexcept;
int to_stored(consent::resource_flags const& value) noexcept;

template <class Enum>
std::optional<int> to_stored(std::optional<Enum> value) noexcept {
  return value ? std::optional(to_stored(*value)) : std::nullopt;
}

// Column `permissions` of `consents`: the codes, one to a line; NULL until an event has named any.
std::optional<std::string> to_stored(std::optional<consent::permission_set> const& value);
// Throws std::out_of_range for a text that is no set of codes.
std::optional<consent::permission_set> stored_permissions(std::optional<std::string> const& text);

// Families and statuses of resources stand as their words.
std::string_view to_stored(consent::resource_family value) noexcept;
std::optional<std::string_view> to_stored(std::optional<consent::resource_status> value) noexcept;
// Columns `reject_reason_codes`: one to a line.
std::string to_stored(std::vector<std::string> const& codes);
std::vector<std::string> stored_codes(std::string_view lines);

// Each throws std::out_of_range for a number or a word that this version does not know: somebody else has written it.
consent::status stored_status(std::int64_t number);
consent::kind stored_kind(std::int64_t number);
consent::disposition stored_disposition(std::int64_t number);
consent::binding stored_binding(std::int64_t number);
entry_type stored_entry_type(std::int64_t number);
consent::change stored_change(std::int64_t number);
consent::resource_family stored_family(std::string_view word);
std::optional<consent::resource_status> stored_resource_status(std::optional<std::string> const& word);
consent::flags stored_flags(std::int64_t bits) noexcept;
consent::resource_flags stored_resource_flags(std::int64_t bits) noexcept;

// Column `kind` of `spent`.
enum class token_kind : std::uint8_t { bearer = 1, event = 2 };

// Column `identity` of `spent`: the first 16 bytes of SHA-256 over issuer and the token's identity. Short keys keep
// the table small, and with them its part that fits into memory.
std::string token_identity(std::string_view issuer, std::string_view identity);

// The same of an event's token, as claimed: columns `event` of `inbox` and `quarantine`. Empty without `jti`.
std::string event_identity(std::string_view issuer, std::optional<std::string> const& jti);

// Column `held` of `inbox`: what a redelivery of the event is known by (contract section 4), and whether it had
// expired: one that had must not stand for one that had not. 16 bytes.
std::string held_identity(event_token const& of, bool expired);

// Column `fingerprint` of `journal`: equal for events that repeat each other (contract section 6, `duplicate`). 16
// bytes.
std::string fingerprint(consent::report const& event);
std::string fingerprint(consent::resource_report const& event);
std::string fingerprint(consent::unknown_report const& event);

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
