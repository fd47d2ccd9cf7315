// The few operations of JOSE that the simulator needs, each also in the wrong variants that an attacker would try.
#ifndef CONSENTD_TOOLS_HUBSIM_CRYPTO_HPP
#define CONSENTD_TOOLS_HUBSIM_CRYPTO_HPP

#include "tools/hubsim/keys.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::hubsim {

// All throw std::runtime_error when OpenSSL cannot. Any thread.

std::string random_bytes(std::size_t size);

enum class signing : std::uint8_t {
  ps256,            // RSASSA-PSS, SHA-256 for digest and MGF1, a salt of 32 bytes (RFC 7518 section 3.5)
  rs256,            // RSASSA-PKCS1-v1_5
  hs256_public_key, // HMAC keyed with the public key's PEM: the classic confusion of a verifier that trusts `alg`
  nothing           // an empty signature, as `none` has it
};

std::string sign(signing how, key const& by, std::string_view input);

enum class wrapping : std::uint8_t {
  oaep_sha256,           // SHA-256 for OAEP and for MGF1 (RFC 7518 section 4.3)
  oaep_sha1,             // what `RSA-OAEP` means
  oaep_sha256_mgf1_sha1, // the mix that some libraries make by mistake
  pkcs1                  // RSAES-PKCS1-v1_5
};

// Encrypts a content key to an RSA key.
std::string wrap(wrapping how, key const& to, std::string_view content_key);

struct sealed {
  std::string ciphertext;
  std::string tag; // 16 bytes
};

// AES-GCM with a key of 16 or 32 bytes and a vector of any length from 1 byte on.
sealed seal(std::string_view content_key, std::string_view vector, std::string_view additional,
            std::string_view plaintext);

} // namespace consentd::hubsim

#endif
