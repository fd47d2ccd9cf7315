#include "net/complaint_pace.hpp"

#include <utility>

namespace consentd::net {

std::uint64_t complaint_pace::count(std::size_t kind, time_point now) {
  std::lock_guard const lock{guard_};
  auto& own = kinds_.at(kind);
  ++own.since;
  if (own.begun && now - own.said < pause) {
    return 0;
  }
  own.begun = true;
  own.said = now;
  return std::exchange(own.since, 0);
}

} // namespace consentd::net
