// Command lines that cannot be followed.
#ifndef CONSENTD_TOOLS_CONSENTCTL_USAGE_HPP
#define CONSENTD_TOOLS_CONSENTCTL_USAGE_HPP

#include <CLI/CLI.hpp>

namespace consentd::consentctl {

// Says what is wrong in a line on standard error, with the command that was probably meant; or prints the help or the
// version, which are asked for this way. The exit status.
int answer_usage(CLI::App const& application, CLI::ParseError const& wrong);

} // namespace consentd::consentctl

#endif
