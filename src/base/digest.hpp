// SHA-256 as a value, with and without a key.
#ifndef CONSENTD_BASE_DIGEST_HPP
#define CONSENTD_BASE_DIGEST_HPP

#include <array>
#include <string>
#include <string_view>

namespace consentd {

using digest = std::array<unsigned char, 32>;

// Throws std::runtime_error when OpenSSL cannot (out of memory): there is no sensible way on.
digest sha256(std::string_view bytes);

// HMAC with SHA-256 (RFC 2104). Throws like sha256().
digest hmac_sha256(std::string_view key, std::string_view bytes);

std::string_view as_bytes(digest const& value) noexcept;

} // namespace consentd

#endif
