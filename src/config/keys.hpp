// Keys made from what the settings name: for the daemon and for offline inspection alike.
#ifndef CONSENTD_CONFIG_KEYS_HPP
#define CONSENTD_CONFIG_KEYS_HPP

#include "base/result.hpp"
#include "config/settings.hpp"
#include "jose/decryption_key.hpp"
#include "jose/signing_key.hpp"
#include "jose/verification_key.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace consentd::config {

// A decryption key's certificate, for operators: the Hub encrypts to it until it ends.
struct key_certificate {
  std::string kid;
  timestamp not_after;
};

struct decryption_keys {
  jose::key_ring ring;
  std::vector<key_certificate> certificates; // of those keys that the settings name one for
};

// Every [[decryption_key]]. bad_key or bad_setting for the first that cannot be used; the detail is a whole line for
// the operator: file, line, key, what is wrong and the mend. Reads files: not for an I/O thread.
result<decryption_keys> load_decryption_keys(settings const& from);

// The key of [errors]; nothing when there is none. Otherwise as load_decryption_keys().
result<std::optional<jose::signing_key>> load_error_key(settings const& from);

// The key set in a file (jwks_place::file). bad_key or bad_setting, with the path; a set without a single usable key is
// bad_key too, since nothing could ever be verified with it.
result<jose::jwk_set> load_jwks(std::string const& path, std::size_t max_keys);

} // namespace consentd::config

#endif
