#include "net/header_section.hpp"

namespace consentd::net {
namespace {

bool is_control(char c) noexcept {
  return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

header_section::state header_section::look(std::string_view bytes) noexcept {
  for (; seen_ < bytes.size(); ++seen_) {
    auto const c = bytes[seen_];
    auto const before = seen_ > 0 ? bytes[seen_ - 1] : '\n';
    if ((c == '\n') != (before == '\r')) {
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
    } else if (c != '\r' && (is_control(c) || ((c == ' ' || c == '\t') && before == '\n'))) {
      return state::malformed;
    }
  }
  return state::incomplete;
}

} // namespace consentd::net
