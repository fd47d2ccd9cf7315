// How often something may be done that strangers can bring about.
#ifndef CONSENTD_INGRESS_RATE_LIMIT_HPP
#define CONSENTD_INGRESS_RATE_LIMIT_HPP

#include <chrono>
#include <cstddef>
#include <deque>

namespace consentd::ingress {

// At most so often in any second, wherever it begins. Not for several threads at once.
class rate_limit {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit rate_limit(std::size_t times_a_second) noexcept : most_(times_a_second) {}

  // Whether it may be done now; if so, it counts. `now` never goes back.
  bool admit(time_point now) {
    while (!admitted_.empty() && now - admitted_.front() >= std::chrono::seconds(1)) {
      admitted_.pop_front();
    }
    if (admitted_.size() >= most_) {
      return false;
    }
    admitted_.push_back(now);
    return true;
  }

private:
  std::size_t most_;
  std::deque<time_point> admitted_; // within the last second
};

} // namespace consentd::ingress

#endif
