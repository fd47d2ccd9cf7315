// RSA and EC keys of the simulated Hub and its set-up, straight on OpenSSL: nothing here is shared with the daemon's
// own code.
#ifndef CONSENTD_TOOLS_HUBSIM_KEYS_HPP
#define CONSENTD_TOOLS_HUBSIM_KEYS_HPP

#include "base/result.hpp"

#include <openssl/types.h>

#include <memory>
#include <string>

namespace consentd::hubsim {

// A private or public key, shared and never changed: any number of threads may use it.
using key = std::shared_ptr<EVP_PKEY>;

// Throw std::runtime_error when OpenSSL cannot.
key generate_rsa_2048();
key generate_p256();
// Unencrypted PKCS #8.
std::string private_pem(key const& of);
// SubjectPublicKeyInfo.
std::string public_pem(key const& of);

// bad_key with `name` when the text holds no such key.
result<key> read_private_pem(std::string const& pem, std::string const& name);

// The RFC 7638 thumbprint of an RSA key (SHA-256, base64url): what the issuers use as `kid`.
std::string thumbprint(key const& rsa);
// The public half as a JWK for PS256 signatures (RFC 7517), and a set of it alone.
std::string jwk(key const& rsa, std::string const& kid);
std::string jwk_set(key const& rsa, std::string const& kid);

} // namespace consentd::hubsim

#endif
