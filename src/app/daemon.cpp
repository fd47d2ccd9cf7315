#include "app/daemon.hpp"

#include "app/failed_start.hpp"
#include "app/senders.hpp"
#include "app/sockets.hpp"
#include "app/trust.hpp"
#include "base/time.hpp"
#include "config/keys.hpp"
#include "config/policies.hpp"
#include "hub/issuer_keys.hpp"
#include "ingress/webhook.hpp"
#include "localapi/api.hpp"
#include "net/listener.hpp"
#include "ops/metrics.hpp"
#include "ops/operations.hpp"
#include "pipeline/processor.hpp"
#include "store/sqlite/open.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::app {

namespace asio = boost::asio;

namespace {

// Beyond process.drain_seconds, for what has a limit of its own to end by itself; then the process ends whatever hangs.
constexpr std::chrono::seconds grace{5};
constexpr std::chrono::seconds lapse_interval{5};
constexpr std::size_t lapse_batch = 500;

store::sqlite::settings store_settings_of(config::settings const& how) {
  store::sqlite::settings store;
  store.path = how.store.path;
  store.unknown = how.events.unknown_consents == config::unknown_consents::bind ? store::sqlite::unknown_consents::bind
                                                                                : store::sqlite::unknown_consents::hold;
  store.inbox_rows = how.store.inbox_rows;
  store.inbox_bytes = how.store.inbox_bytes;
  store.held_rows = how.store.held_rows;
  store.waiting_rows = how.store.waiting_rows;
  store.quarantine_rows = how.store.quarantine_rows;
  store.evidence_for = how.store.evidence_for;
  store.evidence_bytes = how.store.evidence_for.count() == 0 ? 0 : how.store.evidence_bytes;
  return store;
}

std::unique_ptr<store::event_store> open_store(config::settings const& how, log_sink& log, telemetry& counters) {
  try {
    return store::sqlite::open(store_settings_of(how), system_clock(), log, counters);
  } catch (std::exception const& failed) {
    throw failed_start(exit_failure, how.file + ": store.path: " + failed.what());
  }
}

jose::key_ring load_ring(config::settings const& how) {
  auto ring = config::load_decryption_keys(how);
  if (!ring) {
    throw failed_start(exit_configuration, ring.error().detail);
  }
  return std::move(*ring);
}

ingress::settings ingress_settings_of(config::settings const& how) {
  ingress::settings door;
  door.path = how.hub.path;
  door.acknowledge_status = how.hub.acknowledge_status;
  door.max_body_bytes = how.hub.max_body_bytes;
  door.bearer = how.bearer.mode == config::bearer_mode::off          ? ingress::bearer_mode::off
                : how.bearer.mode == config::bearer_mode::if_present ? ingress::bearer_mode::if_present
                                                                     : ingress::bearer_mode::required;
  door.senders = sender_rules_of(how);
  return door;
}

ingress::outcome_terms outcome_terms_of(config::settings const& how) {
  ingress::outcome_terms terms;
  terms.patience = how.hub.outcome_timeout;
  // A connection has one request under way, so this is never reached but by several listeners together.
  terms.most_waiting = how.hub.max_connections;
  return terms;
}

std::unique_ptr<ingress::error_bodies> error_bodies_of(config::settings const& how) {
  auto key = config::load_error_key(how);
  if (!key) {
    throw failed_start(exit_configuration, key.error().detail);
  }
  if (!*key) {
    return nullptr;
  }
  ingress::error_terms terms;
  terms.issuer = how.errors.issuer;
  terms.audience = how.errors.audience;
  terms.lifetime = how.errors.lifetime;
  terms.most_a_second = how.errors.max_per_second;
  return std::make_unique<ingress::error_bodies>(std::move(**key), std::move(terms), system_clock());
}

pipeline::settings pipeline_settings_of(config::settings const& how) {
  pipeline::settings pool;
  pool.threads =
      how.process.crypto_threads != 0 ? how.process.crypto_threads : std::max(1U, std::thread::hardware_concurrency());
  return pool;
}

localapi::settings api_settings_of(config::settings const& how) {
  localapi::settings api;
  api.max_streams = how.api.max_streams;
  api.max_body_bytes = how.api.max_body_bytes;
  api.behind_after = how.events.behind_after;
  return api;
}

} // namespace

