#include "net/header_section.hpp"

namespace consentd::net {
namespace {

bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

// May `c` follow `before`? A line's first character follows a line feed.
bool is_strict(char before, char c) noexcept {
  if ((c == '\n') != (before == '\r')) {
    return false;
  }
  auto const indents = (c == ' ' || c == '\t') && before == '\n';
  return c == '\n' || c == '\r' || (!is_control(c) && !indents);
}

} // namespace

header_section::state header_section::look(std::string_view bytes) noexcept {
  for (; seen_ < bytes.size(); ++seen_) {
    auto const c = bytes[seen_];
    auto const before = seen_ > 0 ? bytes[seen_ - 1] : '\n';
    if (!is_strict(before, c)) {
      return state::malformed;
    }
    if (c == '\n') {
      if (seen_ < 2) {
        return state::malformed;
      }
      if (bytes[seen_ - 2] == '\n') {
        ++seen_;
        return state::complete;
      }
    }
  }
  return state::incomplete;
}

bool has_strict_lines(std::string_view bytes) noexcept {
  char before = '\n';
  for (char const c : bytes) {
    if (!is_strict(before, c)) {
      return false;
    }
    before = c;
  }
  return before == '\n';
}

} // namespace consentd::net
