// One connection to the daemon: HTTP/1.1 over its Unix socket, one call after the other, or one stream.
#ifndef CONSENTD_CLIENT_CONNECTION_HPP
#define CONSENTD_CLIENT_CONNECTION_HPP

#include <consentd/client/daemon.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace consentd::client {

// False for a method that HTTP or this client does not know (an answer to HEAD would be waited for in vain), and for a
// target with control characters: with a line break in it, it would be more than one request.
bool can_be_sent(request const& what);

// One owner, one coroutine at a time. After a failure it can only be destroyed, but for `cancelled` of a stream: called
// again, both of its functions go on where they were, and only time in which somebody waited counts.
class connection {
public:
  using deadline = std::chrono::steady_clock::time_point;

  connection(boost::asio::any_io_executor const& on, settings const& how);
  ~connection();
  connection(connection const&) = delete;
  connection& operator=(connection const&) = delete;

  boost::asio::awaitable<result<void>> connect(deadline until);

  // The answer, once it is final (behind 1xx). Of what can be sent.
  boost::asio::awaitable<result<answer>> ask(request const& what, deadline until);

  // True when another call may follow: the last one went well, and the daemon has not hung up since.
  bool is_reusable() const;

  // True when the last call ended before a byte of its answer came.
  bool heard_nothing() const noexcept;

  // Connects and asks for Server-Sent Events, within settings::timeout. `place` goes into Last-Event-ID where there is
  // one.
  boost::asio::awaitable<result<void>> begin_stream(std::string const& target, std::string const& place);

  // The next bytes of the stream's body, valid until the next call. unreachable at its end, timed_out after
  // settings::stream_idle without any.
  boost::asio::awaitable<result<std::string_view>> read_some();

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::client

#endif
