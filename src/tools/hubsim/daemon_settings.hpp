// consentd.toml for a local set-up.
#ifndef CONSENTD_TOOLS_HUBSIM_DAEMON_SETTINGS_HPP
#define CONSENTD_TOOLS_HUBSIM_DAEMON_SETTINGS_HPP

#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/setup.hpp"

#include <string>

namespace consentd::hubsim {

// Paths are relative to the file's folder. Every text of `how` must be free of quotes and control characters
// (make_setup checks).
std::string daemon_settings(deployment const& of, setup_options const& how);

} // namespace consentd::hubsim

#endif
