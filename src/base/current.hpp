// A value that is replaced as a whole while others use it: what a reload of the settings changes.
#ifndef CONSENTD_BASE_CURRENT_HPP
#define CONSENTD_BASE_CURRENT_HPP

#include <memory>
#include <mutex>
#include <utility>

namespace consentd {

// Any thread; never blocks for long. Whoever took the value out works with that one to its end.
template <class T>
class current {
public:
  explicit current(T first) : value_(std::make_shared<T const>(std::move(first))) {}

  std::shared_ptr<T const> get() const {
    std::lock_guard const lock(guard_);
    return value_;
  }

  void set(T next) {
    auto made = std::make_shared<T const>(std::move(next));
    std::lock_guard const lock(guard_);
    value_.swap(made); // the old one ends after the lock, if this was its last user
  }

private:
  mutable std::mutex guard_;
  std::shared_ptr<T const> value_;
};

} // namespace consentd

#endif
