#include "net/request_reader.hpp"

#include "net/header_section.hpp"

namespace consentd::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

failure why_unread(io state) {
  return state == io::timeout ? failure{reason::request_timeout, "the header section did not arrive in time"}
                              : failure{reason::disconnected, "in the header section"};
}

failure too_large(limits const& bounds) {
  return {reason::header_too_large, "the header section exceeds " + std::to_string(bounds.header_bytes) + " bytes"};
}

// Old clients send an empty line after a body; one is forgiven (RFC 9112 section 2.2).
bool skip_empty_line(read_buffer& buffer) noexcept {
  auto const there = buffer.bytes().starts_with("\r\n");
  if (there) {
    buffer.consume(2);
  }
  return there;
}

} // namespace

asio::awaitable<bool> await_request(connection& from, read_buffer& buffer, limits const& bounds) {
  if (!buffer.empty()) {
    co_return true;
  }
  auto const got = co_await from.fill(buffer, steady::now() + bounds.idle, connection::stop_rule::obey);
  co_return got == io::ready;
}

asio::awaitable<result<void>> read_head(connection& from, read_buffer& buffer, limits const& bounds,
                                        request_parser& parser) {
  auto const deadline = steady::now() + bounds.header;
  header_section section;
  bool skipped = false;
  for (;;) {
    if (!skipped && skip_empty_line(buffer)) {
      skipped = true;
      section = {};
    }
    auto const bytes = buffer.bytes();
    auto const state = section.look(bytes.substr(0, bounds.header_bytes));
    if (state == header_section::state::malformed) {
      co_return failure{reason::request_malformed, "a line end or a character that no header section has"};
    }
    if (state == header_section::state::complete) {
      auto read = parser.read_head(bytes.substr(0, section.size()));
      buffer.consume(section.size());
      co_return read;
    }
    if (bytes.size() >= bounds.header_bytes) {
      co_return too_large(bounds);
    }
    auto const got = co_await from.fill(buffer, deadline);
    if (got != io::ready) {
      co_return why_unread(got);
    }
  }
}

} // namespace consentd::net
