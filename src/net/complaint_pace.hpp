// How often a listener complains of what strangers can bring about at will.
#ifndef CONSENTD_NET_COMPLAINT_PACE_HPP
#define CONSENTD_NET_COMPLAINT_PACE_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <vector>

namespace consentd::net {

// Lets so many complaints of a kind through in each minute, so that nobody fills a disk with log lines. Any thread.
class complaint_pace {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr std::chrono::minutes pause{1};

  explicit complaint_pace(std::size_t kinds, unsigned each_minute = 1) : each_minute_(each_minute), kinds_(kinds) {}

  // Zero: say nothing now. Otherwise the number of complaints of this kind since the last that was let through, with
  // this one. `kind` is less than the number of kinds.
  std::uint64_t count(std::size_t kind, time_point now);

private:
  struct record {
    unsigned said = 0; // in the minute that began at `from`
    time_point from{};
    std::uint64_t since = 0;
  };
  unsigned const each_minute_;
  std::mutex guard_;
  std::vector<record> kinds_; // guarded by guard_
};

} // namespace consentd::net

#endif
