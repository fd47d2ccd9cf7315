#include "app/parts.hpp"

#include "app/failed_start.hpp"
#include "app/sockets.hpp"
#include "app/trust.hpp"
#include "app/wiring.hpp"
#include "config/policies.hpp"
#include "store/sqlite/open.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

namespace consentd::app {

namespace asio = boost::asio;

namespace {

// Beyond process.drain_seconds, for what has a limit of its own to end by itself; then the process ends whatever hangs.
constexpr std::chrono::seconds grace{5};
constexpr std::chrono::seconds lapse_interval{5};
// For how long an upgrade of the database may say nothing: a commit of all that one version changes.
constexpr std::chrono::minutes quiet_stretch{10};
constexpr std::size_t lapse_batch = 500;

std::unique_ptr<store::event_store> open_store(config::settings const& how, service_manager const& manager,
                                               log_sink& log, telemetry& counters) {
  auto next = std::chrono::steady_clock::time_point();
  auto const still_opening = [&manager, &next] {
    if (auto const now = std::chrono::steady_clock::now(); now >= next) {
      manager.starting(quiet_stretch);
      next = now + std::chrono::seconds(1);
    }
  };
  try {
    return store::sqlite::open(store_settings_of(how), system_clock(), log, counters, still_opening);
  } catch (std::exception const& failed) {
    throw failed_start(exit_failure, how.file + ": store.path: " + failed.what());
  }
}

} // namespace

daemon::parts::parts(provisions first, service_manager& service, ops::log& sink)
    : began_with(first.how), how(first.how), calendar(std::move(first.calendar)), manager(service), log(sink),
      uses(system_clock()), io(static_cast<int>(began_with.process.io_threads)),
      local_io(static_cast<int>(began_with.process.api_threads)), control(asio::make_strand(io)), signals(control),
      store(open_store(began_with, service, sink, metrics)), ring(std::move(first.ring)), tls(first.tls),
      hub_keys(io.get_executor(), with_kept(std::move(first.hub), store::key_role::hub), system_clock(), sink,
               {.arrived = [](std::string const&) {},
                .changed = [](std::string const&, std::vector<std::string> const&) {},
                .keep = keeper(store::key_role::hub)}),
      issuer_keys(io.get_executor(), with_kept(std::move(first.issuers), store::key_role::issuer), system_clock(), sink,
                  {.arrived = [this](std::string const& issuer) { release_waiting(issuer); },
                   .changed =
                       [this](std::string const& issuer, std::vector<std::string> const& kids) {
                         retry_what_lacked({reason::unknown_signing_key, issuer, kids});
                       },
                   .keep = keeper(store::key_role::issuer)}),
      processor(io.get_executor(), *store, trust_of(began_with, ring), sink, metrics, pipeline_settings_of(began_with)),
      outcomes(*store, outcome_terms_of(began_with)),
      error_bodies(std::move(first.error_key), error_terms_of(began_with), system_clock()),
      webhook(
          ingress_settings_of(began_with, std::move(first.senders)), config::bearer_policy_of(began_with), hub_keys,
          [this](std::chrono::milliseconds patience) { return ask_for_hub_keys(patience); }, *store, answering(),
          system_clock(), sink, metrics),
      api(local_io.get_executor(), *store, system_clock(), sink, api_settings_of(began_with),
          access_rules_of(began_with),
          {.facts = [this] { return facts(); }, .reload = [this] { return reload_when_asked(); }}),
      operations(metrics, [this] { return conditions(); }), lapse_alarm(control), watchdog_alarm(control),
      calendar_alarm(control), reload_end(control, asio::steady_timer::time_point::max()) {
  add_metrics();
  store->on_ready([this] { processor.arrived(); });
  if (answering().verdicts != nullptr) {
    store->on_outcome([this](std::vector<std::int64_t> const& deliveries) { outcomes.settled(deliveries); });
  }
  open_listeners();
}

void daemon::parts::add_metrics() {
  using reading = ops::metrics::reading;
  metrics.add(reading::counter, "consentd_log_lines_dropped_total", "Log lines dropped because their reader was slow",
              [this] { return static_cast<double>(log.dropped()); });
  metrics.add(reading::gauge, "consentd_last_reload_successful",
              "1 when the settings were last read without a problem, 0 when those before are still in force",
              [this] { return reload_failed ? 0.0 : 1.0; });
  metrics.add(reading::counter, "consentd_decryptions_total", "Deliveries that a decryption key opened, by its kid",
              [this] { return decryptions(); });
  metrics.add(reading::gauge, "consentd_consumer_lag_entries",
              "Journal entries behind a durable consumer's place, by its name", [this] { return consumer_lags(); });
  metrics.add(reading::gauge, "consentd_key_end_timestamp_seconds",
              "When a key, certificate or revocation list ends, in seconds since 1970", [this] { return ends(); });
}

std::vector<ops::metrics::labelled> daemon::parts::decryptions() const {
  std::vector<ops::metrics::labelled> all;
  auto const named = calendar.get();
  for (auto const& one : *named) {
    if (one.kind == decryption_key) {
      all.push_back({.labels = {{"kid", one.name}}, .value = static_cast<double>(uses.of(one.name).times)});
    }
  }
  return all;
}

std::vector<ops::metrics::labelled> daemon::parts::consumer_lags() const {
  std::vector<ops::metrics::labelled> all;
  auto const last = store->extent().last;
  for (auto const& [name, place] : store->consumer_places()) {
    all.push_back({.labels = {{"consumer", name}}, .value = static_cast<double>(last - std::min(last, place))});
  }
  return all;
}

std::vector<ops::metrics::labelled> daemon::parts::ends() const {
  std::vector<ops::metrics::labelled> all;
  auto const named = calendar.get();
  for (auto const& one : *named) {
    if (one.not_after) {
      auto const seconds = std::chrono::duration<double>(one.not_after->time_since_epoch()).count();
      all.push_back({.labels = {{"kind", one.kind}, {"name", one.name}}, .value = seconds});
    }
  }
  return all;
}

hub::key_origins daemon::parts::with_kept(hub::key_origins origins, store::key_role role) const {
  add_kept(origins.issuers, role, read_kept_key_sets(*store, began_with));
  return origins;
}

pipeline::trust daemon::parts::trust_of(config::settings const& by, std::shared_ptr<jose::key_ring const> keys) {
  return {std::move(keys), issuer_keys, config::event_policy_of(by),
          [this](std::string const& kid) { uses.opened(kid); }};
}

ingress::answering daemon::parts::answering() noexcept {
  bool const verified = began_with.hub.acknowledge == config::acknowledgement::verified;
  return {.verdicts = verified ? &outcomes : nullptr, .errors = &error_bodies};
}

void daemon::parts::open_listeners() {
  auto const& own = began_with;
  for (auto const& each : own.api.sockets) {
    doors.push_back(std::make_unique<localapi::door>(api, right_of(each.at_most)));
    api_listeners.push_back(open_listener(local_io, each.where,
                                          {.serves = "api",
                                           .key = api_listeners.empty() ? "api.socket" : "api_socket.path",
                                           .access = {.mode = each.mode, .group = each.group},
                                           .bounds = api_limits_of(own)},
                                          *doors.back()));
  }
  if (own.operations.listen) {
    operations_listener =
        open_listener(io, *own.operations.listen,
                      {.serves = "operations", .key = "operations.listen", .bounds = operations_limits()}, operations);
  }
  listening hub{.serves = "hub",
                .key = "hub.listen",
                .access = {.mode = own.hub.socket_mode, .group = own.hub.socket_group},
                .tls = tls,
                .bounds = hub_limits_of(own)};
  for (auto const& where : own.hub.listen) {
    hub_listeners.push_back(open_listener(io, where, hub, webhook));
  }
  hub.key = "hub.listen_proxied";
  hub.proxy = net::proxy_protocol::required;
  for (auto const& where : own.hub.listen_proxied) {
    hub_listeners.push_back(open_listener(io, where, hub, webhook));
  }
}

std::unique_ptr<net::listener> daemon::parts::open_listener(asio::io_context& on, config::endpoint const& where,
                                                            listening const& as, net::handler& handler) {
  auto socket = open_socket(where, as.access, as.key, began_with, manager);
  auto context = socket.is_unix() ? nullptr : as.tls;
  log.write(severity::info, "listening",
            {{"for", std::string(as.serves)}, {"at", socket.name()}, {"tls", context ? "yes" : "no"}});
  return net::listener::make(on.get_executor(), std::move(socket), std::move(context), as.bounds, handler, log,
                             as.proxy);
}

localapi::daemon_facts daemon::parts::facts() const {
  localapi::daemon_facts all{.version = CONSENTD_VERSION, .started = started, .keys = {}};
  auto const named = calendar.get();
  for (auto const& one : *named) {
    localapi::key_fact fact{.kind = one.kind, .name = one.name, .not_after = one.not_after};
    if (one.kind == decryption_key) {
      auto const use = uses.of(one.name);
      fact.uses = use.times;
      fact.last_used = use.last;
    }
    all.keys.push_back(std::move(fact));
  }
  for (auto const* source : {&hub_keys, &issuer_keys}) {
    for (auto const& issuer : source->standing()) {
      all.keys.push_back(
          {.kind = issuer.keys == 0 ? "jwks-missing" : "jwks", .name = issuer.issuer, .not_after = std::nullopt});
    }
  }
  return all;
}

// Ready means: a delivery that comes now can be checked and kept. An LFI whose keys are lacking makes its own events
// wait and nobody else's.
std::vector<ops::condition> daemon::parts::conditions() const {
  bool const has_hub_keys = hub_keys.standing().front().keys != 0;
  bool const writes = !store->is_failing();
  return {{"store", writes, writes ? "on disk" : "cannot write: deliveries are not acknowledged"},
          {"serving", !stopping, stopping ? "stopping" : "accepting deliveries"},
          {"hub-keys", has_hub_keys, has_hub_keys ? "in force" : "none in force: bearer tokens cannot be checked"}};
}

void daemon::parts::release_waiting(std::string const& issuer) {
  asio::co_spawn(
      io,
      [](parts* self, std::string name) -> asio::awaitable<void> {
        auto const released = co_await self->store->keys_arrived(name);
        if (!released) {
          self->log.write(severity::error, "waiting events not released",
                          {{"issuer", name}, {"detail", released.error().detail}});
        }
        // Those that found no room to wait.
        self->retry_what_lacked({reason::keys_unavailable, name});
      }(this, issuer),
      asio::detached);
}

asio::awaitable<ingress::asked> daemon::parts::ask_for_hub_keys(std::chrono::milliseconds patience) {
  auto issuer = how.get()->bearer.issuer;
  switch (co_await hub_keys.refresh(std::move(issuer), patience)) {
  case hub::refreshed::fetched:
    co_return ingress::asked::renewed;
  case hub::refreshed::too_soon:
    co_return ingress::asked::too_soon;
  case hub::refreshed::failed:
  case hub::refreshed::pinned:
    break;
  }
  co_return ingress::asked::failed;
}

// A set that could not be kept is kept at its next confirmation; this run has it in memory.
std::function<void(std::string const&, hub::published_set const&)> daemon::parts::keeper(store::key_role role) {
  return [this, role](std::string const& issuer, hub::published_set const& set) {
    store::kept_key_set kept{role, issuer, set.since, set.confirmed, set.document};
    asio::co_spawn(
        io,
        [](parts* self, store::kept_key_set what) -> asio::awaitable<void> {
          auto const named = what.issuer;
          auto const done = co_await self->store->keep(std::move(what), key_sets_kept);
          if (!done) {
            self->log.write(severity::warning, "key set not kept",
                            {{"issuer", named}, {"detail", done.error().detail}});
          }
        }(this, std::move(kept)),
        asio::detached);
  };
}

void daemon::parts::start() {
  hub_keys.start();
  issuer_keys.start();
  for (auto const& each : api_listeners) {
    each->start();
  }
  if (operations_listener) {
    operations_listener->start();
  }
  processor.start();
  asio::co_spawn(control, watch_expiry(), asio::detached);
  asio::co_spawn(control, watch_calendar(), asio::detached);
  retry_what_lacks_no_more(*ring, began_with);
  for (auto& each : hub_listeners) {
    each->start();
  }
}

asio::awaitable<void> daemon::parts::serve() {
  // Before READY: a SIGTERM that comes at once must find us listening for it.
  signals.add(SIGTERM);
  signals.add(SIGINT);
  signals.add(SIGHUP);
  start();
  if (auto const interval = manager.watchdog_interval()) {
    asio::co_spawn(control, feed_watchdog(*interval), asio::detached);
  }
  tell_of_weak_settings(began_with);
  manager.ready("accepting deliveries");
  log.write(severity::info, "ready", {{"version", CONSENTD_VERSION}});
  int number = co_await signals.async_wait(asio::use_awaitable);
  while (number == SIGHUP) {
    co_await reload();
    number = co_await signals.async_wait(asio::use_awaitable);
  }
  log.write(severity::info, "stopping", {{"signal", number == SIGTERM ? "SIGTERM" : "SIGINT"}});
  manager.stopping();
  co_await stop();
}

// Several listeners have one patience together, or each would add its own to the time that the end may take.
asio::awaitable<void> daemon::parts::stop_all(std::vector<std::unique_ptr<net::listener>> const& those,
                                              std::chrono::milliseconds patience) {
  auto const deadline = std::chrono::steady_clock::now() + patience;
  for (auto const& each : those) {
    each->ask_to_stop();
  }
  for (auto const& each : those) {
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    co_await each->stop(std::max(left, std::chrono::milliseconds(0)));
  }
}

asio::awaitable<void> daemon::parts::stop() {
  stopping = true;
  // What hangs beyond every limit of its own is ended here: the store survives that, as it survives a power cut.
  std::thread([allowed = began_with.process.drain + grace, &sink = log] {
    std::this_thread::sleep_for(allowed);
    sink.write(severity::error, "not stopped in time", {});
    std::_Exit(exit_failure);
  }).detach();
  co_await stop_all(hub_listeners, began_with.process.drain);
  // What it would still replace is what is stopped next.
  co_await until_none_reloads();
  lapse_alarm.cancel();
  watchdog_alarm.cancel();
  calendar_alarm.cancel();
  co_await processor.stop();
  co_await hub_keys.stop();
  co_await issuer_keys.stop();
  co_await stop_all(api_listeners, std::chrono::seconds(1));
  if (operations_listener) {
    co_await operations_listener->stop(std::chrono::seconds(1));
  }
}

asio::awaitable<void> daemon::parts::watch_expiry() {
  while (!stopping) {
    auto const lapsed = co_await store->lapse(system_clock().now(), lapse_batch);
    if (!lapsed) {
      log.write(severity::error, "expiry cannot be recorded", {{"detail", lapsed.error().detail}});
    }
    lapse_alarm.expires_after(lapsed && *lapsed == lapse_batch ? std::chrono::seconds(0) : lapse_interval);
    boost::system::error_code cancelled;
    co_await lapse_alarm.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

asio::awaitable<void> daemon::parts::feed_watchdog(std::chrono::microseconds interval) {
  while (!stopping) {
    // Through the local API's threads and the store: a daemon that cannot serve the one or read the other is as good
    // as dead.
    co_await asio::post(local_io.get_executor(), asio::use_awaitable);
    // Whatever is looked up, found or not.
    if (auto const looked_up = co_await store->find_delivery(0); looked_up) {
      manager.alive();
    }
    watchdog_alarm.expires_after(interval);
    boost::system::error_code cancelled;
    co_await watchdog_alarm.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

daemon::daemon(provisions first, service_manager& manager, ops::log& log)
    : parts_(std::make_unique<parts>(std::move(first), manager, log)) {
}

daemon::~daemon() = default;

void daemon::run() {
  auto& io = parts_->io;
  asio::co_spawn(parts_->control, parts_->serve(), [](std::exception_ptr const& thrown) {
    if (thrown) {
      std::rethrow_exception(thrown);
    }
  });
  auto& local_io = parts_->local_io;
  auto local_api = asio::make_work_guard(local_io);
  std::vector<std::jthread> others;
  // An exception ends the other threads too, before it leaves here.
  struct stops_at_exit {
    asio::io_context& hub;
    asio::io_context& local;
    ~stops_at_exit() {
      hub.stop();
      local.stop();
    }
  } const guard{io, local_io};
  for (unsigned count = 1; count < parts_->began_with.process.io_threads; ++count) {
    others.emplace_back([&io] { io.run(); });
  }
  for (unsigned count = 0; count < parts_->began_with.process.api_threads; ++count) {
    others.emplace_back([&local_io] { local_io.run(); });
  }
  io.run();
  local_api.reset();
  for (auto& other : others) {
    other.join();
  }
  parts_->log.write(severity::info, "stopped", {});
}

} // namespace consentd::app
