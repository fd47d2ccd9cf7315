// Time that stands still until a test moves it.
#ifndef CONSENTD_TESTS_SUPPORT_MANUAL_CLOCK_HPP
#define CONSENTD_TESTS_SUPPORT_MANUAL_CLOCK_HPP

#include "base/time.hpp"

#include <atomic>
#include <chrono>

namespace consentd::test {

// Any thread.
class manual_clock final : public clock {
public:
  explicit manual_clock(timestamp at) noexcept : at_(at.time_since_epoch().count()) {}

  timestamp now() const noexcept override { return timestamp(std::chrono::microseconds(at_.load())); }
  void set(timestamp at) noexcept { at_.store(at.time_since_epoch().count()); }
  void advance(std::chrono::microseconds by) noexcept { at_.fetch_add(by.count()); }

private:
  std::atomic<timestamp::rep> at_;
};

} // namespace consentd::test

#endif
