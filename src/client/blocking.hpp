// Coroutines run to their end by a thread that waits.
#ifndef CONSENTD_CLIENT_BLOCKING_HPP
#define CONSENTD_CLIENT_BLOCKING_HPP

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <exception>
#include <utility>

namespace consentd::client {

// A coroutine whose value arrives here once somebody has run its context for long enough.
template <class T>
class running {
public:
  // Must outlive the coroutine, or the context go first.
  void start(boost::asio::io_context& on, boost::asio::awaitable<T> work) {
    boost::asio::co_spawn(on, std::move(work), [this](std::exception_ptr const& thrown, T value) {
      bug_ = thrown;
      value_ = std::move(value);
      runs_ = false;
    });
    runs_ = true;
  }

  bool runs() const noexcept { return runs_; }

  // Once, after it ended. What it threw is thrown here.
  T take() {
    if (bug_) {
      std::rethrow_exception(std::exchange(bug_, nullptr));
    }
    return std::move(value_);
  }

private:
  bool runs_ = false;
  std::exception_ptr bug_;
  T value_{};
};

} // namespace consentd::client

#endif
