#include "hub/issuer_keys.hpp"

#include "hub/discovery.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/dispatch.hpp>
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

namespace {

constexpr std::chrono::milliseconds longest_retry{60000};

history_terms terms_of(refresh_settings const& how, std::vector<std::string> distrusted) {
  history_terms terms;
  terms.in_force = how.fresh + how.stale_for;
  terms.max_keys = how.max_keys;
  terms.distrusted = std::move(distrusted);
  return terms;
}

} // namespace

struct issuer_keys::entry {
  entry(std::string name, history_terms terms, asio::any_io_executor const& executor)
      : issuer(std::move(name)), history(std::move(terms)), alarm(executor) {}

  std::string issuer;
  bool fetched = false;       // from somewhere, that is; a pinned set does not age
  bool discovers = false;     // `url` comes from the discovery document
  std::string configured_url; // empty: it is pinned, or discovers
  mutable std::mutex guard;
  key_history history;              // guarded
  std::uint64_t failures = 0;       // guarded
  std::atomic<bool> lacking{false}; // a request to ask soon is on its way to the strand

  // On the strand alone.
  std::string url;
  std::optional<steady::time_point> discovered_at;
  asio::steady_timer alarm;                 // until `due`
  std::vector<asio::steady_timer*> waiting; // cancelled when a fetch has ended
  steady::time_point due{};
  std::optional<steady::time_point> last_early;
  bool ended = false; // asked no more: another stands in its place, or none
  bool fetching = false;
  bool succeeded = false;    // the last fetch
  std::uint64_t fetches = 0; // ended
  asio::cancellation_signal cancel;

  // A file is read again each time, so that what was pinned never counts as the same.
  bool comes_from(key_origin const& origin) const {
    auto const* const named = std::get_if<std::string>(&origin.from);
    return fetched &&
           (named != nullptr ? configured_url == *named : discovers && std::holds_alternative<discovered>(origin.from));
  }

  void wake_waiting() {
    for (auto* const each : waiting) {
      each->cancel();
    }
  }
};

issuer_keys::issuer_keys(asio::any_io_executor const& executor, key_origins from, clock const& now, log_sink& log,
                         listeners tell)
    : strand_(asio::make_strand(executor)), now_(now), log_(log), tell_(std::move(tell)), entries_({}), how_(from.how),
      fetcher_(std::move(from.by)) {
  std::vector<entry_ptr> made;
  made.reserve(from.issuers.size());
  for (auto& origin : from.issuers) {
    made.push_back(make_entry(std::move(origin)));
  }
  entries_.set(std::move(made));
}

issuer_keys::~issuer_keys() = default;

issuer_keys::entry_ptr issuer_keys::make_entry(key_origin origin) const {
  auto made = std::make_shared<entry>(std::move(origin.issuer), terms_of(how_, std::move(origin.distrusted)), strand_);
  if (auto* pinned = std::get_if<std::shared_ptr<jose::jwk_set const>>(&origin.from)) {
    made->history.pin(std::move(*pinned));
  } else {
    made->fetched = true;
    made->history.restore(origin.kept);
  }
  if (auto* url = std::get_if<std::string>(&origin.from)) {
    made->configured_url = *url;
    made->url = std::move(*url);
  }
  made->discovers = std::holds_alternative<discovered>(origin.from);
  return made;
}

void issuer_keys::start() {
  asio::post(strand_, [this] {
    for (auto const& each : *entries_.get()) {
      begin(each);
    }
  });
}

// On the strand.
void issuer_keys::begin(entry_ptr const& of) {
  if (!of->fetched) {
    tell_.changed(of->issuer, of->history.kids());
    tell_.arrived(of->issuer);
    return;
  }
  ++running_;
  // The coroutine's slot is in the entry, which therefore ends after it.
  asio::co_spawn(strand_, keep_fresh(of),
                 asio::bind_cancellation_slot(of->cancel.slot(), [this, of](std::exception_ptr const&) {
                   --running_;
                   asio::post(strand_, [of] {});
                 }));
}

// On the strand.
void issuer_keys::end(entry& of) const {
  of.ended = true;
  of.cancel.emit(asio::cancellation_type::terminal);
  of.wake_waiting();
}

