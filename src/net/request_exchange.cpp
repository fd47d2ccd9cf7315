#include "net/request_exchange.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace consentd::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

// A body of this size or less gets its room at once; a larger one as it arrives, so that an announced length alone
// costs no memory.
constexpr std::size_t body_step = 16384;
// An answer up to this size leaves in one write with its head.
constexpr std::size_t joined_answer = 65536;

std::string as_chunk(std::string_view bytes) {
  std::array<char, 16> digits{};
  auto const end = std::to_chars(digits.data(), digits.data() + digits.size(), bytes.size(), 16).ptr;
  std::string chunk;
  chunk.reserve(bytes.size() + 24);
  chunk.append(digits.data(), end).append("\r\n").append(bytes).append("\r\n");
  return chunk;
}

} // namespace

request_exchange::request_exchange(connection& with, read_buffer& buffer, limits const& bounds, request_parser& parser,
                                   request_head const& head)
    : connection_{with}, buffer_{buffer}, bounds_{bounds}, parser_{parser}, head_{head},
      body_{head.chunked || head.content_length.value_or(0) > 0 ? body_state::unread : body_state::complete} {
}

asio::awaitable<result<std::string>> request_exchange::read_body(std::size_t limit) {
  if (std::exchange(body_asked_, true)) {
    throw std::logic_error("a request's body is read once");
  }
  if (body_ == body_state::complete) {
    co_return std::string{};
  }
  auto const size = head_.content_length.value_or(0);
  if (size > limit) {
    co_return failure{reason::body_too_large, "Content-Length exceeds " + std::to_string(limit) + " bytes"};
  }
  auto const deadline = steady::now() + bounds_.body;
  if (auto const invited = co_await invite_body(); !invited) {
    co_return invited.error();
  }
  body_ = body_state::broken_off; // unless it ends well
  result<std::string> body;
  if (head_.chunked) {
    body = co_await read_chunked(limit, deadline);
  } else {
    body = co_await read_sized(size, deadline);
  }
  if (body) {
    body_ = body_state::complete;
  }
  co_return body;
}

asio::awaitable<result<void>> request_exchange::invite_body() {
  // A client that has begun to send waits for nothing.
  if (!parser_.expects_continue() || !buffer_.empty() || answered()) {
    co_return result<void>{};
  }
  continued_ = true;
  co_return co_await put("HTTP/1.1 100 Continue\r\n\r\n");
}

failure request_exchange::body_failure(io state) {
  switch (state) {
  case io::timeout:
    return {reason::request_timeout, "the body did not arrive in time"};
  case io::full:
    return {reason::request_malformed, "chunked body: a chunk's header or the trailer is too long"};
  default:
    lost_ = true;
    return {reason::disconnected, "in the body"};
  }
}

asio::awaitable<result<std::string>> request_exchange::read_sized(std::uint64_t size, connection::time_point deadline) {
  auto const total = static_cast<std::size_t>(size);
  std::string body;
  auto filled = std::min(total, buffer_.bytes().size());
  body.resize(std::max(filled, std::min(total, body_step)));
  buffer_.bytes().copy(body.data(), filled);
  buffer_.consume(filled);
  while (filled < total) {
    if (filled == body.size()) {
      body.resize(std::min(total, 2 * body.size()));
    }
    auto const got = co_await connection_.read_some(std::span{body}.subspan(filled), deadline);
    if (got.state != io::ready) {
      co_return body_failure(got.state);
    }
    filled += got.size;
  }
  co_return result<std::string>{std::move(body)};
}

asio::awaitable<result<std::string>> request_exchange::read_chunked(std::size_t limit,
                                                                    connection::time_point deadline) {
  std::string body;
  for (;;) {
    if (!buffer_.empty()) {
      auto const step = parser_.decode_chunks(buffer_.bytes(), body, limit);
      if (!step) {
        co_return step.error();
      }
      buffer_.consume(step->used);
      if (step->done) {
        co_return result<std::string>{std::move(body)};
      }
    }
    auto const got = co_await connection_.fill(buffer_, deadline);
    if (got != io::ready) {
      co_return body_failure(got);
    }
  }
}

