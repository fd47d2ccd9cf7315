// A decryption key around an EVP_PKEY: where keys of PEM files and of JWKs meet.
#ifndef CONSENTD_JOSE_RSA_DECRYPTION_KEY_HPP
#define CONSENTD_JOSE_RSA_DECRYPTION_KEY_HPP

#include "base/result.hpp"
#include "jose/decryption_key.hpp"
#include "jose/openssl_handles.hpp"

#include <memory>
#include <string>

namespace consentd::jose {

// bad_key for all but an RSA key pair whose numbers check_numbers() allows and whose two halves belong together (proved
// by one encryption and decryption).
result<std::unique_ptr<decryption_key const>> make_decryption_key(pkey_handle pair, std::string kid);

} // namespace consentd::jose

#endif
