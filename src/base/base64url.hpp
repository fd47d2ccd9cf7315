// base64url as JOSE uses it (RFC 7515 section 2): no padding, no white space, canonical trailing bits.
#ifndef CONSENTD_BASE_BASE64URL_HPP
#define CONSENTD_BASE_BASE64URL_HPP

#include <optional>
#include <string>
#include <string_view>

namespace consentd {

// True when `text` is the one encoding of some bytes. The empty text is. Call it before any segment reaches cjose,
// whose decoder ends the process on misplaced padding.
bool is_base64url(std::string_view text) noexcept;

// The bytes; nothing when is_base64url() is false.
std::optional<std::string> decode_base64url(std::string_view text);

std::string encode_base64url(std::string_view bytes);

} // namespace consentd

#endif
