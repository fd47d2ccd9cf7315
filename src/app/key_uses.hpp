// How often each decryption key has opened a delivery: an old one that opens none any more can go.
#ifndef CONSENTD_APP_KEY_USES_HPP
#define CONSENTD_APP_KEY_USES_HPP

#include "base/time.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace consentd::app {

struct key_use {
  std::uint64_t times = 0;
  std::optional<timestamp> last;
};

// Since the start of the process. Holds one entry for each key that was ever in force. Any thread.
class key_uses {
public:
  // `now` must outlive it.
  explicit key_uses(clock const& now) : now_(now) {}

  void opened(std::string const& kid) {
    auto const when = now_.now();
    std::lock_guard const lock(guard_);
    auto& use = by_kid_[kid];
    ++use.times;
    use.last = when;
  }

  key_use of(std::string const& kid) const {
    std::lock_guard const lock(guard_);
    auto const found = by_kid_.find(kid);
    return found == by_kid_.end() ? key_use{} : found->second;
  }

private:
  clock const& now_;
  mutable std::mutex guard_;
  std::map<std::string, key_use> by_kid_; // guarded by guard_
};

} // namespace consentd::app

#endif
