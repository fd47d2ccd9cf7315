// Taking a text apart at a separator.
#ifndef CONSENTD_LOCALAPI_CUT_HPP
#define CONSENTD_LOCALAPI_CUT_HPP

#include <string_view>

namespace consentd::localapi {

// What stands before the next `separator`, which is taken off `rest` with it; all of it where there is none.
inline std::string_view cut(std::string_view& rest, char separator) noexcept {
  auto const end = rest.find(separator);
  auto const piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return piece;
}

} // namespace consentd::localapi

#endif
