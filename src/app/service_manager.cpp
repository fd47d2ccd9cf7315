#include "app/service_manager.hpp"

#include <systemd/sd-daemon.h>

#include <cinttypes>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

namespace consentd::app {

service_manager::service_manager() {
  char** names = nullptr;
  int const count = sd_listen_fds_with_names(1, &names);
  for (int at = 0; at < count; ++at) {
    sockets_.emplace(names != nullptr && names[at] != nullptr ? names[at] : "unknown", SD_LISTEN_FDS_START + at);
    if (names != nullptr) {
      std::free(names[at]); // NOLINT(cppcoreguidelines-no-malloc): sd_listen_fds_with_names() allocates so
    }
  }
  std::free(static_cast<void*>(names)); // NOLINT(cppcoreguidelines-no-malloc)
}

service_manager::~service_manager() {
  for (auto const& [name, fd] : sockets_) {
    ::close(fd);
  }
}

result<net::bound_socket> service_manager::take_socket(std::string const& name) {
  auto const found = sockets_.find(name);
  if (found == sockets_.end()) {
    return failure{reason::bad_setting, "systemd handed over no socket named " + name +
                                            ": start through a .socket unit with FileDescriptorName=" + name};
  }
  auto adopted = net::bound_socket::adopt(found->second);
  sockets_.erase(found);
  return adopted;
}

void service_manager::ready(std::string const& status) const noexcept {
  sd_notifyf(0, "READY=1\nSTATUS=%s", status.c_str());
}

void service_manager::starting(std::chrono::microseconds for_another) const noexcept {
  sd_notifyf(0, "STATUS=bringing the database up to date\nEXTEND_TIMEOUT_USEC=%" PRIi64,
             std::int64_t{for_another.count()});
}

void service_manager::reloading() const noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  auto const microseconds =
      std::uint64_t{1000000} * static_cast<std::uint64_t>(now.tv_sec) + static_cast<std::uint64_t>(now.tv_nsec) / 1000;
  sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%" PRIu64, microseconds);
}

void service_manager::stopping() const noexcept {
  sd_notify(0, "STOPPING=1");
}

void service_manager::alive() const noexcept {
  sd_notify(0, "WATCHDOG=1");
}

std::optional<std::chrono::microseconds> service_manager::watchdog_interval() const noexcept {
  std::uint64_t microseconds = 0;
  if (sd_watchdog_enabled(0, &microseconds) <= 0) {
    return std::nullopt;
  }
  return std::chrono::microseconds(microseconds / 2);
}

} // namespace consentd::app
