#include "ops/log_line.hpp"

#include "json/utf8.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace consentd::ops {
namespace {

constexpr std::string_view ellipsis = "\u2026";

std::string_view name_of(severity level) noexcept {
  switch (level) {
  case severity::debug:
    return "debug";
  case severity::info:
    return "info";
  case severity::warning:
    return "warning";
  case severity::error:
    break;
  }
  return "error";
}

// sd-daemon(3), after syslog(3).
char priority_of(severity level) noexcept {
  switch (level) {
  case severity::debug:
    return '7';
  case severity::info:
    return '6';
  case severity::warning:
    return '4';
  case severity::error:
    break;
  }
  return '3';
}

std::string cut(std::string_view value) {
  if (value.size() <= max_value_bytes) {
    return std::string(value);
  }
  std::size_t end = max_value_bytes;
  for (int i = 0; i < 3 && (static_cast<unsigned char>(value[end]) & 0xc0U) == 0x80U; ++i) {
    --end;
  }
  return std::string(value.substr(0, end)).append(ellipsis);
}

// The three-byte characters that break a line or turn the direction of writing, and so can make a line look like
// another.
bool is_deceptive(std::uint32_t character) noexcept {
  return (character >= 0x80 && character < 0xa0) || character == 0x61c ||
         (character >= 0x200b && character <= 0x200f) || (character >= 0x2028 && character <= 0x202e) ||
         (character >= 0x2060 && character <= 0x206f) || character == 0xfeff;
}

void append_hex(std::string& to, unsigned char byte) {
  constexpr std::string_view digits = "0123456789abcdef";
  to += "\\x";
  to += digits[byte >> 4U];
  to += digits[byte & 0xfU];
}

void append_ascii(std::string& to, char c) {
  switch (c) {
  case '"':
  case '\\':
    to += '\\';
    to += c;
    break;
  case '\n':
    to += "\\n";
    break;
  case '\r':
    to += "\\r";
    break;
  case '\t':
    to += "\\t";
    break;
  default:
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      append_hex(to, static_cast<unsigned char>(c));
    } else {
      to += c;
    }
  }
}

// The bytes of the well-formed character that begins `text`.
std::string_view first_character(std::string_view text) noexcept {
  auto const lead = static_cast<unsigned char>(text.front());
  std::size_t const size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return text.substr(0, size);
}

std::uint32_t code_point(std::string_view character) noexcept {
  auto const lead = static_cast<unsigned char>(character.front());
  std::uint32_t code = lead & (0xffU >> (character.size() + 1));
  for (char const c : character.substr(1)) {
    code = (code << 6U) | (static_cast<unsigned char>(c) & 0x3fU);
  }
  return code;
}

std::string escaped(std::string_view value) {
  std::string text;
  text.reserve(value.size() + 8);
  bool const well_formed = json::is_utf8(value);
  while (!value.empty()) {
    auto const character = well_formed ? first_character(value) : value.substr(0, 1);
    value.remove_prefix(character.size());
    if (static_cast<unsigned char>(character.front()) < 0x80) {
      append_ascii(text, character.front());
    } else if (!well_formed || is_deceptive(code_point(character))) {
      std::ranges::for_each(character, [&](char c) { append_hex(text, static_cast<unsigned char>(c)); });
    } else {
      text += character;
    }
  }
  return text;
}

// Stands without quotes: nothing in it can be taken for the end of the value.
bool is_plain(std::string_view value) noexcept {
  return !value.empty() && std::ranges::all_of(value, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._~:/@+[]").find(c) != std::string_view::npos;
  });
}

std::string text_line(std::string start, std::string_view event, std::span<log_field const> fields) {
  start += escaped(event);
  for (auto const& field : fields) {
    start += ' ';
    start += field.name;
    start += '=';
    if (auto const value = cut(field.value); is_plain(value)) {
      start += value;
    } else {
      start += '"';
      start += escaped(value);
      start += '"';
    }
  }
  start += '\n';
  return start;
}

std::string json_line(timestamp when, severity level, std::string_view event, std::span<log_field const> fields) {
  json::writer out;
  out.begin_object();
  out.member("time", format_date_time(when));
  out.member("level", name_of(level));
  out.member("event", event);
  for (auto const& field : fields) {
    out.member(field.name, cut(field.value));
  }
  out.end_object();
  return out.take() + '\n';
}

} // namespace

std::string log_line(log_format format, timestamp when, severity level, std::string_view event,
                     std::span<log_field const> fields) {
  switch (format) {
  case log_format::json:
    return json_line(when, level, event, fields);
  case log_format::journal:
    return text_line({'<', priority_of(level), '>'}, event, fields);
  case log_format::text:
    break;
  }
  return text_line(format_date_time(when) + ' ' + std::string(name_of(level)) + ' ', event, fields);
}

} // namespace consentd::ops
