// HTTP/1.1 as handlers see it: no Beast type, so that a handler compiles in a second and could be served by another
// library.
#ifndef CONSENTD_NET_HTTP_HPP
#define CONSENTD_NET_HTTP_HPP

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/address.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace consentd::net {

struct header_field {
  std::string name; // as received
  std::string value;
};

// Who opened a connection at the proxy, in the words of its PROXY header.
struct proxied_peer {
  std::string address;                        // "192.0.2.1:40312", or "unix": a process beside the proxy
  std::optional<boost::asio::ip::address> ip; // the same, plain (net/origin/address.hpp); nothing for "unix"
};

// Who is at the other end.
struct peer {
  // The other end of our own socket, whatever headers say: "127.0.0.1:40312" or "unix".
  std::string address;
  std::optional<boost::asio::ip::address> ip; // the same, plain (net/origin/address.hpp); nothing for "unix"
  // SO_PEERCRED of a Unix socket.
  std::optional<uid_t> uid;
  std::optional<gid_t> gid;
  std::optional<pid_t> pid;
  // SO_PEERGROUPS: the groups beside gid. Shared by the requests of a connection; null where there is no such socket.
  std::shared_ptr<std::vector<gid_t> const> groups;
  // Where the listener requires a PROXY header: what it claims, worth as much as the word of whoever is at `address`.
  // Nothing when the proxy speaks for itself or does not know.
  std::optional<proxied_peer> proxied;
  // The client's certificate in DER, when TLS has verified it against the listener's authorities; null otherwise.
  // Shared by the requests of a connection.
  std::shared_ptr<std::string const> certificate;
};

// A request line and its header section. Bounded by the listener's limits.
struct request_head {
  std::string method;
  std::string target; // origin-form, as received
  unsigned version = 11;
  std::vector<header_field> fields;
  std::optional<std::uint64_t> content_length; // absent: chunked, or no body
  bool chunked = false;
  std::chrono::steady_clock::time_point started; // when its first byte was read
  net::peer peer;

  // The path of the target, still percent-encoded, and the query without its "?".
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
  // The value of the only field of that name (case-insensitive); nothing when there is none or more than one: count()
  // tells.
  std::optional<std::string_view> find(std::string_view name) const noexcept;
  std::size_t count(std::string_view name) const noexcept;
  // The values of all fields of that name, in their order; they last as long as `fields`.
  std::vector<std::string_view> all(std::string_view name) const;
};

struct response {
  unsigned status = 200;
  std::vector<header_field> fields; // without Content-Length, Connection, Date, Server
  std::string body;
};

// One request and its one answer, alive while the handler runs; used by that one coroutine. Every wait has the
// listener's time limits. `disconnected`: the peer is gone or too slow, and the handler should return.
class exchange {
public:
  virtual ~exchange() = default;

  virtual request_head const& head() const noexcept = 0;

  // The whole body, at most `limit` bytes, once. body_too_large (nothing more is kept), request_timeout, disconnected,
  // request_malformed (bad chunk).
  virtual boost::asio::awaitable<result<std::string>> read_body(std::size_t limit) = 0;

  // Answers. What was not read of the request is drained within the listener's bounds before the connection is closed,
  // so that an early refusal reaches its sender.
  virtual boost::asio::awaitable<result<void>> send(response answer) = 0;

  // Instead of send(): an answer whose length is not known. Then write() any number of times, then return: the session
  // ends it. Sent as chunked to HTTP/1.1.
  virtual boost::asio::awaitable<result<void>> start(response head) = 0;
  virtual boost::asio::awaitable<result<void>> write(std::string_view bytes) = 0;
  // Completes when the peer closes its side or the listener stops; for a handler that waits between writes.
  // Cancellable.
  virtual boost::asio::awaitable<void> closed() = 0;
};

// Answers requests. Shared by all sessions of a listener, on all its threads. An exception that leaves serve() is a
// bug: the session answers 500 if it still can, logs it, and closes.
class handler {
public:
  virtual ~handler() = default;
  virtual boost::asio::awaitable<void> serve(exchange& request) = 0;
  // The answer to what never becomes a request: `why` is request_malformed (400), header_too_large (431),
  // request_timeout (408). `head` holds what had been parsed.
  virtual response refuse(reason why, request_head const& head) = 0;
};

} // namespace consentd::net

#endif
