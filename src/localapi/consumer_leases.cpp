#include "localapi/consumer_leases.hpp"

#include <algorithm>
#include <utility>

namespace consentd::localapi {

struct consumer_leases::lease::state {
  std::uint64_t generation = 0;
  std::optional<std::uint64_t> sent; // the last that is not acknowledged; a reset may go on after place 0
  std::uint64_t acknowledged = 0;
  time_point owes_since{}; // while something was sent that is not acknowledged: since then, or the last acknowledgement
  std::string_view ended;

  bool owes() const noexcept { return sent.has_value(); }
};

consumer_leases::lease::lease(consumer_leases& of, std::string name, std::shared_ptr<state> holds)
    : of_(of), name_(std::move(name)), state_(std::move(holds)) {
}

consumer_leases::lease::~lease() {
  of_.give_back(name_, state_);
}

void consumer_leases::lease::begin(std::uint64_t generation, std::uint64_t place) {
  std::lock_guard const lock(of_.guard_);
  state_->generation = generation;
  state_->acknowledged = place;
}

std::string_view consumer_leases::lease::ended() const {
  std::lock_guard const lock(of_.guard_);
  return state_->ended;
}

void consumer_leases::lease::sent(std::uint64_t sequence) {
  std::lock_guard const lock(of_.guard_);
  if (!state_->owes()) {
    state_->owes_since = std::chrono::steady_clock::now();
  }
  state_->sent = sequence;
}

std::optional<std::uint64_t> consumer_leases::lease::settled() const {
  std::lock_guard const lock(of_.guard_);
  return state_->owes() ? std::nullopt : std::optional(state_->acknowledged);
}

consumer_leases::taken consumer_leases::take(std::string const& name, time_point now) {
  std::unique_lock lock(guard_);
  auto& holder = held_[name];
  bool const taken_over = holder != nullptr;
  if (holder) {
    auto const until = holder->owes() ? holder->owes_since + length_ : now + length_;
    if (now < until) {
      return std::chrono::ceil<std::chrono::milliseconds>(until - now);
    }
    holder->ended = "taken-over";
  }
  holder = std::make_shared<lease::state>();
  std::unique_ptr<lease> made(new lease(*this, name, holder));
  lock.unlock();
  if (taken_over) {
    bell_.ring();
  }
  return made;
}

bool consumer_leases::is_held(std::string const& name) const {
  std::lock_guard const lock(guard_);
  return held_.contains(name);
}

void consumer_leases::acknowledged(std::string const& name, std::uint64_t generation, std::uint64_t sequence,
                                   time_point now) {
  std::lock_guard const lock(guard_);
  auto const found = held_.find(name);
  if (found == held_.end() || found->second->generation != generation) {
    return;
  }
  auto& holder = *found->second;
  if (holder.sent && sequence >= *holder.sent) {
    holder.sent.reset();
  }
  if (sequence > holder.acknowledged) {
    holder.acknowledged = sequence;
    holder.owes_since = now;
  }
}

void consumer_leases::end(std::string const& name, std::uint64_t generation, std::string_view why) {
  {
    std::lock_guard const lock(guard_);
    auto const found = held_.find(name);
    if (found == held_.end() || found->second->generation >= generation) {
      return;
    }
    found->second->ended = why;
    held_.erase(found);
  }
  bell_.ring();
}

void consumer_leases::give_back(std::string const& name, std::shared_ptr<lease::state> const& by) {
  std::lock_guard const lock(guard_);
  auto const found = held_.find(name);
  if (found != held_.end() && found->second == by) { // not when another has taken it over
    held_.erase(found);
  }
}

} // namespace consentd::localapi
