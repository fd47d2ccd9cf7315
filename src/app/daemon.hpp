// The composition of the daemon: what is made in which order, and ended in the reverse one.
#ifndef CONSENTD_APP_DAEMON_HPP
#define CONSENTD_APP_DAEMON_HPP

#include "app/provisions.hpp"
#include "app/service_manager.hpp"
#include "ops/log.hpp"

#include <memory>

namespace consentd::app {

class daemon {
public:
  // Opens the store, binds sockets. Throws failed_start; nothing is left half-started. `manager` and `log` must outlive
  // it.
  daemon(provisions first, service_manager& manager, ops::log& log);
  ~daemon();
  daemon(daemon const&) = delete;
  daemon& operator=(daemon const&) = delete;

  // Serves until SIGTERM or SIGINT, then stops in order within `process.drain_seconds`. SIGHUP and POST /v1/reload have
  // the settings and everything that they name read again.
  void run();

private:
  struct parts;
  std::unique_ptr<parts> parts_;
};

} // namespace consentd::app

#endif
