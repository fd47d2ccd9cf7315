// Waiting for the journal on behalf of somebody who may go away meanwhile.
#ifndef CONSENTD_LOCALAPI_ATTEND_HPP
#define CONSENTD_LOCALAPI_ATTEND_HPP

#include "localapi/bell.hpp"
#include "net/http.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <tuple>
#include <utility>

namespace consentd::localapi {

// Dismisses the sleeper once the peer has gone or the listener stops. Ends by being cancelled alone.
boost::asio::awaitable<void> watch_peer(net::exchange& request, journal_bell::sleeper& sleeper);

// Runs `work`, which sleeps on `sleeper`, to its end, and watches the peer all the while: once, since to begin and
// cancel a watch for each sleep costs more than what a subscriber is told. Whatever `work` writes when the peer goes
// is not cut off.
template <class T>
boost::asio::awaitable<T> attend(net::exchange& request, journal_bell::sleeper& sleeper,
                                 boost::asio::awaitable<T> work) {
  namespace asio = boost::asio;
  auto const executor = co_await asio::this_coro::executor;
  auto watch = watch_peer(request, sleeper);
  auto both = asio::experimental::make_parallel_group(asio::co_spawn(executor, std::move(work), asio::deferred),
                                                      asio::co_spawn(executor, std::move(watch), asio::deferred));
  auto ended = co_await std::move(both).async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  if (auto const& failed = std::get<1>(ended)) {
    std::rethrow_exception(failed);
  }
  co_return std::move(std::get<2>(ended));
}

} // namespace consentd::localapi

#endif
