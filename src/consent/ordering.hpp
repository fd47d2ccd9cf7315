// By which time a status is ordered (contract section 6).
#ifndef CONSENTD_CONSENT_ORDERING_HPP
#define CONSENTD_CONSENT_ORDERING_HPP

#include "base/time.hpp"

#include <chrono>

namespace consentd::consent {

// A status time further ahead of receipt than this is a wrong clock, not news from the future.
inline constexpr std::chrono::minutes clock_tolerance{5};

struct ordering_time {
  timestamp at;
  bool capped = false; // the reported time lay too far ahead, and the time of receipt stands in
};

inline ordering_time order(timestamp reported, timestamp received) noexcept {
  if (reported > received + clock_tolerance) {
    return {received, true};
  }
  return {reported, false};
}

} // namespace consentd::consent

#endif
