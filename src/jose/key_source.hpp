// Where verification keys come from: a seam, so that jose does no network I/O.
#ifndef CONSENTD_JOSE_KEY_SOURCE_HPP
#define CONSENTD_JOSE_KEY_SOURCE_HPP

#include "jose/verification_key.hpp"

#include <memory>
#include <string_view>

namespace consentd::jose {

class key_source {
public:
  virtual ~key_source() = default;

  // The key of (issuer, kid): never one of another issuer's set (contract section 3). Any thread; never blocks or asks
  // the network. unknown_issuer: not a configured one. keys_unavailable: we have no set of this issuer in force, which
  // is our lack, not the sender's fault. unknown_signing_key: the set in force has no such usable key.
  virtual result<std::shared_ptr<verification_key const>> find(std::string_view issuer, std::string_view kid) const = 0;
};

} // namespace consentd::jose

#endif
