#include "net/complaint_pace.hpp"

#include <utility>

namespace consentd::net {

std::uint64_t complaint_pace::count(std::size_t kind, time_point now) {
  std::lock_guard const lock{guard_};
  auto& own = kinds_.at(kind);
  ++own.since;
  if (own.said == 0 || now - own.from >= pause) {
    own.said = 0;
    own.from = now;
  }
  if (own.said == each_minute_) {
    return 0;
  }
  ++own.said;
  return std::exchange(own.since, 0);
}

} // namespace consentd::net
