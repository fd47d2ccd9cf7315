#include "ingress/outcomes.hpp"

#include <boost/asio/this_coro.hpp>

#include <optional>
#include <string>
#include <utility>

namespace consentd::ingress {

namespace asio = boost::asio;

namespace {

// Nothing while it is still to be opened.
std::optional<result<void>> verdict_of(store::delivery_record const& record) {
  switch (record.state) {
  case store::delivery_state::pending:
    return std::nullopt;
  case store::delivery_state::decided:
  case store::delivery_state::waiting_for_consent:
    return result<void>{};
  case store::delivery_state::waiting_for_keys:
    return failure{reason::keys_unavailable, "it waits for keys of its issuer"};
  case store::delivery_state::quarantined:
  case store::delivery_state::dropped:
    break;
  }
  return failure{record.why.value_or(reason::internal), record.detail};
}

} // namespace

// One place among those that wait, as long as it lives.
class outcomes::place {
public:
  static std::optional<place> take(outcomes& among, std::int64_t delivery, asio::any_io_executor const& strand) {
    std::lock_guard const lock(among.guard_);
    if (among.waiting_.size() >= among.how_.most_waiting) {
      return std::nullopt;
    }
    auto own = std::make_shared<wake_up>(strand);
    auto const at = among.waiting_.emplace(delivery, own);
    return place(among, at, std::move(own));
  }
  place(place&& other) noexcept : among_(std::exchange(other.among_, nullptr)), at_(other.at_), own_(other.own_) {}
  place(place const&) = delete;
  place& operator=(place const&) = delete;
  place& operator=(place&&) = delete;
  ~place() {
    if (among_ != nullptr) {
      std::lock_guard const lock(among_->guard_);
      among_->waiting_.erase(at_);
    }
  }

  asio::awaitable<bool> wait(wake_up::time_point deadline) { return own_->wait(deadline); }

private:
  using position = decltype(outcomes::waiting_)::iterator;
  place(outcomes& among, position at, std::shared_ptr<wake_up> own) noexcept
      : among_(&among), at_(at), own_(std::move(own)) {}

  outcomes* among_;
  position at_;
  std::shared_ptr<wake_up> own_;
};

void outcomes::settled(std::vector<std::int64_t> const& deliveries) {
  std::lock_guard const lock(guard_);
  for (auto const delivery : deliveries) {
    auto const [first, last] = waiting_.equal_range(delivery);
    for (auto one = first; one != last; ++one) {
      one->second->ring();
    }
  }
}

asio::awaitable<result<void>> outcomes::of(std::int64_t delivery) {
  auto own = place::take(*this, delivery, co_await asio::this_coro::executor);
  if (!own) {
    co_return failure{reason::undecided, std::to_string(how_.most_waiting) + " deliveries are waited for already"};
  }
  co_return co_await wait_for(delivery, *own);
}

// Its place is taken before it first looks, so that nothing can happen unnoticed in between.
asio::awaitable<result<void>> outcomes::wait_for(std::int64_t delivery, place& own) {
  auto const deadline = std::chrono::steady_clock::now() + how_.patience;
  while (true) {
    auto const record = co_await kept_.find_delivery(delivery);
    if (!record) {
      co_return record.error();
    }
    if (!*record) {
      co_return failure{reason::storage, "nothing is recorded of the delivery"};
    }
    if (auto became = verdict_of(**record)) {
      co_return std::move(*became);
    }
    if (!co_await own.wait(deadline)) {
      co_return failure{reason::undecided, "not decided within " + std::to_string(how_.patience.count()) + " ms"};
    }
  }
}

std::size_t outcomes::waiting() const {
  std::lock_guard const lock(guard_);
  return waiting_.size();
}

} // namespace consentd::ingress
