#include "hub/issuer_keys.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <optional>
#include <utility>

namespace consentd::hub {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

struct issuer_keys::entry {
  entry(std::string name, asio::any_io_executor const& executor) : issuer(std::move(name)), alarm(executor) {}

  std::string issuer;
  std::string url; // empty: the set came from a file and does not age
  mutable std::mutex guard;
  std::shared_ptr<jose::jwk_set const> set; // guarded
  steady::time_point fetched;               // guarded
  std::atomic<bool> early_asked{false};

  // On the strand alone.
  asio::steady_timer alarm;
  asio::cancellation_signal cancel;
  std::optional<steady::time_point> last_early;
};

issuer_keys::issuer_keys(asio::any_io_executor executor, std::vector<key_origin> origins, refresh_settings how,
                         std::shared_ptr<asio::ssl::context> trust, log_sink& log,
                         std::function<void(std::string const&)> arrived)
    : strand_(asio::make_strand(std::move(executor))), how_(how), trust_(std::move(trust)), log_(log),
      arrived_(std::move(arrived)) {
  for (auto& origin : origins) {
    auto made = std::make_unique<entry>(std::move(origin.issuer), strand_);
    if (auto* url = std::get_if<std::string>(&origin.from)) {
      made->url = std::move(*url);
    } else {
      made->set = std::move(std::get<0>(origin.from));
    }
    entries_.push_back(std::move(made));
  }
}

issuer_keys::~issuer_keys() = default;

void issuer_keys::start() {
  for (auto& each : entries_) {
    if (each->url.empty()) {
      continue;
    }
    ++running_;
    asio::co_spawn(
        strand_, keep_fresh(*each),
        asio::bind_cancellation_slot(each->cancel.slot(), [this](std::exception_ptr const&) { --running_; }));
  }
}

asio::awaitable<void> issuer_keys::stop() {
  asio::post(strand_, [this] {
    stopping_ = true;
    for (auto& each : entries_) {
      each->cancel.emit(asio::cancellation_type::terminal);
    }
  });
  asio::steady_timer turn(co_await asio::this_coro::executor);
  while (true) {
    bool const done = co_await asio::co_spawn(
        strand_,
        [](issuer_keys* self) -> asio::awaitable<bool> { co_return self->stopping_ && self->running_ == 0; }(this),
        asio::use_awaitable);
    if (done) {
      co_return;
    }
    turn.expires_after(std::chrono::milliseconds(5));
    co_await turn.async_wait(asio::use_awaitable);
  }
}

result<std::shared_ptr<jose::verification_key const>> issuer_keys::find(std::string_view issuer,
                                                                        std::string_view kid) const {
  auto* const of = entry_of(issuer);
  if (of == nullptr) {
    return failure{reason::unknown_issuer, "not a configured issuer"};
  }
  auto const set = in_force(*of);
  if (!set) {
    return failure{reason::keys_unavailable, "no key set of " + of->issuer + " is in force"};
  }
  auto key = set->find(kid);
  if (!key) {
    ask_early(*of);
    return failure{reason::unknown_signing_key, "the key set of " + of->issuer + " has no usable key of that kid"};
  }
  return key;
}

std::vector<key_standing> issuer_keys::standing() const {
  std::vector<key_standing> all;
  for (auto const& each : entries_) {
    key_standing one{.issuer = each->issuer};
    if (auto const set = in_force(*each)) {
      one.keys = set->size();
    }
    if (!each->url.empty()) {
      std::lock_guard const lock(each->guard);
      one.age = std::chrono::duration_cast<std::chrono::seconds>(steady::now() - each->fetched);
    }
    all.push_back(std::move(one));
  }
  return all;
}

issuer_keys::entry* issuer_keys::entry_of(std::string_view issuer) const noexcept {
  auto const found =
      std::find_if(entries_.begin(), entries_.end(), [issuer](auto const& each) { return each->issuer == issuer; });
  return found == entries_.end() ? nullptr : found->get();
}

std::shared_ptr<jose::jwk_set const> issuer_keys::in_force(entry const& of) const {
  std::lock_guard const lock(of.guard);
  if (of.set && !of.url.empty() && steady::now() - of.fetched > how_.fresh + how_.stale_for) {
    return nullptr;
  }
  return of.set;
}

void issuer_keys::ask_early(entry& of) const {
  if (of.url.empty() || of.early_asked.exchange(true)) {
    return;
  }
  asio::post(strand_, [this, &of] {
    auto const now = steady::now();
    if (!of.last_early || now - *of.last_early >= how_.early) {
      of.last_early = now;
      of.alarm.cancel();
    }
    of.early_asked = false;
  });
}

asio::awaitable<void> issuer_keys::keep_fresh(entry& of) {
  // Cancelling the coroutine ends it between steps; the alarm alone is also cancelled to refresh early.
  co_await asio::this_coro::throw_if_cancelled(false);
  std::chrono::seconds retry{1};
  auto const cancelled = co_await asio::this_coro::cancellation_state;
  while (cancelled.cancelled() == asio::cancellation_type::none) {
    auto pause = how_.fresh;
    if (co_await refresh(of)) {
      retry = std::chrono::seconds(1);
    } else {
      pause = std::min(retry, how_.fresh);
      retry = std::min(retry * 2, std::chrono::seconds(60));
    }
    if (cancelled.cancelled() != asio::cancellation_type::none) {
      break;
    }
    of.alarm.expires_after(pause);
    boost::system::error_code woken;
    co_await of.alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
}

asio::awaitable<bool> issuer_keys::refresh(entry& of) {
  auto text = co_await https_get(of.url, trust_, how_.limits);
  if (!text) {
    log_.write(severity::warning, "key set cannot be fetched",
               {{"issuer", of.issuer}, {"detail", text.error().detail}});
    co_return false;
  }
  co_return take_over(of, std::move(*text));
}

bool issuer_keys::take_over(entry& of, std::string text) {
  auto parsed = jose::jwk_set::parse(std::move(text), how_.max_keys);
  if (!parsed) {
    log_.write(severity::warning, "key set cannot be used", {{"issuer", of.issuer}, {"detail", parsed.error().detail}});
    return false;
  }
  for (auto const& skipped : parsed->skipped()) {
    log_.write(severity::warning, "key cannot be used",
               {{"issuer", of.issuer}, {"kid", skipped.kid}, {"detail", skipped.why.detail}});
  }
  bool const had_none = in_force(of) == nullptr;
  auto const keys = parsed->size();
  {
    std::lock_guard const lock(of.guard);
    of.set = std::make_shared<jose::jwk_set const>(std::move(*parsed));
    of.fetched = steady::now();
  }
  log_.write(severity::info, "key set in force", {{"issuer", of.issuer}, {"keys", std::to_string(keys)}});
  if (had_none) {
    arrived_(of.issuer);
  }
  return true;
}

} // namespace consentd::hub
