// Why the daemon did not come up.
#ifndef CONSENTD_APP_FAILED_START_HPP
#define CONSENTD_APP_FAILED_START_HPP

#include <stdexcept>
#include <string>

namespace consentd::app {

// sysexits(3): a configuration that cannot be used; systemd is told not to try again (RestartPreventExitStatus=).
inline constexpr int exit_configuration = 78;
inline constexpr int exit_usage = 64;
inline constexpr int exit_failure = 1;

// One line for the operator: the file, the key, and the mend.
class failed_start : public std::runtime_error {
public:
  failed_start(int exit_status, std::string const& line) : std::runtime_error(line), exit_status_(exit_status) {}
  int exit_status() const noexcept { return exit_status_; }

private:
  int exit_status_;
};

} // namespace consentd::app

#endif
