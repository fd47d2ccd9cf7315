// How long somebody is ready to wait, in terms that a clock can add to itself.
#ifndef CONSENTD_CLIENT_WAITS_HPP
#define CONSENTD_CLIENT_WAITS_HPP

#include <algorithm>
#include <chrono>

namespace consentd::client {

// For ever to a caller, and so short that a few of them can be added to a moment of the clock.
inline constexpr std::chrono::hours longest_wait{24 * 365 * 50};

// Callers say "for ever" by the largest value there is. What is negative is over already.
inline std::chrono::steady_clock::duration bounded(std::chrono::milliseconds wait) noexcept {
  constexpr std::chrono::milliseconds none{};
  return std::clamp(wait, none, std::chrono::milliseconds(longest_wait));
}

} // namespace consentd::client

#endif
