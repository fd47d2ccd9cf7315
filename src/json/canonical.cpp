#include "json/document.hpp"

#include <algorithm>
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
  for (char const c : text) {
    auto const code = static_cast<unsigned char>(c);
    if (char const letter = short_escape(c); letter != '\0') {
      to += '\\';
      to += letter;
    } else if (code < 0x20) {
      to += "\\u00";
      to += hex[code >> 4U];
      to += hex[code & 0x0fU];
    } else {
      to += c;
    }
  }
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
