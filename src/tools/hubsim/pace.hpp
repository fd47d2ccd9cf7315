// A steady rate, shared by the threads that send.
#ifndef CONSENTD_TOOLS_HUBSIM_PACE_HPP
#define CONSENTD_TOOLS_HUBSIM_PACE_HPP

#include <chrono>
#include <cstdint>
#include <thread>

namespace consentd::hubsim {

// Immutable: any thread.
class pace {
public:
  // `per_second` 0: as fast as possible.
  explicit pace(double per_second) : per_second_(per_second), start_(std::chrono::steady_clock::now()) {}

  // Returns when the event of that number, from 0, is due; at once when it is late.
  void wait_for(std::uint64_t number) const {
    if (per_second_ > 0) {
      auto const due = std::chrono::duration<double>(static_cast<double>(number) / per_second_);
      std::this_thread::sleep_until(start_ + std::chrono::duration_cast<std::chrono::steady_clock::duration>(due));
    }
  }

private:
  double per_second_;
  std::chrono::steady_clock::time_point start_;
};

} // namespace consentd::hubsim

#endif
