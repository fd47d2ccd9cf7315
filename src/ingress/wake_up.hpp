// A coroutine's wait for something that another thread brings about.
#ifndef CONSENTD_INGRESS_WAKE_UP_HPP
#define CONSENTD_INGRESS_WAKE_UP_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>

namespace consentd::ingress {

// Shared between the one that waits, on one strand, and whoever rings, so that a ring may come when nobody is there any
// more. Held by shared_ptr alone.
class wake_up : public std::enable_shared_from_this<wake_up> {
public:
  using time_point = std::chrono::steady_clock::time_point;

  explicit wake_up(boost::asio::any_io_executor const& strand) : timer_(strand) {}

  // Any thread. Only posts: the wait ends on its own strand.
  void ring();

  // On the strand. True after a ring, even one that came before the call; false at `deadline`. Cancellable.
  boost::asio::awaitable<bool> wait(time_point deadline);

private:
  // On the strand alone.
  boost::asio::steady_timer timer_;
  bool rung_ = false;
};

} // namespace consentd::ingress

#endif
