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

// A stream's request, which may be given up with half of it sent.
struct outgoing {
  explicit outgoing(http::request<http::string_body> what) : message(std::move(what)) {}

  http::request<http::string_body> message;
  http::request_serializer<http::string_body> bytes{message};
};

http::request<http::string_body> to_stream_message(request const& what, std::string const& place) {
  auto made = to_message(what);
  made.set(http::field::accept, "text/event-stream, application/problem+json");
  if (!place.empty()) {
    made.set("Last-Event-ID", place);
  }
  return made;
}

// Takes from `left` what has passed since.
void spend(std::chrono::steady_clock::duration& left, std::chrono::steady_clock::time_point since) {
  left = std::max(left - (std::chrono::steady_clock::now() - since), std::chrono::steady_clock::duration::zero());
}

// RFC 9110 section 15.2: answers of 1xx come before the one that counts. 101 would be the last in HTTP, and nobody
// asked.
constexpr int most_interim_answers = 16;

bool is_interim(unsigned status) noexcept {
  return status >= 100 && status < 200 && status != 101;
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
  state(asio::any_io_executor const& on, settings const& with)
      : how(with), socket(on), left_to_begin(bounded(how.timeout)), left_to_hear(bounded(how.stream_idle)) {
    buffer.reserve(chunk.size()); // or Beast reads some 512 bytes at a time
  }

  error broken(std::string_view what, error_code const& why) const {
    error made{.code = code_of(why)};
    bool const is_plain =
        made.code == errc::unreachable || made.code == errc::refused || made.code == errc::not_understood;
    made.detail = std::string(what) + " " + how.socket_path + ": " + (is_plain ? why.message() : describe(made));
    return made;
  }

  // What was answered instead of what was asked for.
  template <class Message>
  error refused(Message const& message) const {
    if (message.result_int() < 400) {
      return {.code = errc::not_understood,
              .status = message.result_int(),
              .detail = "status " + std::to_string(message.result_int()) + " from " + how.socket_path};
    }
    auto why = read_problem(message.result_int(), message.body());
    why.retry_after = retry_after(message);
    return why;
  }

  asio::awaitable<result<void>> connect(connection::deadline until);
  asio::awaitable<result<void>> send(http::request_serializer<http::string_body>& bytes, connection::deadline until);
  asio::awaitable<result<void>> read_head(connection::deadline until);
  asio::awaitable<result<void>> refuse(connection::deadline until);
  asio::awaitable<result<void>> begin(connection::deadline until);

  settings how;
  beast::basic_stream<local, asio::any_io_executor> socket;
  beast::flat_buffer buffer;
  bool reusable = false;
  bool heard = false;
  // How far the beginning of a stream has come.
  bool connected = false;
  std::optional<outgoing> asked;
  bool sent = false;
  int interim = 0;
  std::optional<http::response_parser<http::buffer_body>> stream;
  std::optional<http::response_parser<http::string_body>> refusal; // what came instead of one
  std::chrono::steady_clock::duration left_to_begin;
  std::chrono::steady_clock::duration left_to_hear; // the next byte
  std::array<char, 65536> chunk{};
};

connection::connection(asio::any_io_executor const& on, settings const& how)
    : state_(std::make_unique<state>(on, how)) {
}

connection::~connection() = default;

asio::awaitable<result<void>> connection::state::connect(connection::deadline until) {
  if (how.socket_path.empty()) {
    co_return malformed("no path of the daemon's socket was given");
  }
  error_code failed;
  std::optional<local::endpoint> where;
  try {
    where.emplace(how.socket_path);
  } catch (boost::system::system_error const& thrown) {
    // Too long for the kernel's address: no daemon will ever be there.
    co_return malformed("cannot reach the daemon at " + how.socket_path + ": " + thrown.code().message());
  }
  socket.expires_at(until);
  co_await socket.async_connect(*where, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    socket.close(); // one that was given up begins anew
    co_return broken("cannot reach the daemon at", failed);
  }
  connected = true;
  co_return result<void>{};
}

asio::awaitable<result<void>> connection::state::send(http::request_serializer<http::string_body>& bytes,
                                                      connection::deadline until) {
  error_code failed;
  heard = false;
  reusable = false;
  socket.expires_at(until);
  co_await http::async_write(socket, bytes, asio::redirect_error(asio::use_awaitable, failed));
  // A daemon that answers without having read everything may close its side first: its answer is there to be read.
  if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
    co_return broken("cannot send to", failed);
  }
  co_return result<void>{};
}

