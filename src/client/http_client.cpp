#include "client/http_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <array>
#include <exception>
#include <optional>
#include <utility>

namespace consentd::client {

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using local = asio::local::stream_protocol;
using stream = beast::basic_stream<local, asio::any_io_executor>;
using boost::system::error_code;

failure broken(settings const& how, std::string_view what, error_code const& why) {
  auto const where = std::string(what) + " " + how.socket_path;
  if (why == beast::error::timeout) {
    return {reason::request_timeout, where + ": no answer in time"};
  }
  if (why == http::error::body_limit) {
    return {reason::body_too_large, where + ": the answer is over the limit"};
  }
  if (why.category() == http::make_error_code(http::error::end_of_stream).category() &&
      why != http::error::end_of_stream && why != http::error::partial_message) {
    return {reason::request_malformed, where + ": " + why.message()};
  }
  return {reason::disconnected, where + ": " + why.message()};
}

http::request<http::string_body> make_request(http::verb method, std::string const& target) {
  http::request<http::string_body> made{method, target, 11};
  made.set(http::field::host, "localhost");
  made.set(http::field::user_agent, "consentd-client");
  return made;
}

http::request<http::string_body> make_request(http::verb method, std::string const& target, std::string json) {
  auto made = make_request(method, target);
  made.set(http::field::accept, "application/json, application/problem+json");
  made.set(http::field::content_type, "application/json");
  made.body() = std::move(json);
  made.prepare_payload();
  return made;
}

// Runs one coroutine to its end on an io_context of its own.
template <class T>
result<T> run(asio::awaitable<result<T>> work, asio::io_context& on) {
  std::optional<result<T>> out;
  std::exception_ptr bug;
  asio::co_spawn(on, std::move(work), [&](std::exception_ptr const& thrown, result<T> done) {
    bug = thrown;
    out.emplace(std::move(done));
  });
  on.run();
  if (bug) {
    std::rethrow_exception(bug);
  }
  return std::move(*out);
}

// Connects and sends. The stream's clock runs on from here.
asio::awaitable<result<void>> ask(stream& to, settings const& how, http::request<http::string_body>& request) {
  error_code failed;
  to.expires_after(how.timeout);
  // A path too long for the kernel's address throws here: the same as any other socket that is not there.
  std::optional<local::endpoint> where;
  try {
    where.emplace(how.socket_path);
  } catch (boost::system::system_error const& thrown) {
    failed = thrown.code();
  }
  if (where) {
    co_await to.async_connect(*where, asio::redirect_error(asio::use_awaitable, failed));
  }
  if (failed) {
    co_return broken(how, "cannot reach the daemon at", failed);
  }
  co_await http::async_write(to, request, asio::redirect_error(asio::use_awaitable, failed));
  // A daemon that answers without having read everything may close its side first: its answer is there to be read.
  if (failed && failed != asio::error::broken_pipe && failed != asio::error::connection_reset) {
    co_return broken(how, "cannot send to", failed);
  }
  co_return result<void>{};
}

asio::awaitable<result<answer>> call(stream& to, settings const& how, http::request<http::string_body> request) {
  auto sent = co_await ask(to, how, request);
  if (!sent) {
    co_return sent.error();
  }
  error_code failed;
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(how.max_body_bytes);
  co_await http::async_read(to, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken(how, "no answer from", failed);
  }
  auto message = parser.release();
  answer out;
  out.status = message.result_int();
  out.content_type = std::string(message[http::field::content_type]);
  out.body = std::move(message.body());
  co_return out;
}

result<answer> call_once(settings const& how, http::request<http::string_body> request) {
  asio::io_context context;
  stream to(context.get_executor());
  return run(call(to, how, std::move(request)), context);
}

reason reason_of(unsigned status) noexcept {
  switch (status) {
  case 403:
    return reason::not_permitted;
  case 404:
    return reason::not_found;
  case 409:
    return reason::conflict;
  case 503:
    return reason::storage;
  default:
    return reason::invalid_argument;
  }
}

// What the daemon answered instead of a stream.
asio::awaitable<result<void>> refuse(stream& from, settings const& how, beast::flat_buffer& buffer,
                                     http::response_parser<http::buffer_body>& parser) {
  http::response_parser<http::string_body> whole(std::move(parser));
  whole.body_limit(how.max_body_bytes);
  error_code failed;
  co_await http::async_read(from, buffer, whole, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken(how, "no answer from", failed);
  }
  auto message = whole.release();
  answer const told{message.result_int(), std::string(message[http::field::content_type]), message.body()};
  co_return failure{reason_of(told.status), describe_problem(told)};
}

bool is_event_stream(http::response_parser<http::buffer_body> const& parser) {
  auto const type = parser.get()[http::field::content_type];
  return parser.get().result() == http::status::ok && type.starts_with("text/event-stream");
}

asio::awaitable<result<void>> follow(stream& from, settings const& how, http::request<http::string_body> request,
                                     sse_parser& events, sse_parser::callback const& on_event, bool& reached) {
  auto sent = co_await ask(from, how, request);
  if (!sent) {
    co_return sent.error();
  }
  error_code failed;
  beast::flat_buffer buffer;
  http::response_parser<http::buffer_body> parser;
  parser.body_limit(boost::none);
  co_await http::async_read_header(from, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) {
    co_return broken(how, "no answer from", failed);
  }
  if (!is_event_stream(parser)) {
    co_return co_await refuse(from, how, buffer, parser);
  }
  reached = true;
  std::array<char, 65536> chunk{};
  while (!parser.is_done()) {
    parser.get().body().data = chunk.data();
    parser.get().body().size = chunk.size();
    from.expires_after(how.stream_idle);
    co_await http::async_read_some(from, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
    if (failed && failed != http::error::need_buffer) {
      co_return broken(how, "the stream broke off at", failed);
    }
    auto const filled = chunk.size() - parser.get().body().size;
    auto more = events.feed({chunk.data(), filled}, on_event);
    if (!more) {
      co_return more.error();
    }
    if (!*more) {
      co_return result<void>{};
    }
  }
  co_return failure{reason::disconnected, "the daemon ended the stream"};
}

} // namespace

result<answer> http_client::get(std::string const& target) const {
  auto request = make_request(http::verb::get, target);
  request.set(http::field::accept, "application/json, application/problem+json");
  return call_once(how_, std::move(request));
}

result<answer> http_client::put(std::string const& target, std::string json) const {
  return call_once(how_, make_request(http::verb::put, target, std::move(json)));
}

result<answer> http_client::post(std::string const& target, std::string json) const {
  return call_once(how_, make_request(http::verb::post, target, std::move(json)));
}

result<answer> http_client::post(std::string const& target) const {
  auto request = make_request(http::verb::post, target);
  request.set(http::field::accept, "application/json, application/problem+json");
  request.prepare_payload();
  return call_once(how_, std::move(request));
}

result<answer> http_client::remove(std::string const& target) const {
  auto request = make_request(http::verb::delete_, target);
  request.set(http::field::accept, "application/json, application/problem+json");
  return call_once(how_, std::move(request));
}

event_reader::event_reader(settings how, std::string target, std::string place)
    : how_(std::move(how)), target_(std::move(target)), place_(std::move(place)) {
}

result<void> event_reader::read(sse_parser::callback const& on_event) {
  auto request = make_request(http::verb::get, target_);
  request.set(http::field::accept, "text/event-stream, application/problem+json");
  if (!place_.empty()) {
    request.set("Last-Event-ID", place_);
  }
  // Reading is a fresh start each time: half an event that a broken stream left behind comes whole again.
  sse_parser events;
  asio::io_context context;
  stream from(context.get_executor());
  auto done = run(follow(from, how_, std::move(request), events, on_event, reached_), context);
  if (!events.place().empty()) {
    place_ = events.place();
  }
  return done;
}

} // namespace consentd::client
