#include "app/failed_start.hpp"
#include "app/parts.hpp"
#include "app/sockets.hpp"
#include "app/trust.hpp"
#include "app/wiring.hpp"
#include "config/policies.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <exception>
#include <utility>
#include <variant>

namespace consentd::app {

namespace asio = boost::asio;

namespace {

constexpr std::chrono::hours calendar_interval{1};
constexpr std::size_t retry_batch = 500;
// Until there may be room in the inbox for more.
constexpr std::chrono::milliseconds retry_pause{250};

// What reading came to: all of it, or what has to be mended.
using reading = std::variant<provisions, std::vector<std::string>>;

struct under_way {
  under_way(bool& flag, asio::steady_timer& at_end) : flag_(flag), at_end_(at_end) { flag_ = true; }
  under_way(under_way const&) = delete;
  under_way& operator=(under_way const&) = delete;
  ~under_way() {
    flag_ = false;
    at_end_.cancel();
  }

private:
  bool& flag_;
  asio::steady_timer& at_end_;
};

std::vector<std::string> lines_of(std::string const& text) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin <= text.size();) {
    auto const end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

asio::awaitable<reading> read_again(std::string path) {
  try {
    co_return read_provisions_at(path);
  } catch (std::exception const& failed) {
    co_return lines_of(failed.what());
  }
}

std::string joined(std::vector<std::string> const& names) {
  std::string all;
  for (auto const& name : names) {
    all += (all.empty() ? "" : ", ") + name;
  }
  return all;
}

std::string_view to_string(end_watch::notice what) noexcept {
  switch (what) {
  case end_watch::notice::ended:
    return "key or certificate has ended";
  case end_watch::notice::day:
    return "key or certificate ends within a day";
  case end_watch::notice::week:
    return "key or certificate ends within a week";
  case end_watch::notice::month:
  case end_watch::notice::none:
    break;
  }
  return "key or certificate ends within 30 days";
}

} // namespace

asio::awaitable<localapi::reload_report> daemon::parts::reload_when_asked() {
  return asio::co_spawn(control, reload(), asio::use_awaitable);
}

// On the control strand.
asio::awaitable<void> daemon::parts::until_none_reloads() {
  while (reloading) {
    boost::system::error_code cancelled;
    co_await reload_end.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

// On the control strand. Everything is read before anything is replaced; what cannot be used changes nothing. One that
// is asked for while another is under way comes after it: the other may have read what has changed since.
asio::awaitable<localapi::reload_report> daemon::parts::reload() {
  // Whoever asked may be gone before it is done: half of it must not count.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await until_none_reloads();
  localapi::reload_report report;
  report.stopping = stopping;
  if (report.stopping) {
    co_return report;
  }
  under_way const marked{reloading, reload_end};
  manager.reloading();
  auto path = began_with.file;
  auto read = co_await asio::co_spawn(file_reader, read_again(std::move(path)), asio::use_awaitable);
  if (auto* const problems = std::get_if<std::vector<std::string>>(&read)) {
    for (auto const& line : *problems) {
      log.write(severity::error, "settings cannot be used, those before stay in force", {{"detail", line}});
    }
    report.problems = std::move(*problems);
  } else {
    auto& next = std::get<provisions>(read);
    report.needs_restart = waiting_for_restart(began_with, next.how);
    co_await take_over(std::move(next));
    log.write(severity::info, "settings read again", {{"needs_restart", joined(report.needs_restart)}});
  }
  reload_failed = !report.problems.empty();
  if (!stopping) {
    manager.ready("accepting deliveries");
  }
  co_return report;
}

asio::awaitable<void> daemon::parts::take_over(provisions next) {
  auto kept = co_await store->kept_key_sets();
  if (!kept) {
    kept = std::vector<store::kept_key_set>(); // then new places are asked before their keys count
  }
  add_kept(next.hub.issuers, store::key_role::hub, *kept);
  add_kept(next.issuers.issuers, store::key_role::issuer, *kept);
  auto const& by = next.how;
  log.set_level(by.log.level);
  ring = next.ring;
  auto const before = how.get();
  co_await hub_keys.replace(std::move(next.hub));
  co_await issuer_keys.replace(std::move(next.issuers));
  processor.replace(trust_of(by, ring));
  error_bodies.replace(std::move(next.error_key), error_terms_of(by));
  webhook.replace(ingress_settings_of(by, std::move(next.senders)), config::bearer_policy_of(by));
  api.replace(access_rules_of(by));
  tls->replace(std::move(*next.tls));
  for (auto const& each : hub_listeners) {
    each->replace(hub_limits_of(by));
  }
  how.set(by);
  calendar.set(std::move(next.calendar));
  tell_of_weak_settings(by);
  tell_of_ends();
  retry_what_lacks_no_more(*ring, by);
  for (auto const& old : before->issuers) {
    if (std::none_of(by.issuers.begin(), by.issuers.end(), [&](auto const& each) { return each.id == old.id; })) {
      release_waiting(old.id); // for keys that nobody will ask for any more
    }
  }
}

void daemon::parts::tell_of_weak_settings(config::settings const& of) {
  if (of.bearer.mode != config::bearer_mode::required) {
    log.write(severity::warning, "authorization tokens are not required: only certificates and addresses say who sends",
              {});
  }
}

asio::awaitable<void> daemon::parts::watch_calendar() {
  while (!stopping) {
    tell_of_ends();
    calendar_alarm.expires_after(calendar_interval);
    boost::system::error_code cancelled;
    co_await calendar_alarm.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

void daemon::parts::tell_of_ends() {
  auto const named = calendar.get();
  for (auto const& [one, what] : ending.due(*named, system_clock().now())) {
    log.write(what == end_watch::notice::ended ? severity::error : severity::warning, to_string(what),
              {{"kind", one.kind}, {"name", one.name}, {"not_after", format_date_time(*one.not_after)}});
  }
}

// Keys and issuers may have come since a delivery was refused for want of them, also while the daemon was down.
void daemon::parts::retry_what_lacks_no_more(jose::key_ring const& keys, config::settings const& by) {
  for (auto const& one : keys.keys()) {
    retry_what_lacked({reason::unknown_decryption_key, {}, {one.key->kid()}, one.not_after});
  }
  for (auto const& issuer : by.issuers) {
    retry_what_lacked({reason::unknown_issuer, issuer.id});
  }
}

void daemon::parts::retry_what_lacked(store::remedy has_come) {
  // What is refused again from now on is not helped by it: the retries come to an end.
  has_come.refused_until = system_clock().now();
  asio::co_spawn(control, retry_all(std::move(has_come)), asio::detached);
}

// On the control strand. Until none is left: what finds no room in the inbox waits for it.
asio::awaitable<void> daemon::parts::retry_all(store::remedy what) {
  auto const tell = [this, &what](severity level, std::string_view event, std::string const& detail) {
    log.write(level, event,
              {{"reason", std::string(consentd::to_string(what.lacked))}, {"issuer", what.issuer}, {"detail", detail}});
  };
  std::size_t retried = 0;
  bool waited = false;
  while (!stopping) {
    auto copy = what;
    auto const done = co_await store->retry(std::move(copy), retry_batch);
    if (done && *done == 0) {
      break;
    }
    if (done) {
      retried += *done;
      continue;
    }
    if (!std::exchange(waited, true)) {
      tell(severity::warning, "quarantined deliveries wait to be retried", done.error().detail);
    }
    asio::steady_timer pause(control, retry_pause);
    boost::system::error_code cancelled;
    co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
  if (retried != 0) {
    tell(severity::info, "quarantined deliveries retried", std::to_string(retried) + " deliveries");
  }
}

} // namespace consentd::app
