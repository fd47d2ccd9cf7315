// PEM texts of private keys and their certificates, read without ever asking anybody for a pass phrase.
#ifndef CONSENTD_JOSE_PRIVATE_PEM_HPP
#define CONSENTD_JOSE_PRIVATE_PEM_HPP

#include "base/result.hpp"
#include "jose/openssl_handles.hpp"

#include <string_view>

namespace consentd::jose {

// A key of any algorithm. bad_key when it is encrypted, or no private key (PKCS#8 or PKCS#1).
result<pkey_handle> read_private_pem(std::string_view pem);

// Null when it is no certificate.
certificate_handle read_certificate_pem(std::string_view pem);

} // namespace consentd::jose

#endif
