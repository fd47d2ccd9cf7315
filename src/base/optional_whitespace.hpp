// What may stand around the parts of a header field's value.
#ifndef CONSENTD_BASE_OPTIONAL_WHITESPACE_HPP
#define CONSENTD_BASE_OPTIONAL_WHITESPACE_HPP

#include <string_view>

namespace consentd {

// Without spaces and tabs at both ends (OWS, RFC 9110 section 5.6.3). A view into `text`.
inline std::string_view without_ows(std::string_view text) noexcept {
  auto const first = text.find_first_not_of(" \t");
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

} // namespace consentd

#endif
