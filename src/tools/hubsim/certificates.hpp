// X.509 for the local set-up: a CA of its own, TLS server certificates, and the TPP's encryption certificate.
#ifndef CONSENTD_TOOLS_HUBSIM_CERTIFICATES_HPP
#define CONSENTD_TOOLS_HUBSIM_CERTIFICATES_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "tools/hubsim/keys.hpp"

#include <string>

namespace consentd::hubsim {

// PEM texts; all throw std::runtime_error when OpenSSL cannot. `now` dates them: valid from an hour before, so that a
// clock that is a little behind accepts them.

// Valid for ten years.
std::string make_authority(key const& own, std::string const& name, timestamp now);
// For localhost, 127.0.0.1 and ::1; valid for two years.
std::string make_server(key const& own, std::string const& name, key const& authority_key,
                        std::string const& authority_pem, timestamp now);
// Self-signed, for key encipherment; valid for two years.
std::string make_encryption(key const& own, std::string const& name, timestamp now);

// A certificate as a sender sees it: its public key, and the `kid` that contract section 3 derives from it.
struct recipient {
  key public_key;
  std::string kid; // x5t#S256: base64url of the SHA-256 of the DER form
};

// bad_key with `name` when the text holds no certificate.
result<recipient> read_certificate(std::string const& pem, std::string const& name);

} // namespace consentd::hubsim

#endif
