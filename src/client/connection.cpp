#include "client/connection.hpp"

#include "client/answers.hpp"
#include "client/waits.hpp"

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <sys/socket.h>
#include <utility>

namespace consentd::client {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using local = asio::local::stream_protocol;
using boost::system::error_code;

errc code_of(error_code const& why) {
  if (why == beast::error::timeout) {
    return errc::timed_out;
  }
  if (why == asio::error::operation_aborted) {
    return errc::cancelled;
  }
  if (why == asio::error::access_denied) {
    return errc::refused;
  }
  if (why == http::error::body_limit) {
    return errc::too_large;
  }
  bool const of_http = why.category() == http::make_error_code(http::error::end_of_stream).category();
  bool const broke_off = why == http::error::end_of_stream || why == http::error::partial_message;
  return of_http && !broke_off ? errc::not_understood : errc::unreachable;
}

bool has_control_characters(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7f; });
}

error malformed(std::string_view what) {
  return {.code = errc::malformed, .detail = std::string(what)};
}

http::request<http::string_body> to_message(request const& what) {
  http::request<http::string_body> made{http::string_to_verb(what.method), what.target, 11};
  made.set(http::field::host, "localhost");
  made.set(http::field::user_agent, "consentd-client");
  made.set(http::field::accept, "application/json, application/problem+json");
  if (what.json) {
    made.set(http::field::content_type, "application/json");
    made.body() = *what.json;
  }
  made.prepare_payload();
  return made;
}

template <class Fields>
std::chrono::seconds retry_after(Fields const& from) {
  auto const text = from[http::field::retry_after];
  unsigned seconds = 0;
  std::from_chars(text.data(), text.data() + text.size(), seconds);
  return std::chrono::seconds(seconds);
}

bool is_event_stream(http::response_parser<http::buffer_body> const& parser) {
  auto const type = parser.get()[http::field::content_type];
  return parser.get().result() == http::status::ok && type.starts_with("text/event-stream");
}

} // namespace

bool can_be_sent(request const& what) {
  auto const method = http::string_to_verb(what.method);
  return method != http::verb::unknown && method != http::verb::head && method != http::verb::connect &&
         !what.target.empty() && !has_control_characters(what.target);
}

struct connection::state {
  state(asio::any_io_executor const& on, settings const& with) : how(with), socket(on) {}

  error broken(std::string_view what, error_code const& why) const {
    error made{.code = code_of(why)};
    bool const is_plain =
        made.code == errc::unreachable || made.code == errc::refused || made.code == errc::not_understood;
    made.detail = std::string(what) + " " + how.socket_path + ": " + (is_plain ? why.message() : describe(made));
    return made;
  }

  // What was answered as a problem.
  template <class Message>
  error refused(Message const& message) const {
    auto why = read_problem(message.result_int(), message.body());
    why.retry_after = retry_after(message);
    return why;
  }

  asio::awaitable<result<void>> send(http::request<http::string_body>& message, connection::deadline until);
  asio::awaitable<result<void>> refuse();

  settings how;
  beast::basic_stream<local, asio::any_io_executor> socket;
  beast::flat_buffer buffer;
  bool reusable = false;
  bool heard = false;
  std::optional<http::response_parser<http::buffer_body>> stream;
  std::array<char, 65536> chunk{};
};

connection::connection(asio::any_io_executor const& on, settings const& how)
    : state_(std::make_unique<state>(on, how)) {
}

connection::~connection() = default;

asio::awaitable<result<void>> connection::connect(deadline until) {
  error_code failed;
  std::optional<local::endpoint> where;
  try {
    where.emplace(state_->how.socket_path);
  } catch (boost::system::system_error const& thrown) {
    // Too long for the kernel's address: no daemon will ever be there.
    co_return malformed("cannot reach the daemon at " + state_->how.socket_path + ": " + thrown.code().message());
  }
  state_->socket.expires_at(until);
  co_await state_->socket.async_connect(*where, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return state_->broken("cannot reach the daemon at", failed);
  }
  co_return result<void>{};
}

