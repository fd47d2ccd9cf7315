// The signed bodies of error answers (contract section 7).
#ifndef CONSENTD_INGRESS_ERROR_BODIES_HPP
#define CONSENTD_INGRESS_ERROR_BODIES_HPP

#include "base/current.hpp"
#include "base/reason.hpp"
#include "base/time.hpp"
#include "ingress/rate_limit.hpp"
#include "jose/signing_key.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace consentd::ingress {

struct error_terms {
  std::string issuer;   // `iss`
  std::string audience; // the one member of `aud`
  std::chrono::seconds lifetime{300};
  std::size_t most_a_second = 20;
  std::size_t most_at_once = 32;            // that are being signed or wait for it
  std::chrono::milliseconds patience{2000}; // for one signature; then the answer leaves without it
};

// Signs on a thread of its own, one for the process: the pool that opens deliveries has better things to do, and
// refusals must not hold it up. Safe on all threads; what is given, and the contexts of those who ask, must outlive it.
class error_bodies {
public:
  // Without a key nothing is ever signed.
  error_bodies(std::optional<jose::signing_key> key, error_terms how, clock const& now);
  error_bodies(error_bodies const&) = delete;
  error_bodies& operator=(error_bodies const&) = delete;
  ~error_bodies(); // finishes what is being signed

  // Bodies that are asked for from now on are signed so. Any thread.
  void replace(std::optional<jose::signing_key> key, error_terms how);

  // A JWT that says `why` in the contract's words and holds nothing of the request. Empty when that has no code, when
  // there is no key, as many as may be were signed within the last second or are under way, and when it takes too long.
  // Asked on a strand; cancellable.
  boost::asio::awaitable<std::string> body_for(reason why);

private:
  struct signed_later;
  struct signatory {
    std::optional<jose::signing_key> key;
    error_terms how;
  };
  bool admit(error_terms const& how);
  void sign(signatory const& as, std::shared_ptr<signed_later> into, reason why) noexcept;

  clock const& now_;
  std::mutex guard_;
  rate_limit rate_; // guarded by guard_
  current<signatory> as_;
  std::size_t under_way_ = 0;          // likewise
  boost::asio::thread_pool signer_{1}; // last: it uses all of the above
};

} // namespace consentd::ingress

#endif
