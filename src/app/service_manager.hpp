// What passes between the daemon and systemd: readiness, watchdog, sockets handed over (sd_notify(3),
// sd_listen_fds(3)).
#ifndef CONSENTD_APP_SERVICE_MANAGER_HPP
#define CONSENTD_APP_SERVICE_MANAGER_HPP

#include "base/result.hpp"
#include "net/listener.hpp"

#include <chrono>
#include <map>
#include <optional>
#include <string>

namespace consentd::app {

// Does nothing, successfully, where no service manager asked for it.
class service_manager {
public:
  // Takes over the descriptors of this process's environment, and clears them from it. Once, before any thread is
  // started.
  service_manager();
  ~service_manager(); // closes what nobody took

  // The socket handed over under that FileDescriptorName=; bad_setting when there is none, or it is no listening
  // socket.
  result<net::bound_socket> take_socket(std::string const& name);

  void ready(std::string const& status) const noexcept;
  // The start goes on and may take so much longer, from now, whatever the unit allows.
  void starting(std::chrono::microseconds for_another) const noexcept;
  // Settings are being read again, until ready() is called.
  void reloading() const noexcept;
  void stopping() const noexcept;
  void alive() const noexcept;

  // How often alive() must be called, with half the time to spare; nothing when no watchdog is set.
  std::optional<std::chrono::microseconds> watchdog_interval() const noexcept;

private:
  std::multimap<std::string, int> sockets_;
};

} // namespace consentd::app

#endif
