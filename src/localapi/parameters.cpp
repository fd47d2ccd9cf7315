#include "localapi/parameters.hpp"

#include "base/base64url.hpp"

#include <charconv>

namespace consentd::localapi {

namespace {

constexpr std::size_t max_cursor = 512;

// A cursor's version and list stand before what it remembers.
std::string cursor_mark(std::string_view list) {
  return "1:" + std::string(list) + ":";
}

} // namespace

std::optional<std::int64_t> read_number(std::string_view digits) noexcept {
  if (digits.empty() || digits.front() == '-' || (digits.front() == '0' && digits.size() > 1)) {
    return std::nullopt;
  }
  std::int64_t number = 0;
  auto const end = digits.data() + digits.size();
  auto const done = std::from_chars(digits.data(), end, number);
  if (done.ec != std::errc{} || done.ptr != end) {
    return std::nullopt;
  }
  return number;
}

parsed<std::size_t> read_limit(target const& from) {
  auto const text = from.find("limit");
  if (!text) {
    return default_limit;
  }
  auto const number = read_number(*text);
  if (!number || *number < 1 || *number > static_cast<std::int64_t>(max_limit)) {
    return invalid("limit", "A whole number from 1 to " + std::to_string(max_limit) + ".");
  }
  return static_cast<std::size_t>(*number);
}

parsed<std::optional<consent::status>> read_status(target const& from) {
  auto const text = from.find("status");
  if (!text) {
    return std::optional<consent::status>{};
  }
  auto const status = consent::parse_status(*text);
  if (!status) {
    return invalid("status",
                   "One of AwaitingAuthorization, Authorized, Suspended, Rejected, Consumed, Expired, Revoked.");
  }
  return status;
}

parsed<std::optional<std::string>> read_any_status(named_texts const& from) {
  auto const text = from.find("status");
  if (!text) {
    return std::optional<std::string>{};
  }
  if (!consent::parse_status(*text) && !consent::parse_resource_status(*text)) {
    return invalid("status", "A status of a consent, payment, quote or account opening, as the standard spells it.");
  }
  return std::optional(std::string(*text));
}

parsed<std::optional<consent::kind>> read_kind(named_texts const& from) {
  auto const text = from.find("kind");
  if (!text) {
    return std::optional<consent::kind>{};
  }
  auto const kind = consent::parse_kind(*text);
  if (!kind) {
    return invalid("kind", "One of account-access, payment, insurance.");
  }
  return kind;
}

parsed<std::optional<timestamp>> read_time(target const& from, std::string_view name) {
  auto const text = from.find(name);
  if (!text) {
    return std::optional<timestamp>{};
  }
  auto const time = parse_date_time(*text);
  if (!time) {
    return invalid(name, "A date and time of RFC 3339, such as 2026-03-27T13:27:13Z.");
  }
  return time;
}

parsed<std::optional<std::string>> read_consent_id(named_texts const& from, std::string_view name) {
  auto const text = from.find(name);
  if (!text) {
    return std::optional<std::string>{};
  }
  if (!consent::is_consent_id(*text)) {
    return invalid(name, "A consent id: 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -");
  }
  return std::optional(std::string(*text));
}

parsed<std::optional<std::string>> read_text(named_texts const& from, std::string_view name) {
  auto const text = from.find(name);
  if (!text) {
    return std::optional<std::string>{};
  }
  if (text->empty() || text->size() > max_text) {
    return invalid(name, "A text of 1 to " + std::to_string(max_text) + " bytes.");
  }
  return std::optional(std::string(*text));
}

parsed<std::string> consent_id(std::string_view segment) {
  if (!consent::is_consent_id(segment)) {
    return invalid("consent_id", "A consent id: 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -");
  }
  return std::string(segment);
}

parsed<std::string> resource_id(std::string_view segment) {
  if (!consent::is_consent_id(segment)) {
    return invalid("resource_id", "An id: 1 to 128 characters of A-Z a-z 0-9 . _ : ~ -");
  }
  return std::string(segment);
}

parsed<std::int64_t> delivery_id(std::string_view segment) {
  auto const number = read_number(segment);
  if (!number) {
    return invalid("delivery_id", "A delivery's number.");
  }
  return *number;
}

std::string make_cursor(std::string_view list, std::string_view last) {
  return encode_base64url(cursor_mark(list) + std::string(last));
}

parsed<std::optional<std::string>> read_cursor(target const& from, std::string_view list) {
  auto const text = from.find("cursor");
  if (!text) {
    return std::optional<std::string>{};
  }
  auto const mark = cursor_mark(list);
  auto const decoded = text->size() <= max_cursor ? decode_base64url(*text) : std::nullopt;
  if (!decoded || !decoded->starts_with(mark) || decoded->size() == mark.size()) {
    return invalid("cursor", "Not a nextCursor of this list.");
  }
  return std::optional(decoded->substr(mark.size()));
}

parsed<std::optional<std::int64_t>> read_number_cursor(target const& from, std::string_view list) {
  auto const text = read_cursor(from, list);
  if (!text) {
    return text.error();
  }
  if (!*text) {
    return std::optional<std::int64_t>{};
  }
  auto const number = read_number(**text);
  if (!number) {
    return invalid("cursor", "Not a nextCursor of this list.");
  }
  return number;
}

} // namespace consentd::localapi
