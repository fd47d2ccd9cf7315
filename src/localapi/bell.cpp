#include "localapi/bell.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

struct journal_bell::sleeper::state {
  explicit state(asio::any_io_executor const& strand) : timer(strand) {}
  asio::steady_timer timer; // touched on its strand alone
  bool armed = false;       // guarded by the bell's guard_
};

journal_bell::sleeper::sleeper(journal_bell& of, asio::any_io_executor const& strand)
    : bell_(of), state_(std::make_shared<state>(strand)) {
  std::lock_guard const hold(bell_.guard_);
  bell_.sleepers_.insert(state_);
}

journal_bell::sleeper::~sleeper() {
  std::lock_guard const hold(bell_.guard_);
  bell_.sleepers_.erase(state_);
}

void journal_bell::sleeper::arm(steady_clock::time_point until) {
  state_->timer.expires_at(dismissed_ ? steady_clock::now() : until);
  std::lock_guard const hold(bell_.guard_);
  state_->armed = true;
}

void journal_bell::sleeper::dismiss() {
  dismissed_ = true;
  state_->timer.expires_at(steady_clock::now());
}

asio::awaitable<void> journal_bell::sleeper::wait() {
  // The state is held by the frame: the sleeper may end while the wait is being cancelled.
  auto const held = state_;
  co_await held->timer.async_wait(asio::as_tuple(asio::use_awaitable));
}

void journal_bell::ring() {
  if (!rung_.exchange(true)) {
    asio::post(executor_, [self = shared_from_this()] { self->wake_armed(); });
  }
}

void journal_bell::wake_armed() {
  // First: a ring from here on may be for what the sleepers below will not see.
  rung_ = false;
  std::lock_guard const hold(guard_);
  for (auto const& one : sleepers_) {
    if (std::exchange(one->armed, false)) {
      // Not cancel(): that would miss a wait which has not begun yet. An expiry in the past ends that one, too.
      asio::post(one->timer.get_executor(), [one] { one->timer.expires_at(steady_clock::now()); });
    }
  }
}

} // namespace consentd::localapi
