#include "client/connection.hpp"
#include "client/waits.hpp"

#include <consentd/client/daemon.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <deque>
#include <vector>

namespace consentd::client {

namespace asio = boost::asio;

namespace {

// RFC 9110 section 9.2.2 has DELETE among them. But where the first one was done and its answer lost, the second is
// told that there is nothing to delete, and the caller would take that for its own.
bool may_be_repeated(request const& what) {
  return what.repeatable || what.method == "GET" || what.method == "PUT";
}

} // namespace

// All of it is touched on the strand alone.
struct async_daemon::state {
  class place;
  class waiter;

  // Calls that have to wait for each other alone.
  struct lane {
    std::size_t places = 1;
    std::size_t taken = 0;
    std::deque<waiter*> waiting;

    void give_place();
  };

  state(asio::any_io_executor const& on, settings with) : strand(asio::make_strand(on)), how(std::move(with)) {
    how.connections = std::max<std::size_t>(how.connections, 1);
    brief.places = how.connections;
    held.places = std::max<std::size_t>(how.held_connections, 1);
  }

  asio::awaitable<bool> take_place(lane& in, connection::deadline until);
  std::unique_ptr<connection> take_idle();
  void keep(std::unique_ptr<connection> used);
  asio::awaitable<result<answer>> ask_anew(request const& what, connection::deadline until);
  static asio::awaitable<result<answer>> ask(std::shared_ptr<state> by, request what);

  asio::strand<asio::any_io_executor> strand;
  settings how;
  lane brief;
  lane held; // calls that the daemon answers when it sees fit
  // Of either lane, and none is made while there is one here: all in all there are never more than places.
  std::vector<std::unique_ptr<connection>> idle;
};

// A call that waits until another has ended.
class async_daemon::state::waiter {
public:
  waiter(lane& of, asio::any_io_executor const& on, connection::deadline until) : of_(of), woken_(on, until) {
    of_.waiting.push_back(this);
  }
  waiter(waiter const&) = delete;
  waiter& operator=(waiter const&) = delete;
  ~waiter() { std::erase(of_.waiting, this); }

  asio::awaitable<bool> wait() {
    boost::system::error_code ended;
    co_await woken_.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    co_return served_;
  }
  void serve() {
    served_ = true;
    woken_.cancel();
  }

private:
  lane& of_;
  asio::steady_timer woken_;
  bool served_ = false;
};

// One of the connections that there may be, until this goes.
class async_daemon::state::place {
public:
  explicit place(lane& of) : of_(of) {}
  place(place const&) = delete;
  place& operator=(place const&) = delete;
  ~place() { of_.give_place(); }

private:
  lane& of_;
};

// False when the time was over, or the call was cancelled.
asio::awaitable<bool> async_daemon::state::take_place(lane& in, connection::deadline until) {
  if (in.taken < in.places) {
    ++in.taken;
    co_return true;
  }
  waiter mine(in, strand, until);
  co_return co_await mine.wait();
}

void async_daemon::state::lane::give_place() {
  if (waiting.empty()) {
    --taken;
    return;
  }
  auto* const next = waiting.front();
  waiting.pop_front();
  next->serve();
}

std::unique_ptr<connection> async_daemon::state::take_idle() {
  while (!idle.empty()) {
    auto one = std::move(idle.back());
    idle.pop_back();
    if (one->is_reusable()) {
      return one;
    }
  }
  return nullptr;
}

void async_daemon::state::keep(std::unique_ptr<connection> used) {
  if (idle.size() < how.connections && used->is_reusable()) {
    idle.push_back(std::move(used));
  }
}

asio::awaitable<result<answer>> async_daemon::state::ask_anew(request const& what, connection::deadline until) {
  auto by = std::make_unique<connection>(strand, how);
  auto reached = co_await by->connect(until);
  if (!reached) {
    co_return reached.error();
  }
  auto told = co_await by->ask(what, until);
  keep(std::move(by));
  co_return told;
}

asio::awaitable<result<answer>> async_daemon::state::ask(std::shared_ptr<state> by, request what) {
  if (!what.flaw.empty()) {
    co_return error{.code = errc::malformed, .detail = what.flaw};
  }
  if (!can_be_sent(what)) {
    co_return error{.code = errc::malformed, .detail = "a request with such a method or target cannot be sent"};
  }
  // The patience is the daemon's: a call that had waited for its connection that long would be cut off while it is
  // held.
  auto const place_until = std::chrono::steady_clock::now() + bounded(by->how.timeout);
  auto const until = place_until + bounded(what.patience);
  auto& in = what.patience > std::chrono::milliseconds::zero() ? by->held : by->brief;
  bool const has_place = co_await by->take_place(in, place_until);
  if (!has_place) {
    bool const late = std::chrono::steady_clock::now() >= place_until;
    co_return error{.code = late ? errc::timed_out : errc::cancelled, .detail = "all connections were busy"};
  }
  place const mine(in);
  auto used = by->take_idle();
  if (!used) {
    co_return co_await by->ask_anew(what, until);
  }
  auto told = co_await used->ask(what, until);
  // The daemon may hang up an idle connection in the moment in which it is used again.
  bool const hung_up = !told && told.error().code == errc::unreachable && used->heard_nothing();
  if (hung_up && may_be_repeated(what)) {
    co_return co_await by->ask_anew(what, until);
  }
  by->keep(std::move(used));
  co_return told;
}

async_daemon::async_daemon(asio::any_io_executor executor, settings how)
    : state_(std::make_shared<state>(executor, std::move(how))) {
}

async_daemon::async_daemon(async_daemon&&) noexcept = default;
async_daemon& async_daemon::operator=(async_daemon&&) noexcept = default;
async_daemon::~async_daemon() = default;

namespace {

// The call runs on a strand of its own. Asio would hand a cancellation over to it by a pointer into the caller's, which
// may have ended by then; here both hold the signal.
template <class Strand>
asio::awaitable<result<answer>> ask_on(Strand on, asio::awaitable<result<answer>> work) {
  auto const stop = std::make_shared<asio::cancellation_signal>();
  auto const mine = co_await asio::this_coro::cancellation_state;
  if (auto slot = mine.slot(); slot.is_connected()) {
    slot.assign([stop, on](asio::cancellation_type how) { asio::post(on, [stop, how] { stop->emit(how); }); });
  }
  co_return co_await asio::co_spawn(on, std::move(work),
                                    asio::bind_cancellation_slot(stop->slot(), asio::use_awaitable));
}

} // namespace

asio::awaitable<result<answer>> async_daemon::ask(request what) const {
  return ask_on(state_->strand, state::ask(state_, std::move(what)));
}

} // namespace consentd::client
