#include "json/document.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace consentd::json {
namespace {

// The escape of two characters, where JSON has one (RFC 8259 section 7); zero where not.
constexpr char short_escape(char c) noexcept {
  switch (c) {
  case '"':
  case '\\':
    return c;
  case '\b':
    return 'b';
  case '\f':
    return 'f';
  case '\n':
    return 'n';
  case '\r':
    return 'r';
  case '\t':
    return 't';
  default:
    return '\0';
  }
}

void append_string(std::string& to, std::string_view text) {
  constexpr std::string_view hex = "0123456789abcdef";
  to += '"';
  // What needs no escape goes over in one piece.
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    auto const code = static_cast<unsigned char>(text[at]);
    char const letter = short_escape(text[at]);
    if (letter == '\0' && code >= 0x20) {
      continue;
    }
    to += text.substr(plain, at - plain);
    plain = at + 1;
    to += '\\';
    if (letter != '\0') {
      to += letter;
    } else {
      to += "u00";
      to += hex[code >> 4U];
      to += hex[code & 0x0fU];
    }
  }
  to += text.substr(plain);
  to += '"';
}

void append(std::string& to, value const& from);

void append_array(std::string& to, value const& from) {
  std::string_view before;
  to += '[';
  for (auto element = from.first(); element;) {
    auto const item = *element;
    to += before;
    before = ",";
    append(to, item.get());
    element = item.next();
  }
  to += ']';
}

void append_object(std::string& to, value const& from) {
  std::vector<std::pair<std::string_view, value>> members;
  members.reserve(from.size());
  for (auto member = from.first(); member; member = member->next()) {
    members.emplace_back(member->name(), member->get());
  }
  std::sort(members.begin(), members.end(), [](auto const& a, auto const& b) { return a.first < b.first; });
  std::string_view before;
  to += '{';
  for (auto const& [name, member] : members) {
    to += before;
    before = ",";
    append_string(to, name);
    to += ':';
    append(to, member);
  }
  to += '}';
}

// Recurses as deep as the document was allowed to nest.
void append(std::string& to, value const& from) {
  switch (from.type()) {
  case type::object:
    append_object(to, from);
    break;
  case type::array:
    append_array(to, from);
    break;
  case type::string:
    append_string(to, from.string().value_or(std::string_view{}));
    break;
  default:
    to += from.raw();
  }
}

} // namespace

std::string canonical(value const& from) {
  std::string text;
  text.reserve(from.raw().size());
  append(text, from);
  return text;
}

} // namespace consentd::json
