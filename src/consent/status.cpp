#include "consent/status.hpp"

#include "consent/names.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace consentd::consent {
namespace {

// Names in the order of declaration of their enum.
constexpr std::array<std::string_view, 7> status_names{
    "AwaitingAuthorization", "Authorized", "Suspended", "Rejected", "Consumed", "Expired", "Revoked"};
constexpr std::array<std::string_view, 3> kind_names{"account-access", "payment", "insurance"};
constexpr std::array<std::string_view, 8> disposition_names{"duplicate", "stale",   "updated", "refused",
                                                            "late",      "applied", "gap",     "deleted"};
constexpr std::array<std::string_view, 2> binding_names{"announced", "by-event"};

// Not isalnum(): the locale must not widen what an id may hold.
bool is_id_character(char c) noexcept {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
         c == ':' || c == '~' || c == '-';
}

} // namespace

std::string_view to_string(status value) noexcept {
  return name_of(status_names, value);
}

std::optional<status> parse_status(std::string_view text) noexcept {
  return value_of<status>(status_names, text);
}

bool is_terminal(status value) noexcept {
  switch (value) {
  case status::awaiting_authorization:
  case status::authorized:
  case status::suspended:
    return false;
  case status::rejected:
  case status::consumed:
  case status::expired:
  case status::revoked:
    return true;
  }
  return true;
}

std::string_view to_string(kind value) noexcept {
  return name_of(kind_names, value);
}

std::optional<kind> parse_kind(std::string_view text) noexcept {
  return value_of<kind>(kind_names, text);
}

std::string_view to_string(disposition value) noexcept {
  return name_of(disposition_names, value);
}

std::optional<disposition> parse_disposition(std::string_view text) noexcept {
  return value_of<disposition>(disposition_names, text);
}

std::string_view to_string(binding value) noexcept {
  return name_of(binding_names, value);
}

std::optional<binding> parse_binding(std::string_view text) noexcept {
  return value_of<binding>(binding_names, text);
}

bool is_consent_id(std::string_view text) noexcept {
  constexpr std::size_t longest = 128;
  if (text.empty() || text.size() > longest || text == "." || text == "..") {
    return false;
  }
  return std::all_of(text.begin(), text.end(), is_id_character);
}

} // namespace consentd::consent