asio::awaitable<void> issuer_keys::replace(key_origins from) {
  co_await asio::dispatch(asio::bind_executor(strand_, asio::use_awaitable));
  how_ = from.how;
  fetcher_ = std::move(from.by);
  auto const before = entries_.get();
  std::vector<entry_ptr> now;
  std::vector<entry_ptr> begun;
  for (auto& origin : from.issuers) {
    auto old = entry_of(origin.issuer);
    if (old && old->comes_from(origin)) {
      std::lock_guard const lock(old->guard);
      old->history.renew(terms_of(how_, std::move(origin.distrusted)));
      now.push_back(std::move(old));
      continue;
    }
    if (old) {
      std::lock_guard const lock(old->guard);
      if (auto published = old->history.published(); !published.empty()) {
        origin.kept = std::move(published);
      }
    }
    now.push_back(make_entry(std::move(origin)));
    begun.push_back(now.back());
  }
  entries_.set(now);
  for (auto const& old : *before) {
    if (std::find(now.begin(), now.end(), old) == now.end()) {
      end(*old);
    }
  }
  for (auto const& each : begun) {
    begin(each);
  }
}

asio::awaitable<void> issuer_keys::stop() {
  asio::post(strand_, [this] {
    stopping_ = true;
    for (auto const& each : *entries_.get()) {
      end(*each);
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

result<std::shared_ptr<jose::verification_key const>> issuer_keys::find(std::string_view issuer, std::string_view kid,
                                                                        timestamp received) const {
  auto const of = entry_of(issuer);
  if (of == nullptr) {
    return failure{reason::unknown_issuer, "not a configured issuer"};
  }
  auto found = [&] {
    std::lock_guard const lock(of->guard);
    return of->history.find(kid, received);
  }();
  if (!found && found.error().code == reason::keys_unavailable) {
    ask_soon(of);
  }
  return found;
}

void issuer_keys::ask_for(std::string_view issuer) const {
  if (auto const of = entry_of(issuer)) {
    ask_soon(of);
  }
}

asio::awaitable<refreshed> issuer_keys::refresh(std::string issuer, std::chrono::milliseconds patience) {
  auto of = entry_of(issuer);
  if (of == nullptr || !of->fetched) {
    co_return refreshed::pinned;
  }
  co_return co_await asio::co_spawn(strand_, wait_for_fetch(std::move(of), patience), asio::use_awaitable);
}

std::vector<key_standing> issuer_keys::standing() const {
  std::vector<key_standing> all;
  auto const now = now_.now();
  auto const entries = entries_.get();
  for (auto const& each : *entries) {
    key_standing one{.issuer = each->issuer};
    std::lock_guard const lock(each->guard);
    one.keys = each->history.in_force(now) ? each->history.keys() : 0;
    if (auto const confirmed = each->history.confirmed()) {
      one.age = std::max(std::chrono::seconds(0), std::chrono::duration_cast<std::chrono::seconds>(now - *confirmed));
    }
    one.failures = each->failures;
    all.push_back(std::move(one));
  }
  return all;
}

issuer_keys::entry_ptr issuer_keys::entry_of(std::string_view issuer) const {
  auto const entries = entries_.get();
  auto const found =
      std::find_if(entries->begin(), entries->end(), [issuer](auto const& each) { return each->issuer == issuer; });
  return found == entries->end() ? nullptr : *found;
}

void issuer_keys::ask_soon(entry_ptr const& of) const {
  if (!of->fetched || of->lacking.exchange(true)) {
    return;
  }
  asio::post(strand_, [this, of] {
    of->lacking = false;
    if (of->fetching || ask_now(*of)) {
      return;
    }
    auto const allowed = *of->last_early + how_.early;
    if (allowed < of->due) {
      of->last_early = allowed;
      of->due = allowed;
      of->alarm.cancel();
    }
  });
}

// False when it was asked out of turn too short a time ago. On the strand.
bool issuer_keys::ask_now(entry& of) const {
  auto const now = steady::now();
  if (of.last_early && now - *of.last_early < how_.early) {
    return false;
  }
  of.last_early = now;
  of.due = now;
  of.alarm.cancel();
  return true;
}

asio::awaitable<refreshed> issuer_keys::wait_for_fetch(entry_ptr of, std::chrono::milliseconds patience) {
  // Due and not begun is as good as under way: whoever lacked the key has had it asked for a moment ago.
  bool const comes = of->fetching || of->due <= steady::now();
  if (!comes && !ask_now(*of)) {
    co_return of->succeeded ? refreshed::too_soon : refreshed::failed;
  }
  auto const wanted = of->fetches + 1; // one under way will do: concurrent needs share it
  asio::steady_timer wait(strand_, steady::now() + patience);
  of->waiting.push_back(&wait);
  while (of->fetches < wanted && steady::now() < wait.expiry() && !of->ended) {
    boost::system::error_code woken;
    co_await wait.async_wait(asio::redirect_error(asio::use_awaitable, woken));
  }
  std::erase(of->waiting, &wait);
  co_return of->fetches >= wanted && of->succeeded ? refreshed::fetched : refreshed::failed;
}

asio::awaitable<void> issuer_keys::keep_fresh(entry_ptr kept) {
  auto& of = *kept;
  // Cancelling the coroutine ends it between steps; the alarm alone is also cancelled to refresh early.
  co_await asio::this_coro::throw_if_cancelled(false);
  auto const cancelled = co_await asio::this_coro::cancellation_state;
  auto const go_on = [&] { return cancelled.cancelled() == asio::cancellation_type::none; };
  auto retry = how_.first_retry;
  while (go_on()) {
    of.fetching = true;
    of.succeeded = co_await fetch(of);
    of.fetching = false;
    ++of.fetches;
    of.wake_waiting();
    auto const pause = of.succeeded ? std::chrono::milliseconds(how_.fresh) : retry;
    retry = of.succeeded ? how_.first_retry : std::min(retry * 2, longest_retry);
    of.due = steady::now() + pause;
    while (go_on() && steady::now() < of.due) {
      of.alarm.expires_at(of.due);
      boost::system::error_code woken;
      co_await of.alarm.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    }
  }
}

asio::awaitable<bool> issuer_keys::fetch(entry& of) {
  auto const began = now_.now(); // what is published while the answer is on its way is not in it
  auto const by = fetcher_;
  auto url = co_await place_of(of, *by);
  auto text = result<std::string>(failure{reason::disconnected, ""});
  if (url) {
    text = co_await by->get(*url);
  } else {
    text = url.error();
  }
  if (of.ended) {
    co_return false; // whoever stands in its place has the word
  }
  if (text && take_over(of, std::move(*text), began)) {
    co_return true;
  }
  if (!text) {
    log_.write(severity::warning, "key set cannot be fetched",
               {{"issuer", of.issuer}, {"detail", text.error().detail}});
  }
  of.discovered_at.reset(); // it may have moved
  std::lock_guard const lock(of.guard);
  ++of.failures;
  co_return false;
}

asio::awaitable<result<std::string>> issuer_keys::place_of(entry& of, fetcher const& by) {
  bool const known = !of.discovers || (of.discovered_at && steady::now() - *of.discovered_at < how_.discovery_fresh);
  if (known) {
    co_return of.url;
  }
  auto document = co_await by.get(discovery_url(of.issuer));
  if (!document) {
    co_return document.error();
  }
  auto uri = read_jwks_uri(*document, of.issuer);
  if (uri) {
    of.url = *uri;
    of.discovered_at = steady::now();
  }
  co_return uri;
}

bool issuer_keys::take_over(entry& of, std::string text, timestamp at) {
  std::vector<jose::jwk_set::skipped_key> skipped;
  std::vector<std::string> kids;
  auto const taken = [&]() -> result<bool> {
    std::lock_guard const lock(of.guard);
    auto changed = of.history.take(std::move(text), at);
    if (changed) {
      of.failures = 0;
      kids = of.history.kids();
      skipped = of.history.skipped();
    }
    return changed;
  }();
  if (!taken) {
    log_.write(severity::warning, "key set cannot be used", {{"issuer", of.issuer}, {"detail", taken.error().detail}});
    return false;
  }
  if (*taken) {
    for (auto const& each : skipped) {
      log_.write(severity::warning, "key cannot be used",
                 {{"issuer", of.issuer}, {"kid", each.kid}, {"detail", each.why.detail}});
    }
    log_.write(severity::info, "key set in force", {{"issuer", of.issuer}, {"keys", std::to_string(kids.size())}});
    tell_.changed(of.issuer, kids);
  }
  // The newest changes on this strand alone, so the reference stays good without the guard.
  tell_.keep(of.issuer, *of.history.newest());
  tell_.arrived(of.issuer);
  return true;
}

} // namespace consentd::hub
