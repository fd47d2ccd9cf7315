#include "localapi/attend.hpp"

#include <boost/asio/steady_timer.hpp>

#include <chrono>

namespace consentd::localapi {

boost::asio::awaitable<void> watch_peer(net::exchange& request, journal_bell::sleeper& sleeper) {
  co_await request.closed();
  sleeper.dismiss();
  boost::asio::steady_timer never(co_await boost::asio::this_coro::executor,
                                  std::chrono::steady_clock::time_point::max());
  co_await never.async_wait(boost::asio::use_awaitable);
}

} // namespace consentd::localapi
