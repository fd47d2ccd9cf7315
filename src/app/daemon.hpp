// The composition of the daemon: what is made in which order, and ended in the reverse one.
#ifndef CONSENTD_APP_DAEMON_HPP
#define CONSENTD_APP_DAEMON_HPP

#include "app/service_manager.hpp"
#include "config/settings.hpp"
#include "ops/log.hpp"

#include <memory>

namespace consentd::app {

class daemon {
public:
  // Opens the store, loads keys, binds sockets. Throws failed_start; nothing is left half-started. `manager` and `log`
  // must outlive it.
  daemon(config::settings const& how, service_manager& manager, ops::log& log);
  ~daemon();
  daemon(daemon const&) = delete;
  daemon& operator=(daemon const&) = delete;

  // Serves until SIGTERM or SIGINT, then stops in order within `process.drain_seconds`.
  void run();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace consentd::app

#endif
