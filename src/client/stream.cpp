#include "client/answers.hpp"
#include "client/connection.hpp"
#include "client/sse_parser.hpp"

#include <consentd/client/stream.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <optional>
#include <random>

namespace consentd::client {

namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr milliseconds first_pause{100};
constexpr milliseconds longest_pause{5000};
// However long the daemon asks to be left alone.
constexpr std::chrono::seconds most_patience{60};

error cancelled() {
  return {.code = errc::cancelled, .detail = "waiting for the daemon"};
}

// Pauses between attempts, which grow, and differ between clients that lost the daemon in the same moment.
class pauses {
public:
  void reset() noexcept { next_ = first_pause; }

  milliseconds take(error const& why) {
    if (why.retry_after > std::chrono::seconds::zero()) {
      return std::min(why.retry_after, most_patience);
    }
    auto const base = std::exchange(next_, std::min(next_ * 2, longest_pause));
    return milliseconds(std::uniform_int_distribution<milliseconds::rep>(base.count() / 2, base.count())(chance_));
  }

private:
  milliseconds next_ = first_pause;
  std::minstd_rand chance_{std::random_device{}()};
};

} // namespace

bool is_newer(std::string_view place, std::string_view other) noexcept {
  auto const dash = place.rfind('-');
  auto const other_dash = other.rfind('-');
  if (dash == std::string_view::npos || place.substr(0, dash) != other.substr(0, other_dash)) {
    return true;
  }
  auto const number = place.substr(dash + 1);
  auto const other_number = other.substr(other_dash + 1);
  return number.size() != other_number.size() ? number.size() > other_number.size() : number > other_number;
}

struct async_event_stream::state {
  state(asio::any_io_executor executor, subscription what, settings with, keep_trying with_again)
      : on(std::move(executor)), to(std::move(what)), how(std::move(with)), again(std::move(with_again)),
        place(to.place) {}

  asio::awaitable<result<void>> connect();
  asio::awaitable<result<void>> read_more();
  asio::awaitable<result<void>> pause(error const& why);
  asio::awaitable<result<void>> advance();
  bool take(sse_event const& one);
  void put(event made, std::string resume);
  event hand_out();
  void forget();

  struct ready_event {
    event what;
    std::string place; // of the stream after it
  };

  asio::any_io_executor on;
  subscription to;
  settings how;
  keep_trying again;
  std::string place;
  std::unique_ptr<connection> by;
  std::optional<sse_parser> parser; // of `by`
  std::deque<ready_event> ready;
  std::optional<error> bad_event; // behind the ready ones
  std::optional<error> why_apart; // what ended the last connection, not yet waited for
  std::size_t times_begun = 0;
  std::chrono::steady_clock::time_point connected;
  pauses between;
};

void async_event_stream::state::forget() {
  by.reset();
  parser.reset();
}

asio::awaitable<result<void>> async_event_stream::state::connect() {
  auto made = std::make_unique<connection>(on, how);
  auto const until = std::chrono::steady_clock::now() + how.timeout;
  auto const begin_after = to.by_consumer ? std::string() : place;
  auto done = co_await made->connect(until);
  if (done) {
    done = co_await made->begin_stream(to.target, begin_after, until);
  }
  if (!done) {
    co_return done.error();
  }
  by = std::move(made);
  parser.emplace();
  connected = std::chrono::steady_clock::now();
  ++times_begun;
  if (to.has_rows && place.empty()) {
    put({.kind = event_kind::rows_begin}, {});
  }
  co_return result<void>{};
}

void async_event_stream::state::put(event made, std::string resume) {
  ready.push_back({std::move(made), std::move(resume)});
}

bool async_event_stream::state::take(sse_event const& one) {
  auto made = read_event(one.type, one.id, one.data);
  if (!made) {
    bad_event = made.error();
    return false;
  }
  // To ask again at once would only be refused.
  if (made->kind == event_kind::end && made->reason == "not-permitted") {
    bad_event = error{.code = errc::refused,
                      .status = 403,
                      .problem = "not-permitted",
                      .detail = "the right to read it was taken away"};
  }
  bool const rows_follow = to.has_rows && made->kind == event_kind::reset;
  put(std::move(*made), one.id);
  if (rows_follow) {
    put({.kind = event_kind::rows_begin}, one.id);
  }
  return !bad_event;
}

asio::awaitable<result<void>> async_event_stream::state::read_more() {
  auto bytes = co_await by->read_some();
  if (!bytes) {
    co_return bytes.error();
  }
  auto fed = parser->feed(*bytes, [this](sse_event const& one) { return take(one); });
  if (!fed) {
    co_return fed.error();
  }
  // A heartbeat has a place and no event.
  if (ready.empty() && !parser->place().empty()) {
    place = parser->place();
  } else if (!ready.empty() && !bad_event) {
    ready.back().place = parser->place();
  }
  co_return result<void>{};
}

asio::awaitable<result<void>> async_event_stream::state::pause(error const& why) {
  asio::steady_timer timer(on, between.take(why));
  boost::system::error_code ended;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
  if (ended) {
    co_return cancelled();
  }
  co_return result<void>{};
}

// One step towards the next event.
asio::awaitable<result<void>> async_event_stream::state::advance() {
  if (why_apart) {
    auto waited = co_await pause(*why_apart);
    if (!waited) {
      co_return waited;
    }
    why_apart.reset();
  }
  result<void> done;
  if (by) {
    done = co_await read_more();
  } else {
    done = co_await connect();
  }
  if (done || done.error().code == errc::cancelled) {
    co_return done;
  }
  // A stream that ends as soon as it has begun is no reason to hurry.
  if (by && std::chrono::steady_clock::now() - connected > longest_pause) {
    between.reset();
  }
  forget();
  auto const why = done.error();
  // Held by another connection, or paused: that ends.
  bool const is_held = to.by_consumer && why.status == 409;
  if ((!why.is_temporary() && !is_held) || (again && !again(why, times_begun))) {
    co_return why;
  }
  why_apart = why;
  co_return result<void>{};
}

event async_event_stream::state::hand_out() {
  auto first = std::move(ready.front());
  ready.pop_front();
  place = std::move(first.place);
  if (first.what.kind == event_kind::entry) {
    between.reset();
  }
  return std::move(first.what);
}

async_event_stream::async_event_stream(asio::any_io_executor executor, subscription to, settings how, keep_trying again)
    : state_(std::make_unique<state>(std::move(executor), std::move(to), std::move(how), std::move(again))) {
}

async_event_stream::async_event_stream(async_event_stream&&) noexcept = default;
async_event_stream& async_event_stream::operator=(async_event_stream&&) noexcept = default;
async_event_stream::~async_event_stream() = default;

asio::awaitable<result<event>> async_event_stream::next() {
  auto& here = *state_;
  if (!here.ready.empty()) {
    // Whoever waits for this or something else must be able to take the something else, and find this still here.
    co_await asio::post(asio::use_awaitable);
  }
  while (here.ready.empty()) {
    if (here.bad_event) {
      here.forget();
      co_return *std::exchange(here.bad_event, std::nullopt);
    }
    auto done = co_await here.advance();
    if (!done) {
      co_return done.error();
    }
  }
  auto const stopped = co_await asio::this_coro::cancellation_state;
  if (stopped.cancelled() != asio::cancellation_type::none) {
    co_return cancelled();
  }
  co_return here.hand_out();
}

std::string const& async_event_stream::place() const noexcept {
  return state_->place;
}

} // namespace consentd::client
