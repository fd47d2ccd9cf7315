// One accepted socket, plain or TLS: reads, writes and closes with deadlines.
#ifndef CONSENTD_NET_CONNECTION_HPP
#define CONSENTD_NET_CONNECTION_HPP

#include "net/file_descriptor.hpp"
#include "net/http.hpp"
#include "net/read_buffer.hpp"
#include "net/tls_handle.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace consentd::net {

// How an operation of a connection ended. After `broken` and `closed` nothing more can be read; after `broken` nothing
// written.
enum class io : std::uint8_t {
  ready,
  closed,   // the peer sends no more
  timeout,  // the deadline passed
  stopping, // ask_to_stop() came first
  full,     // no room to read into
  broken    // an error, or cut()
};

// OpenSSL works on the socket itself and is called again when the socket is ready: no copies, and no buffers while
// idle, which Asio's TLS stream keeps (70 KB for each connection). One watchdog timer serves all deadlines and is moved
// only when one comes nearer, so that a request that arrives whole costs no timer operation.
//
// All members belong to the strand given at construction; one reader and one writer at a time.
class connection : public std::enable_shared_from_this<connection> {
public:
  using time_point = std::chrono::steady_clock::time_point;
  static constexpr time_point no_deadline = time_point::max();

  // Throws boost::system::system_error when the reactor cannot take the descriptor.
  connection(boost::asio::any_io_executor strand, file_descriptor fd, net::peer who);
  ~connection();
  connection(connection const&) = delete;
  connection& operator=(connection const&) = delete;

  struct transfer {
    io state;
    std::size_t size;
  };

  net::peer const& peer() const noexcept { return peer_; }
  // Any thread.
  boost::asio::any_io_executor strand() { return timer_.get_executor(); }

  // Shows the next bytes, at most into.size() (not zero), and leaves them to be read. Before handshake() alone;
  // ask_to_stop() ends the wait.
  boost::asio::awaitable<transfer> peek(std::span<char> into, time_point deadline);
  // Takes as many bytes as `bytes` holds, which peek() has shown. False: the connection is broken.
  bool take(std::span<char> bytes) noexcept;
  void note_proxied(std::optional<proxied_peer> whom) { peer_.proxied = std::move(whom); }

  // The server's side of a TLS handshake; reads and writes are TLS from here on. A verified client certificate is in
  // peer() then. `broken` leaves the cause in tls_problem().
  boost::asio::awaitable<io> handshake(ssl_ptr session, time_point deadline);
  // A literal of OpenSSL, or empty.
  std::string_view tls_problem() const noexcept { return tls_problem_; }

  // Reads once into the room of `into`; releases an empty buffer while it waits. Where the rule is to obey,
  // ask_to_stop() ends the wait.
  enum class stop_rule : std::uint8_t { ignore, obey };
  boost::asio::awaitable<io> fill(read_buffer& into, time_point deadline, stop_rule rule = stop_rule::ignore);

  // Reads once into `into` (not empty).
  boost::asio::awaitable<transfer> read_some(std::span<char> into, time_point deadline);

  // Writes all of `bytes`.
  boost::asio::awaitable<io> write(std::string_view bytes, time_point deadline);

  // Says that nothing more follows (close_notify, FIN). When the peer may still be sending, reads and drops up to
  // `drain_bytes` until it has closed too: closing with unread bytes sends a reset, which can overtake the answer. Soon
  // after ask_to_stop() that ends.
  enum class remainder : std::uint8_t { none_expected, expected };
  boost::asio::awaitable<void> finish(remainder rest, std::size_t drain_bytes, time_point deadline);

  // Closes the socket and ends every wait. Idempotent.
  void close() noexcept;

  // The session should come to its end: waits that obey this return.
  void ask_to_stop() noexcept;
  bool stopping() const noexcept { return stopping_; }
  // The session must end now: closes, and cancels (terminal) whatever coroutine is bound to cut_slot().
  void cut();
  bool was_cut() const noexcept { return was_cut_; }
  boost::asio::cancellation_slot cut_slot() noexcept { return cut_.slot(); }

private:
  enum class direction : std::uint8_t { read, write };
  struct attempt {
    enum class outcome : std::uint8_t { done, wants_read, wants_write, closed, broken } what;
    std::size_t size = 0;
  };
  class watch;

  attempt try_read(std::span<char> into) noexcept;
  attempt try_write(std::string_view bytes) noexcept;
  attempt plain_outcome(ssize_t done, attempt::outcome when_blocked) noexcept;
  attempt tls_outcome(int returned, std::size_t size) noexcept;
  attempt mark_broken() noexcept;
  void note_certificate();

  boost::asio::awaitable<io> wait(attempt::outcome want, time_point deadline, stop_rule rule = stop_rule::ignore);
  // Other sessions must get a turn after a number of operations that did not have to wait.
  bool is_overdue() noexcept;
  boost::asio::awaitable<void> take_turns();
  boost::asio::awaitable<void> say_goodbye(time_point deadline);
  bool has_unread() noexcept;
  void arm();
  void on_timer();

  net::peer peer_;
  boost::asio::posix::stream_descriptor descriptor_;
  int socket_; // what descriptor_ owns; -1 once closed
  boost::asio::steady_timer timer_;
  boost::asio::cancellation_signal cut_;
  ssl_ptr tls_;
  std::string_view tls_problem_;
  std::array<time_point, 2> deadlines_{no_deadline, no_deadline}; // by direction
  time_point armed_ = no_deadline;
  unsigned turns_ = 0; // operations since the last wait
  bool broken_ = false;
  bool stopping_ = false;
  time_point stopped_at_{}; // when it began to stop
  bool was_cut_ = false;
  bool closed_ = false;
};

} // namespace consentd::net

#endif
