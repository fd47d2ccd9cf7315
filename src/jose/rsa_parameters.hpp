// The numbers of RSA keys, read strictly: what public and private keys have in common.
#ifndef CONSENTD_JOSE_RSA_PARAMETERS_HPP
#define CONSENTD_JOSE_RSA_PARAMETERS_HPP

#include "base/result.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::jose {

constexpr std::size_t min_modulus_bits = 2048;
constexpr std::size_t max_modulus_bits = 8192;

// A member of type Base64urlUInt (RFC 7518 section 2) as big-endian bytes without leading zeros. bad_key, with the
// member's name: absent, no string, not canonical base64url, a leading zero octet, or longer than `max_bytes` (found
// before decoding).
result<std::string> read_unsigned(json::value const& jwk, std::string_view name, std::size_t max_bytes);

struct rsa_public_numbers {
  std::string modulus;
  std::string exponent;
};

// bad_key unless the modulus is odd and of 2048 to 8192 bits, the exponent odd, from 65537 up to 32 bits. A tiny or
// even exponent breaks RSA; a huge one or a huge modulus makes each verification cost what an attacker likes.
result<void> check_numbers(rsa_public_numbers const& numbers);

// `n` and `e` of a JWK, checked.
result<rsa_public_numbers> read_public_numbers(json::value const& jwk);

// bad_key unless `kty` is RSA, `use` is absent or `use`, and `key_ops` is absent or a set of different strings with one
// of `operations` (RFC 7517 sections 4.1 to 4.3).
struct purpose {
  std::string_view use;
  std::string_view operation;
  std::string_view other_operation;
};
result<void> check_purpose(json::value const& jwk, purpose const& wanted);

// The member's text; empty when absent. bad_key when it is no string.
result<std::string> read_text(json::value const& jwk, std::string_view name);

} // namespace consentd::jose

#endif
