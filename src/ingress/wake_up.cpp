#include "ingress/wake_up.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace consentd::ingress {

namespace asio = boost::asio;

void wake_up::ring() {
  asio::post(timer_.get_executor(), [self = shared_from_this()] {
    self->rung_ = true;
    self->timer_.cancel();
  });
}

asio::awaitable<bool> wake_up::wait(time_point deadline) {
  // Held by the frame, whatever its holder does while the wait is being cancelled.
  auto const self = shared_from_this();
  timer_.expires_at(deadline);
  while (!rung_ && std::chrono::steady_clock::now() < deadline) {
    boost::system::error_code woken;
    co_await timer_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  co_return std::exchange(rung_, false);
}

} // namespace consentd::ingress