asio::awaitable<result<void>> connection::state::send(http::request<http::string_body>& message,
                                                      connection::deadline until) {
  error_code failed;
  heard = false;
  reusable = false;
  socket.expires_at(until);
  co_await http::async_write(socket, message, asio::redirect_error(asio::use_awaitable, failed));
  // A daemon that answers without having read everything may close its side first: its answer is there to be read.
  if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
    co_return broken("cannot send to", failed);
  }
  co_return result<void>{};
}

asio::awaitable<result<answer>> connection::ask(request const& what, deadline until) {
  auto message = to_message(what);
  auto sent = co_await state_->send(message, until);
  if (!sent) {
    co_return sent.error();
  }
  error_code failed;
  http::response_parser<http::string_body> parser;
  parser.body_limit(state_->how.max_answer_bytes);
  co_await http::async_read(state_->socket, state_->buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
  state_->heard = parser.got_some();
  if (failed) {
    co_return state_->broken("no answer from", failed);
  }
  state_->reusable = parser.keep_alive();
  auto told = parser.release();
  if (told.result_int() >= 400) {
    co_return state_->refused(told);
  }
  answer out;
  out.status = told.result_int();
  out.content_type = std::string(told[http::field::content_type]);
  out.body = std::move(told.body());
  co_return out;
}

bool connection::is_reusable() const {
  char next = 0;
  // Nothing to read, and no end: what comes unasked would be taken for the next answer.
  auto const got = ::recv(state_->socket.socket().native_handle(), &next, 1, MSG_PEEK | MSG_DONTWAIT);
  return state_->reusable && state_->buffer.size() == 0 && got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

bool connection::heard_nothing() const noexcept {
  return !state_->heard;
}

// What the daemon answered instead of a stream.
asio::awaitable<result<void>> connection::state::refuse() {
  http::response_parser<http::string_body> whole(std::move(*stream));
  whole.body_limit(how.max_answer_bytes);
  error_code failed;
  co_await http::async_read(socket, buffer, whole, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken("no answer from", failed);
  }
  auto const told = whole.release();
  if (told.result_int() < 400) {
    co_return error{.code = errc::not_understood, .detail = "not an event stream from " + how.socket_path};
  }
  co_return refused(told);
}

asio::awaitable<result<void>> connection::begin_stream(std::string const& target, std::string const& place,
                                                       deadline until) {
  request what;
  what.target = target;
  if (!can_be_sent(what) || has_control_characters(place)) {
    co_return malformed("a stream with such a target or place cannot be asked for");
  }
  auto message = to_message(what);
  message.set(http::field::accept, "text/event-stream, application/problem+json");
  if (!place.empty()) {
    message.set("Last-Event-ID", place);
  }
  auto sent = co_await state_->send(message, until);
  if (!sent) {
    co_return sent.error();
  }
  error_code failed;
  state_->stream.emplace();
  state_->stream->body_limit(boost::none);
  co_await http::async_read_header(state_->socket, state_->buffer, *state_->stream,
                                   asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return state_->broken("no answer from", failed);
  }
  if (!is_event_stream(*state_->stream)) {
    co_return co_await state_->refuse();
  }
  co_return result<void>{};
}

asio::awaitable<result<std::string_view>> connection::read_some() {
  auto& parser = *state_->stream;
  auto& chunk = state_->chunk;
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    error_code failed;
    state_->socket.expires_after(bounded(state_->how.stream_idle));
    co_await http::async_read_some(state_->socket, state_->buffer, parser,
                                   asio::redirect_error(asio::use_awaitable, failed));
    if (failed && failed != http::error::need_buffer && failed != asio::error::operation_aborted) {
      co_return state_->broken("the stream broke off at", failed);
    }
    auto const filled = chunk.size() - parser.get().body().size;
    if (filled > 0) {
      co_return std::string_view(chunk.data(), filled);
    }
    if (failed == asio::error::operation_aborted) {
      co_return state_->broken("reading from", failed);
    }
  }
  co_return error{.code = errc::unreachable, .detail = "the daemon ended the stream"};
}

} // namespace consentd::client
