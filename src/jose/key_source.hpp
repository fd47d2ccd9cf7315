// Where verification keys come from: a seam, so that jose does no network I/O.
#ifndef CONSENTD_JOSE_KEY_SOURCE_HPP
#define CONSENTD_JOSE_KEY_SOURCE_HPP

#include "base/time.hpp"
#include "jose/verification_key.hpp"

#include <memory>
#include <string_view>

namespace consentd::jose {

class key_source {
public:
  virtual ~key_source() = default;

  // The key of (issuer, kid) for something that was received at `received`: never one of another issuer's set (contract
  // section 3), nor one that was withdrawn before. Any thread; never blocks or asks the network. unknown_issuer: not a
  // configured one. keys_unavailable: we cannot tell, which is our lack, not the sender's fault: there was no set in
  // force, or it lacks the key but was not asked for since. unknown_signing_key: it was, and has no such usable key.
  virtual result<std::shared_ptr<verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                               timestamp received) const = 0;
  // Something waits for keys of `issuer`: has them asked for soon, where they can be. Any thread; returns at once.
  virtual void ask_for(std::string_view issuer) const { static_cast<void>(issuer); }
};

} // namespace consentd::jose

#endif
