// What a verification_key holds: seen by the two sources of this folder that call cjose.
#ifndef CONSENTD_JOSE_CJOSE_KEY_HPP
#define CONSENTD_JOSE_CJOSE_KEY_HPP

#include "jose/verification_key.hpp"

#include <cjose/cjose.h>

#include <memory>
#include <string>

namespace consentd::jose {

struct release_key {
  void operator()(cjose_jwk_t* key) const noexcept { cjose_jwk_release(key); }
};

struct verification_key::handle {
  std::string kid;
  std::string jwk;
  std::size_t modulus_bytes = 0;
  std::unique_ptr<cjose_jwk_t, release_key> key;
};

} // namespace consentd::jose

#endif