bool request_exchange::keeps_connection() const {
  if (!usable_ || connection_.stopping() || !parser_.wants_keep_alive() || body_ == body_state::broken_off) {
    return false;
  }
  if (body_ == body_state::complete) {
    return true;
  }
  // Whether a client that waits for 100 sends its body after a final answer is its choice: nobody knows what comes
  // next.
  return !head_.chunked && *head_.content_length <= bounds_.drain_bytes && (!parser_.expects_continue() || continued_);
}

framing request_exchange::frame_of(response const& answer) const {
  framing how;
  how.kind = status_allows_body(answer.status) ? framing::body::sized : framing::body::none;
  how.size = answer.body.size();
  how.keep_alive = keeps_connection();
  how.version = head_.version;
  return how;
}

asio::awaitable<result<void>> request_exchange::send(response answer) {
  if (answered()) {
    throw std::logic_error("a request is answered once");
  }
  auto const how = frame_of(answer);
  auto text = answer_head(answer, how);
  answer_ = answer_state::sent;
  keep_ = how.keep_alive;
  if (is_head_request() || how.kind == framing::body::none || answer.body.empty()) {
    co_return co_await put(text);
  }
  if (answer.body.size() <= joined_answer) {
    text += answer.body;
    co_return co_await put(text);
  }
  if (auto const begun = co_await put(text); !begun) {
    co_return begun.error();
  }
  co_return co_await put(answer.body);
}

asio::awaitable<result<void>> request_exchange::start(response head) {
  if (answered()) {
    throw std::logic_error("a request is answered once");
  }
  auto how = frame_of(head);
  if (how.kind == framing::body::sized) {
    how.kind = head_.version >= 11 ? framing::body::chunked : framing::body::to_end;
  }
  how.keep_alive = how.keep_alive && how.kind != framing::body::to_end;
  auto const text = answer_head(head, how);
  answer_ = answer_state::streaming;
  keep_ = how.keep_alive;
  stream_ = is_head_request() ? framing::body::none : how.kind;
  auto const begun = co_await put(text);
  if (!begun || head.body.empty()) {
    co_return begun;
  }
  co_return co_await write(head.body);
}

asio::awaitable<result<void>> request_exchange::write(std::string_view bytes) {
  if (answer_ != answer_state::streaming) {
    throw std::logic_error("write() without start()");
  }
  // An empty chunk would end the stream.
  if (bytes.empty() || stream_ == framing::body::none) {
    co_return lost_ ? result<void>{failure{reason::disconnected, "in the answer"}} : result<void>{};
  }
  if (stream_ == framing::body::to_end) {
    co_return co_await put(bytes);
  }
  auto const chunk = as_chunk(bytes);
  co_return co_await put(chunk);
}

asio::awaitable<result<void>> request_exchange::put(std::string_view bytes) {
  auto const put = co_await connection_.write(bytes, steady::now() + bounds_.write);
  if (put != io::ready) {
    lost_ = true;
    keep_ = false;
    co_return failure{reason::disconnected, put == io::timeout ? "the peer reads too slowly" : "in the answer"};
  }
  co_return result<void>{};
}

asio::awaitable<void> request_exchange::closed() {
  while (!gone_ && !connection_.stopping()) {
    // What the peer sends meanwhile is its next request; one that sends more than the buffer holds is not listening.
    auto const got = co_await connection_.fill(buffer_, connection::no_deadline, connection::stop_rule::obey);
    gone_ = got != io::ready && got != io::stopping;
  }
}

asio::awaitable<bool> request_exchange::finish() {
  if (answer_ == answer_state::streaming && stream_ == framing::body::chunked && !lost_) {
    co_await put("0\r\n\r\n");
  }
  if (!keep_ || body_ == body_state::complete) {
    co_return keep_;
  }
  co_return co_await skip_body();
}

asio::awaitable<bool> request_exchange::skip_body() {
  auto const deadline = steady::now() + bounds_.body;
  for (auto left = *head_.content_length;;) {
    auto const here = static_cast<std::size_t>(std::min<std::uint64_t>(left, buffer_.bytes().size()));
    buffer_.consume(here);
    left -= here;
    if (left == 0) {
      body_ = body_state::complete;
      co_return true;
    }
    // No request follows on a connection that is to end: its body is not waited for.
    if (co_await connection_.fill(buffer_, deadline, connection::stop_rule::obey) != io::ready) {
      co_return false;
    }
  }
}

} // namespace consentd::net
