// Server-Sent Events taken apart as they arrive (HTML standard, section 9.2.6).
#ifndef CONSENTD_CLIENT_SSE_PARSER_HPP
#define CONSENTD_CLIENT_SSE_PARSER_HPP

#include <consentd/client/error.hpp>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace consentd::client {

struct sse_event {
  std::string id;   // the place of this event, from which to resume
  std::string type; // "message" where the stream names none
  std::string data;
};

// Bytes in any portions in, whole events out. One owner, one thread.
class sse_parser {
public:
  // False: enough, take no more events.
  using callback = std::function<bool(sse_event const&)>;

  // `max_bytes` bounds one line and the data of one event.
  explicit sse_parser(std::size_t max_bytes = std::size_t{16} * 1024 * 1024) : max_bytes_(max_bytes) {}

  // Calls back for each event that `bytes` completes. The value is false once the callback said so; what came after
  // that event is dropped. too_large: over the bound.
  result<bool> feed(std::string_view bytes, callback const& on_event);

  // The newest id that was seen complete, with an event or by itself; empty before the first.
  std::string const& place() const noexcept { return place_; }

private:
  result<bool> end_line(callback const& on_event);
  void field(std::string_view name, std::string_view value);
  bool dispatch(callback const& on_event);

  std::size_t const max_bytes_;
  std::string line_;
  bool after_return_ = false; // the last byte was CR: a LF that follows belongs to the same line end
  std::string id_;            // of the block in hand
  std::string place_;
  std::string type_;
  std::string data_;
};

} // namespace consentd::client

#endif
