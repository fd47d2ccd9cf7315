// Asking the daemon: from threads that wait, and from coroutines.
#ifndef CONSENTD_CLIENT_DAEMON_HPP
#define CONSENTD_CLIENT_DAEMON_HPP

#include <consentd/client/call.hpp>
#include <consentd/client/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace consentd::client {

// Times as long as one likes: milliseconds::max() is for ever.
struct settings {
  std::string socket_path = "/run/consentd/api.sock";
  std::chrono::milliseconds timeout{30000};     // a whole call; of a stream, until its answer begins
  std::chrono::milliseconds stream_idle{45000}; // silence of a stream, which has a heartbeat every 15 s
  std::size_t max_answer_bytes = 64UL << 20U;   // of an answer; of a stream, 16 MiB an event
  // Of an async_daemon, at once; further calls wait for one. Those that the daemon holds (wait_for) have connections
  // beside the others', or a few of them would keep everybody waiting. All connections, streams and those of other
  // processes too, count towards what the daemon gives one user (api.max_connections_per_user, by default 128).
  std::size_t connections = 8;
  std::size_t held_connections = 64;
};

// Asks from a thread that waits for the answer, over one connection that is kept. One thread at a time; threads have
// one each.
class daemon {
public:
  explicit daemon(settings how = {});
  daemon(daemon&&) noexcept;
  daemon& operator=(daemon&&) noexcept;
  ~daemon();

  [[nodiscard]] result<answer> ask(request const& what);

  template <class T>
  [[nodiscard]] result<T> ask(call<T> const& what) {
    auto const told = ask(what.asks);
    return told ? what.read(*told) : result<T>(told.error());
  }

private:
  struct state;
  std::unique_ptr<state> state_;
};

// Asks from coroutines, over a few connections that are kept. Any number of coroutines of any executor at once. Every
// call ends within its time (timed_out when it got no connection within settings::timeout), and obeys Asio's
// cancellation of its coroutine: by `cancelled`, or by throwing where that came before the call began to wait. It may
// go before its calls have ended.
class async_daemon {
public:
  // The sockets live on `executor`, whose context must outlive this and its calls.
  explicit async_daemon(boost::asio::any_io_executor executor, settings how = {});
  async_daemon(async_daemon&&) noexcept;
  async_daemon& operator=(async_daemon&&) noexcept;
  ~async_daemon();

  [[nodiscard]] boost::asio::awaitable<result<answer>> ask(request what) const;

  template <class T>
  [[nodiscard]] boost::asio::awaitable<result<T>> ask(call<T> what) const {
    return read(ask(std::move(what.asks)), what.read);
  }

private:
  template <class T>
  static boost::asio::awaitable<result<T>> read(boost::asio::awaitable<result<answer>> from,
                                                result<T> (*how)(answer const&)) {
    auto const told = co_await std::move(from);
    co_return told ? how(*told) : result<T>(told.error());
  }

  struct state;
  std::shared_ptr<state> state_;
};

} // namespace consentd::client

#endif
