// Talks to the daemon's local API: HTTP/1.1 over its Unix socket, one call at a time.
#ifndef CONSENTD_CLIENT_HTTP_CLIENT_HPP
#define CONSENTD_CLIENT_HTTP_CLIENT_HPP

#include "base/result.hpp"
#include "client/sse_parser.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::client {

struct settings {
  std::string socket_path = "/run/consentd/api.sock";
  std::chrono::milliseconds timeout{30000};                   // a whole call; of a stream, until its answer begins
  std::chrono::milliseconds stream_idle{45000};               // silence of a stream, which has heartbeats every 15 s
  std::size_t max_body_bytes = std::size_t{64} * 1024 * 1024; // of an answer
};

struct answer {
  unsigned status = 0;
  std::string content_type;
  std::string body;
};

// Percent-encodes what a path segment or a query value may not hold as it is (all but the unreserved characters of RFC
// 3986).
std::string percent_encode(std::string_view text);

// Each call makes a connection of its own and blocks. Failures: `disconnected` when the daemon cannot be reached or
// goes away, request_timeout, body_too_large, request_malformed when it does not speak HTTP. Any answer at all, of
// whatever status, is no failure. May be used by several threads at once.
class http_client {
public:
  explicit http_client(settings how) : how_(std::move(how)) {}

  result<answer> get(std::string const& target) const;
  result<answer> put(std::string const& target, std::string json) const;
  // Without a body, and with one.
  result<answer> post(std::string const& target) const;
  result<answer> post(std::string const& target, std::string json) const;
  result<answer> remove(std::string const& target) const; // DELETE

  settings const& how() const noexcept { return how_; }

private:
  settings how_;
};

// The journal as a stream that can be taken up again. One thread.
class event_reader {
public:
  // `target` such as "/v1/events?kind=payment". `place`: the id of the last event that was dealt with; empty: as the
  // target says.
  event_reader(settings how, std::string target, std::string place = {});

  // Connects and calls back for each event until the callback returns false (success), or the stream ends or breaks
  // (disconnected), or stays silent (request_timeout). not_permitted, conflict, storage, invalid_argument when the
  // daemon answers with a problem instead, whose text is the detail. Call it again to go on after the last event that
  // was called back.
  result<void> read(sse_parser::callback const& on_event);

  // From which the next read() goes on; keep it to resume in another process.
  std::string const& place() const noexcept { return place_; }

  // True once a stream has begun: what fails after it may be worth another try.
  bool reached() const noexcept { return reached_; }

private:
  settings how_;
  std::string target_;
  std::string place_;
  bool reached_ = false;
};

// "title: detail (field)" of problem details (RFC 9457); the status alone when the body is none.
std::string describe_problem(answer const& from);

} // namespace consentd::client

#endif
