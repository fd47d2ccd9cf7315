#include "base/result.hpp"

#include <stdexcept>

namespace consentd {

std::string describe(failure const& why) {
  std::string text(to_string(why.code));
  if (!why.detail.empty()) {
    text += ": ";
    text += why.detail;
  }
  return text;
}

void throw_exception_from_error(failure const& why, boost::source_location const& where) {
  throw std::logic_error("a value was taken from a failed result (" + describe(why) + ") at " + where.to_string());
}

} // namespace consentd
