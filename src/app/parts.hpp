// What the daemon is made of; for the sources of this folder.
#ifndef CONSENTD_APP_PARTS_HPP
#define CONSENTD_APP_PARTS_HPP

#include "app/daemon.hpp"
#include "app/key_calendar.hpp"
#include "app/key_uses.hpp"
#include "app/provisions.hpp"
#include "base/current.hpp"
#include "base/time.hpp"
#include "hub/issuer_keys.hpp"
#include "ingress/error_bodies.hpp"
#include "ingress/outcomes.hpp"
#include "ingress/webhook.hpp"
#include "localapi/api.hpp"
#include "net/listener.hpp"
#include "ops/metrics.hpp"
#include "ops/operations.hpp"
#include "pipeline/processor.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::app {

// In the order in which they are made; each may refer to those above it.
struct daemon::parts {
  parts(provisions first, service_manager& service, ops::log& sink);

  // daemon.cpp
  ingress::answering answering() noexcept;
  pipeline::trust trust_of(config::settings const& by, std::shared_ptr<jose::key_ring const> keys);
  hub::key_origins with_kept(hub::key_origins origins, store::key_role role) const;
  void add_metrics();
  std::vector<ops::metrics::labelled> decryptions() const;
  std::vector<ops::metrics::labelled> ends() const;
  std::vector<ops::metrics::labelled> consumer_lags() const;
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
  std::unique_ptr<net::listener> open_listener(boost::asio::io_context& on, config::endpoint const& where,
                                               listening const& as, net::handler& handler);
  localapi::daemon_facts facts() const;
  std::vector<ops::condition> conditions() const;
  void release_waiting(std::string const& issuer);
  boost::asio::awaitable<ingress::asked> ask_for_hub_keys(std::chrono::milliseconds patience);
  std::function<void(std::string const&, hub::published_set const&)> keeper(store::key_role role);
  void start();
  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<void> stop();
  boost::asio::awaitable<void> watch_expiry();
  boost::asio::awaitable<void> feed_watchdog(std::chrono::microseconds interval);

  // reload.cpp
  boost::asio::awaitable<localapi::reload_report> reload();
  boost::asio::awaitable<localapi::reload_report> reload_when_asked();
  boost::asio::awaitable<void> take_over(provisions next);
  void tell_of_weak_settings(config::settings const& of);
  boost::asio::awaitable<void> watch_calendar();
  void tell_of_ends();
  void retry_what_lacks_no_more(jose::key_ring const& keys, config::settings const& by);
  void retry_what_lacked(store::remedy has_come);
  boost::asio::awaitable<void> retry_all(store::remedy what);

  config::settings const began_with;
  current<config::settings> how; // as last read
  current<std::vector<dated>> calendar;
  service_manager& manager;
  ops::log& log;
  timestamp const started = system_clock().now();
  ops::metrics metrics{CONSENTD_VERSION, started};
  key_uses uses;
  boost::asio::io_context io;
  // The local API has threads of its own: telling a thousand subscribers must not make the Hub wait.
  boost::asio::io_context local_io;
  // Signals, timers, order of start and stop, reloads: one coroutine at a time.
  boost::asio::strand<boost::asio::io_context::executor_type> control;
  boost::asio::signal_set signals;
  std::unique_ptr<store::event_store> store;
  std::shared_ptr<jose::key_ring const> ring; // on the control strand
  std::shared_ptr<net::tls_context> tls;
  hub::issuer_keys hub_keys;
  hub::issuer_keys issuer_keys;
  pipeline::processor processor;
  ingress::outcomes outcomes;
  ingress::error_bodies error_bodies;
  ingress::webhook webhook;
  localapi::api api;
  ops::operations operations;
  boost::asio::steady_timer lapse_alarm;
  boost::asio::steady_timer watchdog_alarm;
  boost::asio::steady_timer calendar_alarm;
  end_watch ending;                                   // on the control strand
  std::vector<std::unique_ptr<localapi::door>> doors; // of the listeners, in their order
  std::vector<std::unique_ptr<net::listener>> api_listeners;
  std::unique_ptr<net::listener> operations_listener;
  std::vector<std::unique_ptr<net::listener>> hub_listeners;
  std::atomic<bool> stopping{false};
  std::atomic<bool> reload_failed{false};
  bool reloading = false;                  // on the control strand
  boost::asio::thread_pool file_reader{1}; // of settings and keys: files would block an I/O thread
};

} // namespace consentd::app

#endif