// In the order in which they are made; each may refer to those above it.
struct daemon::parts {
  parts(config::settings const& settings, service_manager& service, ops::log& sink)
      : how(settings), manager(service), log(sink), io(static_cast<int>(settings.process.io_threads)),
        control(asio::make_strand(io)), signals(control), store(open_store(settings, sink, metrics)),
        ring(load_ring(settings)), kept_keys(read_kept_key_sets(*store, settings)), fetcher(fetcher_of(settings)),
        hub_keys(io.get_executor(), hub_origin_of(settings, kept_keys), refresh_settings_of(settings), fetcher,
                 system_clock(), sink, {.arrived = [](std::string const&) {}, .keep = keeper(store::key_role::hub)}),
        issuer_keys(io.get_executor(), issuer_origins_of(settings, kept_keys), refresh_settings_of(settings), fetcher,
                    system_clock(), sink,
                    {.arrived = [this](std::string const& issuer) { release_waiting(issuer); },
                     .keep = keeper(store::key_role::issuer)}),
        processor(io.get_executor(), *store, {ring, issuer_keys, config::event_policy_of(settings)}, sink, metrics,
                  pipeline_settings_of(settings)),
        outcomes(*store, outcome_terms_of(settings)), error_bodies(error_bodies_of(settings)),
        webhook(
            ingress_settings_of(settings), config::bearer_policy_of(settings), hub_keys,
            [this](std::chrono::milliseconds patience) { return ask_for_hub_keys(patience); }, *store, answering(),
            system_clock(), sink, metrics),
        api(*store, system_clock(), sink, api_settings_of(settings), [this] { return facts(); }),
        operations(metrics, [this] { return conditions(); }), lapse_alarm(control), watchdog_alarm(control) {
    metrics.add(ops::metrics::reading::counter, "consentd_log_lines_dropped_total",
                "Log lines dropped because their reader was slow",
                [this] { return static_cast<double>(log.dropped()); });
    store->on_ready([this] { processor.arrived(); });
    if (answering().verdicts != nullptr) {
      store->on_outcome([this](std::vector<std::int64_t> const& deliveries) { outcomes.settled(deliveries); });
    }
    open_listeners();
  }

  ingress::answering answering() noexcept {
    bool const verified = how.hub.acknowledge == config::acknowledgement::verified;
    return {.verdicts = verified ? &outcomes : nullptr, .errors = error_bodies.get()};
  }
  void open_listeners();
  // What the listeners of one kind have in common.
  struct listening {
    std::string_view serves;
    std::string key; // of the setting
    net::bound_socket::unix_options access{};
    std::shared_ptr<net::tls_context> tls{}; // not used on Unix sockets
    net::limits bounds{};
    net::proxy_protocol proxy = net::proxy_protocol::off;
  };
  std::unique_ptr<net::listener> open_listener(config::endpoint const& where, listening const& as,
                                               net::handler& handler);
  localapi::daemon_facts facts() const;
  std::vector<ops::condition> conditions() const;
  void release_waiting(std::string const& issuer);
  asio::awaitable<ingress::asked> ask_for_hub_keys(std::chrono::milliseconds patience);
  std::function<void(std::string const&, hub::published_set const&)> keeper(store::key_role role);
  void start();
  asio::awaitable<void> serve();
  asio::awaitable<void> stop();
  asio::awaitable<void> watch_expiry();
  asio::awaitable<void> feed_watchdog(std::chrono::microseconds interval);

  config::settings const& how;
  service_manager& manager;
  ops::log& log;
  timestamp const started = system_clock().now();
  ops::metrics metrics{CONSENTD_VERSION, started};
  asio::io_context io;
  // Signals, timers, order of start and stop: one coroutine at a time.
  asio::strand<asio::io_context::executor_type> control;
  asio::signal_set signals;
  std::unique_ptr<store::event_store> store;
  jose::key_ring ring;
  std::vector<store::kept_key_set> kept_keys;
  hub::fetcher fetcher;
  hub::issuer_keys hub_keys;
  hub::issuer_keys issuer_keys;
  pipeline::processor processor;
  ingress::outcomes outcomes;
  std::unique_ptr<ingress::error_bodies> error_bodies; // null: error answers have none
  ingress::webhook webhook;
  localapi::api api;
  ops::operations operations;
  asio::steady_timer lapse_alarm;
  asio::steady_timer watchdog_alarm;
  std::unique_ptr<net::listener> api_listener;
  std::unique_ptr<net::listener> operations_listener;
  std::vector<std::unique_ptr<net::listener>> hub_listeners;
  std::atomic<bool> stopping{false};
};

