#include "net/session.hpp"

#include "net/request_exchange.hpp"
#include "net/request_reader.hpp"

#include <algorithm>
#include <exception>
#include <optional>
#include <string>
#include <utility>

namespace consentd::net {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

namespace {

class closes_at_exit {
public:
  explicit closes_at_exit(connection& which) noexcept : which_{which} {}
  closes_at_exit(closes_at_exit const&) = delete;
  closes_at_exit& operator=(closes_at_exit const&) = delete;
  ~closes_at_exit() { which_.close(); }

private:
  connection& which_;
};

std::string message_of(std::exception_ptr const& bug) {
  try {
    std::rethrow_exception(bug);
  } catch (std::exception const& error) {
    return error.what();
  } catch (...) {
    return "not a std::exception";
  }
}

response bare(unsigned status) {
  response answer;
  answer.status = status;
  return answer;
}

response refusal(session_terms const& terms, failure const& why, request_head const& head) {
  try {
    return terms.serve.refuse(why.code, head);
  } catch (std::exception const& error) {
    terms.log.write(severity::error, "handler failed", {{"problem", error.what()}, {"peer", head.peer.address}});
    return bare(500);
  }
}

// How one request left its connection.
enum class ending : std::uint8_t { another, close, close_drained };

asio::awaitable<std::exception_ptr> serve_guarded(handler& serve, exchange& request) {
  try {
    co_await serve.serve(request);
  } catch (...) {
    co_return std::current_exception();
  }
  co_return nullptr;
}

ending how_to_close(request_exchange const& request) noexcept {
  return request.body_pending() ? ending::close_drained : ending::close;
}

asio::awaitable<ending> answer(connection const& with, request_exchange& request, session_terms const& terms) {
  auto const bug = co_await serve_guarded(terms.serve, request);
  if (with.was_cut()) {
    co_return ending::close; // whatever the handler did, it did not do it freely
  }
  if (bug || (!request.answered() && !request.lost())) {
    terms.log.write(severity::error, "handler failed",
                    {{"problem", bug ? message_of(bug) : "no answer"}, {"peer", request.head().peer.address}});
    if (request.answered()) {
      co_return ending::close; // a stream that breaks off without its end shows that it is not whole
    }
    request.give_up_connection();
    auto failed = bare(500);
    (void)co_await request.send(std::move(failed));
  }
  auto const another = co_await request.finish();
  co_return another ? ending::another : how_to_close(request);
}

asio::awaitable<ending> refuse(request_exchange& request, session_terms const& terms, failure const& why) {
  request.give_up_connection();
  auto text = refusal(terms, why, request.head());
  (void)co_await request.send(std::move(text));
  co_return ending::close_drained;
}

asio::awaitable<ending> serve_one(connection& with, read_buffer& buffer, session_terms const& terms) {
  request_head head;
  head.started = buffer.filled();
  head.peer = with.peer();
  request_parser parser{head};
  auto const read = co_await read_head(with, buffer, terms.bounds, parser);
  if (!read && read.error().code == reason::disconnected) {
    co_return ending::close;
  }
  request_exchange request{with, buffer, terms.bounds, parser, head};
  if (!read) {
    co_return co_await refuse(request, terms, read.error());
  }
  co_return co_await answer(with, request, terms);
}

// Whom the connection comes from, where its proxy says so.
asio::awaitable<bool> learn_source(connection& with, session_terms const& terms, steady::time_point deadline) {
  if (terms.proxy == proxy_protocol::off) {
    co_return true;
  }
  auto const how = co_await receive_proxy_header(with, deadline);
  if (how == proxy_end::received || how == proxy_end::none_wanted) {
    co_return how == proxy_end::received;
  }
  if (auto const times = terms.proxy_complaints.count(static_cast<std::size_t>(how), steady::now()); times > 0) {
    terms.log.write(severity::warning, "proxy header missing",
                    {{"peer", with.peer().address},
                     {"problem", std::string{to_string(how)}},
                     {"connections", std::to_string(times)}});
  }
  co_return false;
}

asio::awaitable<bool> shake_hands(connection& with, session_terms const& terms, steady::time_point deadline) {
  if (terms.tls == nullptr) {
    co_return true;
  }
  auto session = terms.tls->native().new_session();
  auto const state = co_await with.handshake(std::move(session), deadline);
  if (state != io::ready) {
    terms.log.write(severity::debug, "tls handshake failed",
                    {{"peer", with.peer().address},
                     {"problem", state == io::timeout ? "timeout" : std::string{with.tls_problem()}}});
  }
  co_return state == io::ready;
}

asio::awaitable<void> serve_all(connection& with, session_terms const& terms) {
  read_buffer buffer{terms.bounds.header_bytes};
  auto how = ending::another;
  while (how == ending::another) {
    if (!co_await await_request(with, buffer, terms.bounds)) {
      break;
    }
    how = co_await serve_one(with, buffer, terms);
  }
  auto const rest = how == ending::close_drained || !buffer.empty() ? connection::remainder::expected
                                                                    : connection::remainder::none_expected;
  co_await with.finish(rest, terms.bounds.drain_bytes, steady::now() + terms.bounds.write);
}

} // namespace

asio::awaitable<void> run_session(std::shared_ptr<connection> with, std::shared_ptr<session_terms const> terms) {
  closes_at_exit const guard{*with};
  std::exception_ptr problem;
  try {
    auto const deadline = steady::now() + terms->bounds.handshake;
    if (co_await learn_source(*with, *terms, deadline) && co_await shake_hands(*with, *terms, deadline)) {
      co_await serve_all(*with, *terms);
    }
  } catch (...) {
    problem = std::current_exception();
  }
  // A session that was cut off is full of cancelled waits: no news.
  if (problem && !with->was_cut()) {
    terms->log.write(severity::error, "session failed",
                     {{"problem", message_of(problem)}, {"peer", with->peer().address}});
  }
}

} // namespace consentd::net
