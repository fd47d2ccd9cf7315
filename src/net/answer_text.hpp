// The status line and header section of an answer.
#ifndef CONSENTD_NET_ANSWER_TEXT_HPP
#define CONSENTD_NET_ANSWER_TEXT_HPP

#include "net/http.hpp"

#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>

namespace consentd::net {

struct framing {
  enum class body : std::uint8_t {
    none,    // the status allows none: no Content-Length either (RFC 9110 section 8.6)
    sized,   // Content-Length: `size`
    chunked, // Transfer-Encoding: chunked
    to_end   // until the connection closes (HTTP/1.0)
  } kind = body::sized;
  std::size_t size = 0;
  bool keep_alive = true;
  unsigned version = 11; // of the request
};

// Through the empty line. Throws std::logic_error when a field of `answer` would break the message: a field of ours
// never comes from outside unchecked, so it is a bug.
std::string answer_head(response const& answer, framing const& how);

// May a response of this status have a body at all (RFC 9110 section 6.4.1)?
bool status_allows_body(unsigned status) noexcept;

// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 section 5.6.7).
std::string http_date(std::time_t when);

} // namespace consentd::net

#endif