void daemon::parts::open_listeners() {
  api_listener = open_listener(how.api.socket,
                               {.serves = "api",
                                .key = "api.socket",
                                .access = {.mode = how.api.mode, .group = how.api.group},
                                .bounds = api_limits_of(how)},
                               api);
  if (how.operations.listen) {
    operations_listener =
        open_listener(*how.operations.listen,
                      {.serves = "operations", .key = "operations.listen", .bounds = operations_limits()}, operations);
  }
  listening hub{.serves = "hub",
                .key = "hub.listen",
                .access = {.mode = how.hub.socket_mode, .group = how.hub.socket_group},
                .tls = hub_tls_of(how),
                .bounds = hub_limits_of(how)};
  for (auto const& where : how.hub.listen) {
    hub_listeners.push_back(open_listener(where, hub, webhook));
  }
  hub.key = "hub.listen_proxied";
  hub.proxy = net::proxy_protocol::required;
  for (auto const& where : how.hub.listen_proxied) {
    hub_listeners.push_back(open_listener(where, hub, webhook));
  }
}

std::unique_ptr<net::listener> daemon::parts::open_listener(config::endpoint const& where, listening const& as,
                                                            net::handler& handler) {
  auto socket = open_socket(where, as.access, as.key, how, manager);
  auto tls = socket.is_unix() ? nullptr : as.tls;
  log.write(severity::info, "listening",
            {{"for", std::string(as.serves)}, {"at", socket.name()}, {"tls", tls ? "yes" : "no"}});
  return net::listener::make(io.get_executor(), std::move(socket), std::move(tls), as.bounds, handler, log, as.proxy);
}

localapi::daemon_facts daemon::parts::facts() const {
  localapi::daemon_facts all{.version = CONSENTD_VERSION, .started = started, .keys = {}};
  for (auto const& kid : ring.kids()) {
    all.keys.push_back({.kind = "decryption", .name = kid, .not_after = std::nullopt});
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
  return {{"serving", !stopping, stopping ? "stopping" : "accepting deliveries"},
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
      }(this, issuer),
      asio::detached);
}

asio::awaitable<ingress::asked> daemon::parts::ask_for_hub_keys(std::chrono::milliseconds patience) {
  auto issuer = how.bearer.issuer;
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
  api_listener->start();
  if (operations_listener) {
    operations_listener->start();
  }
  processor.start();
  asio::co_spawn(control, watch_expiry(), asio::detached);
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
  if (how.bearer.mode != config::bearer_mode::required) {
    log.write(severity::warning, "authorization tokens are not required: only certificates and addresses say who sends",
              {});
  }
  manager.ready("accepting deliveries");
  log.write(severity::info, "ready", {{"version", CONSENTD_VERSION}});
  int number = co_await signals.async_wait(asio::use_awaitable);
  while (number == SIGHUP) {
    log.write(severity::warning, "settings and keys are read at the start alone: restart to change them", {});
    number = co_await signals.async_wait(asio::use_awaitable);
  }
  log.write(severity::info, "stopping", {{"signal", number == SIGTERM ? "SIGTERM" : "SIGINT"}});
  manager.stopping();
  co_await stop();
}

asio::awaitable<void> daemon::parts::stop() {
  stopping = true;
  // What hangs beyond every limit of its own is ended here: the store survives that, as it survives a power cut.
  std::thread([allowed = how.process.drain + grace, &sink = log] {
    std::this_thread::sleep_for(allowed);
    sink.write(severity::error, "not stopped in time", {});
    std::_Exit(exit_failure);
  }).detach();
  for (auto& each : hub_listeners) {
    co_await each->stop(how.process.drain);
  }
  lapse_alarm.cancel();
  watchdog_alarm.cancel();
  co_await processor.stop();
  co_await hub_keys.stop();
  co_await issuer_keys.stop();
  co_await api_listener->stop(std::chrono::seconds(1));
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
    // Through the store: a daemon that can no longer read it is as good as dead.
    if (auto const counted = co_await store->count(); counted) {
      manager.alive();
    }
    watchdog_alarm.expires_after(interval);
    boost::system::error_code cancelled;
    co_await watchdog_alarm.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
  }
}

daemon::daemon(config::settings const& how, service_manager& manager, ops::log& log)
    : parts_(std::make_unique<parts>(how, manager, log)) {
}

daemon::~daemon() = default;

void daemon::run() {
  auto& io = parts_->io;
  asio::co_spawn(parts_->control, parts_->serve(), [](std::exception_ptr const& thrown) {
    if (thrown) {
      std::rethrow_exception(thrown);
    }
  });
  std::vector<std::thread> others;
  for (unsigned count = 1; count < parts_->how.process.io_threads; ++count) {
    others.emplace_back([&io] { io.run(); });
  }
  io.run();
  for (auto& other : others) {
    other.join();
  }
  parts_->log.write(severity::info, "stopped", {});
}

} // namespace consentd::app
