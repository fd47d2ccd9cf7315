#include "localapi/consumer_progress.hpp"

#include <algorithm>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;
using std::chrono::steady_clock;

consumer_progress::consumer_progress(store::consumers& in, consumer_leases::lease& held, store::consumer_record of,
                                     std::string_view epoch)
    : in_(in), held_(held), of_(std::move(of)), place_(of_.epoch == epoch ? of_.place : 0),
      bound_(store::is_bound(of_, epoch)), note_due_(steady_clock::now() + seen_interval) {
  held_.begin(of_.generation, place_);
}

asio::awaitable<result<void>> consumer_progress::may_send(std::uint64_t sequence) {
  if (!bound_ || sequence <= place_) {
    co_return result<void>{};
  }
  auto const noted = co_await in_.note_sent(of_.of.name, of_.generation, sequence);
  if (noted) {
    bound_ = sequence < of_.set_at;
    co_return result<void>{};
  }
  if (noted.error().code != reason::conflict) {
    co_return noted.error();
  }
  auto const change = co_await find_change();
  if (!change) {
    co_return change.error();
  }
  changed_ = *change;
  co_return result<void>{};
}

// Whoever changed it ends the lease, but a moment later.
asio::awaitable<result<std::string_view>> consumer_progress::find_change() {
  auto const now = co_await in_.find_consumer(of_.of.name);
  if (!now) {
    co_return now.error();
  }
  if (!*now) {
    co_return std::string_view("removed");
  }
  if ((*now)->paused) {
    co_return std::string_view("paused");
  }
  co_return std::string_view((*now)->of.filter == of_.of.filter ? "seek" : "filter");
}

asio::awaitable<void> consumer_progress::advance(std::uint64_t reached) {
  auto const settled = held_.settled();
  place_ = std::max(place_, settled.value_or(place_));
  if (settled && reached > place_) {
    auto const moved = co_await in_.advance(of_.of.name, of_.generation, place_, reached);
    place_ = moved && *moved ? reached : place_;
  }
}

asio::awaitable<void> consumer_progress::note_seen() {
  note_due_ = steady_clock::now() + seen_interval;
  static_cast<void>(co_await in_.note_seen(of_.of.name));
}

} // namespace consentd::localapi