asio::awaitable<result<answer>> connection::ask(request const& what, deadline until) {
  auto message = to_message(what);
  http::request_serializer<http::string_body> bytes(message);
  auto sent = co_await state_->send(bytes, until);
  if (!sent) {
    co_return sent.error();
  }
  http::response<http::string_body> told;
  int interim = 0;
  do {
    error_code failed;
    http::response_parser<http::string_body> parser;
    parser.body_limit(state_->how.max_answer_bytes);
    co_await http::async_read(state_->socket, state_->buffer, parser,
                              asio::redirect_error(asio::use_awaitable, failed));
    state_->heard = state_->heard || parser.got_some();
    if (failed) {
      co_return state_->broken("no answer from", failed);
    }
    state_->reusable = parser.keep_alive();
    told = parser.release();
  } while (is_interim(told.result_int()) && interim++ < most_interim_answers);
  if (told.result_int() < 200 || told.result_int() >= 300) {
    state_->reusable = state_->reusable && told.result_int() >= 400; // else nothing is known of what comes next
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
asio::awaitable<result<void>> connection::state::refuse(connection::deadline until) {
  if (!refusal) {
    refusal.emplace(std::move(*stream));
    refusal->body_limit(how.max_answer_bytes);
  }
  error_code failed;
  socket.expires_at(until);
  co_await http::async_read(socket, buffer, *refusal, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken("no answer from", failed);
  }
  auto const told = refusal->release();
  if (told.result() == http::status::ok) {
    co_return error{.code = errc::not_understood, .detail = "not an event stream from " + how.socket_path};
  }
  co_return refused(told);
}

asio::awaitable<result<void>> connection::state::read_head(connection::deadline until) {
  if (!stream) {
    stream.emplace();
    stream->body_limit(boost::none);
  }
  error_code failed;
  socket.expires_at(until);
  co_await http::async_read_header(socket, buffer, *stream, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken("no answer from", failed);
  }
  if (is_interim(stream->get().result_int()) && interim < most_interim_answers) {
    ++interim;
    stream.reset();
  }
  co_return result<void>{};
}

// From where the last call gave up.
asio::awaitable<result<void>> connection::state::begin(connection::deadline until) {
  result<void> done;
  if (!connected) {
    done = co_await connect(until);
  }
  if (done && !sent) {
    done = co_await send(asked->bytes, until);
    sent = done.has_value();
  }
  while (done && !refusal && !(stream && stream->is_header_done())) {
    done = co_await read_head(until);
  }
  if (done && (refusal || !is_event_stream(*stream))) {
    done = co_await refuse(until);
  }
  co_return done;
}

asio::awaitable<result<void>> connection::begin_stream(std::string const& target, std::string const& place) {
  auto& here = *state_;
  if (!here.asked) {
    request const what{.target = target};
    if (!can_be_sent(what) || has_control_characters(place)) {
      co_return malformed("a stream with such a target or place cannot be asked for");
    }
    here.asked.emplace(to_stream_message(what, place));
  }
  auto const from = std::chrono::steady_clock::now();
  auto done = co_await here.begin(from + here.left_to_begin);
  spend(here.left_to_begin, from);
  co_return done;
}

asio::awaitable<result<void>> connection::connect(deadline until) {
  return state_->connect(until);
}

asio::awaitable<result<std::string_view>> connection::read_some() {
  auto& here = *state_;
  auto& parser = *here.stream;
  while (!parser.is_done()) {
    parser.get().body().data = here.chunk.data();
    parser.get().body().size = here.chunk.size();
    error_code failed;
    auto const from = std::chrono::steady_clock::now();
    here.socket.expires_at(from + here.left_to_hear);
    co_await http::async_read_some(here.socket, here.buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
    if (failed && failed != http::error::need_buffer && failed != asio::error::operation_aborted) {
      co_return here.broken("the stream broke off at", failed);
    }
    auto const filled = here.chunk.size() - parser.get().body().size;
    if (filled > 0) {
      here.left_to_hear = bounded(here.how.stream_idle);
      co_return std::string_view(here.chunk.data(), filled);
    }
    if (failed == asio::error::operation_aborted) {
      spend(here.left_to_hear, from);
      co_return here.broken("reading from", failed);
    }
  }
  co_return error{.code = errc::unreachable, .detail = "the daemon ended the stream"};
}

} // namespace consentd::client
