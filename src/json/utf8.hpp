// UTF-8 (RFC 3629): telling text from bytes.
#ifndef CONSENTD_JSON_UTF8_HPP
#define CONSENTD_JSON_UTF8_HPP

#include <string>
#include <string_view>

namespace consentd::json {

// True for well-formed UTF-8: no surrogates, no overlong forms, nothing above U+10FFFF.
bool is_utf8(std::string_view bytes) noexcept;

// The bytes with each longest ill-formed piece (Unicode 3.9, "maximal subpart") turned into one U+FFFD.
std::string replace_ill_formed(std::string_view bytes);

} // namespace consentd::json

#endif
