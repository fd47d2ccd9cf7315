#include "store/sqlite/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <initializer_list>
#include <stdexcept>
#include <utility>

namespace consentd::store::sqlite {
namespace {

using consent::binding;
using consent::disposition;
using consent::flags;
using consent::kind;
using consent::status;

template <class Enum, std::size_t Size>
using table = std::array<std::pair<Enum, int>, Size>;

constexpr table<status, 7> statuses{{
    {status::awaiting_authorization, 1},
    {status::authorized, 2},
    {status::suspended, 3},
    {status::rejected, 4},
    {status::consumed, 5},
    {status::expired, 6},
    {status::revoked, 7},
}};

constexpr table<kind, 3> kinds{{
    {kind::account_access, 1},
    {kind::payment, 2},
    {kind::insurance, 3},
}};

constexpr table<disposition, 8> dispositions{{
    {disposition::duplicate, 1},
    {disposition::stale, 2},
    {disposition::updated, 3},
    {disposition::refused, 4},
    {disposition::late, 5},
    {disposition::applied, 6},
    {disposition::gap, 7},
    {disposition::deleted, 8},
}};

constexpr table<binding, 2> bindings{{
    {binding::announced, 1},
    {binding::by_event, 2},
}};

constexpr table<entry_type, 11> entry_types{{
    {entry_type::status, 1},
    {entry_type::announced, 2},
    {entry_type::lapsed, 3},
    {entry_type::payment_status, 4},
    {entry_type::insurance_quote_status, 5},
    {entry_type::fx_quote_status, 6},
    {entry_type::account_opening_status, 7},
    {entry_type::unknown, 8},
    {entry_type::erased, 9},
    {entry_type::doubt_settled, 10},
    {entry_type::unlinked, 11},
}};

constexpr table<consent::change, 3> changes{{
    {consent::change::created, 1},
    {consent::change::updated, 2},
    {consent::change::deleted, 3},
}};

constexpr std::array<std::pair<bool flags::*, int>, 9> flag_bits{{
    {&flags::in_doubt, 1},
    {&flags::contested, 2},
    {&flags::deleted, 4},
    {&flags::changed, 8},
    {&flags::gap, 16},
    {&flags::late, 32},
    {&flags::clock, 64},
    {&flags::lapsed, 128},
    {&flags::unlinked, 256},
}};

template <class Enum, std::size_t Size>
constexpr int number_of(table<Enum, Size> const& in, Enum value) noexcept {
  for (auto const& [known, number] : in) {
    if (known == value) {
      return number;
    }
  }
  return 0; // an enumerator that the table lacks: the test that pins the numbers finds it
}

template <class Enum, std::size_t Size>
Enum value_of(table<Enum, Size> const& in, std::int64_t stored) {
  for (auto const& [value, number] : in) {
    if (number == stored) {
      return value;
    }
  }
  throw std::out_of_range("holds the number " + std::to_string(stored) + " where this version knows no such value");
}

constexpr std::string_view for_consent = "consent:";
constexpr std::string_view for_issuer = "issuer:";

// Keys of 128 bits: nobody meets one by chance, and who makes two of his own tokens or events meet only harms himself.
constexpr std::size_t short_bytes = 16;

std::string short_digest(std::string_view text) {
  auto const whole = sha256(text);
  return std::string(as_bytes(whole).substr(0, short_bytes));
}

// `event` is a report of any sort.
template <class Report>
std::string print_of(Report const& event, std::initializer_list<std::string_view> identity,
                     std::optional<timestamp> status_time) {
  bool const deletion = event.what == consent::change::deleted;
  std::string text = deletion ? "deleted" : "status";
  text += '\0';
  for (auto const& part : identity) {
    text += part;
    text += '\0';
  }
  // A deletion without `Data` has nothing but its time to be told apart by.
  auto const when = deletion && !status_time ? std::optional(event.event_time) : status_time;
  text += when ? std::to_string(when->time_since_epoch().count()) : std::string();
  text += '\0';
  text += as_bytes(event.resource_digest);
  return short_digest(text);
}

} // namespace

int to_stored(consent::status value) noexcept {
  return number_of(statuses, value);
}
int to_stored(consent::kind value) noexcept {
  return number_of(kinds, value);
}
int to_stored(consent::disposition value) noexcept {
  return number_of(dispositions, value);
}
int to_stored(consent::binding value) noexcept {
  return number_of(bindings, value);
}
int to_stored(entry_type value) noexcept {
  return number_of(entry_types, value);
}

int to_stored(consent::change value) noexcept {
  return number_of(changes, value);
}

std::string_view to_stored(consent::resource_family value) noexcept {
  return consent::to_string(value);
}
std::optional<std::string_view> to_stored(std::optional<consent::resource_status> value) noexcept {
  return value ? std::optional(consent::to_string(*value)) : std::nullopt;
}

std::string to_stored(std::vector<std::string> const& codes) {
  std::string lines;
  for (auto const& code : codes) {
    lines += code;
    lines += '\n';
  }
  return lines;
}

std::vector<std::string> stored_codes(std::string_view lines) {
  std::vector<std::string> codes;
  for (std::size_t at = 0; at < lines.size();) {
    auto const end = std::min(lines.find('\n', at), lines.size());
    codes.emplace_back(lines.substr(at, end - at));
    at = end + 1;
  }
  return codes;
}

std::optional<std::string> to_stored(std::optional<consent::permission_set> const& value) {
  return value ? std::optional(to_stored(value->codes())) : std::nullopt;
}

std::optional<consent::permission_set> stored_permissions(std::optional<std::string> const& text) {
  if (!text) {
    return std::nullopt;
  }
  auto made = consent::permission_set::of(stored_codes(*text));
  if (!made) {
    throw std::out_of_range("stored permissions");
  }
  return made;
}

int to_stored(consent::flags const& value) noexcept {
  int bits = 0;
  for (auto const& [flag, bit] : flag_bits) {
    bits |= value.*flag ? bit : 0;
  }
  return bits;
}

int to_stored(consent::resource_flags const& value) noexcept {
  consent::flags same;
  same.deleted = value.deleted;
  same.late = value.late;
  same.clock = value.clock;
  return to_stored(same);
}

consent::status stored_status(std::int64_t number) {
  return value_of(statuses, number);
}
consent::kind stored_kind(std::int64_t number) {
  return value_of(kinds, number);
}
consent::disposition stored_disposition(std::int64_t number) {
  return value_of(dispositions, number);
}
consent::binding stored_binding(std::int64_t number) {
  return value_of(bindings, number);
}
entry_type stored_entry_type(std::int64_t number) {
  return value_of(entry_types, number);
}

consent::change stored_change(std::int64_t number) {
  return value_of(changes, number);
}

consent::resource_family stored_family(std::string_view word) {
  auto const family = consent::parse_resource_family(word);
  if (!family) {
    throw std::out_of_range("holds a family of resources that this version does not know");
  }
  return *family;
}

std::optional<consent::resource_status> stored_resource_status(std::optional<std::string> const& word) {
  if (!word) {
    return std::nullopt;
  }
  auto const status = consent::parse_resource_status(*word);
  if (!status) {
    throw std::out_of_range("holds a status of a resource that this version does not know");
  }
  return status;
}

consent::flags stored_flags(std::int64_t bits) noexcept {
  consent::flags made;
  for (auto const& [flag, bit] : flag_bits) {
    made.*flag = (bits & bit) != 0;
  }
  return made;
}

consent::resource_flags stored_resource_flags(std::int64_t bits) noexcept {
  auto const same = stored_flags(bits);
  return {.deleted = same.deleted, .late = same.late, .clock = same.clock};
}

std::string token_identity(std::string_view issuer, std::string_view identity) {
  std::string text;
  // The length keeps ("a", "bc") and ("ab", "c") apart.
  text.append(std::to_string(issuer.size())).append(1, ':').append(issuer).append(identity);
  return short_digest(text);
}

std::string event_identity(std::string_view issuer, std::optional<std::string> const& jti) {
  return jti ? token_identity(issuer, *jti) : std::string();
}

std::string held_identity(event_token const& of, bool expired) {
  std::string text = expired ? "expired:" : "";
  text += of.jti ? "jti:" + *of.jti : std::string();
  text += ':';
  text += as_bytes(of.message_digest);
  return token_identity(of.issuer, text);
}

std::string fingerprint(consent::report const& event) {
  auto const status = event.status ? to_stored(*event.status) : 0;
  return print_of(event, {event.consent_id, std::to_string(status)}, event.status_time);
}

std::string fingerprint(consent::resource_report const& event) {
  auto const status = event.status ? consent::to_string(*event.status) : std::string_view();
  return print_of(event, {event.issuer, to_stored(event.family), event.id, status}, event.status_time);
}

std::string fingerprint(consent::unknown_report const& event) {
  return print_of(event, {event.issuer, event.id_name, event.id, "unknown"}, event.event_time);
}

std::string waits_for_consent(std::string_view consent_id) {
  return std::string(for_consent).append(consent_id);
}

std::string waits_for_keys(std::string_view issuer) {
  return std::string(for_issuer).append(issuer);
}

waiting stored_waiting(std::string_view text) {
  if (text.starts_with(for_consent)) {
    return {delivery_state::waiting_for_consent, text.substr(for_consent.size())};
  }
  return {delivery_state::waiting_for_keys, text.substr(for_issuer.size())};
}

} // namespace consentd::store::sqlite
