// What arguments may be, as far as it can be told without asking the daemon.
#ifndef CONSENTD_TOOLS_CONSENTCTL_ARGUMENTS_HPP
#define CONSENTD_TOOLS_CONSENTCTL_ARGUMENTS_HPP

#include <CLI/CLI.hpp>

namespace consentd::consentctl {

// Their words stand in the help.
CLI::Validator consent_status();
CLI::Validator terminal_status();
CLI::Validator consent_kind();
CLI::Validator resource_family();
// A consent's or a resource's: too many words for the help.
CLI::Validator any_status();
CLI::Validator reason_name();
// A place of the journal, or "latest".
CLI::Validator starting_place();
// A whole number from 1 to 1000.
CLI::Validator page_limit();

// An empty argument is a shell variable that was not set: as an id it would name a list, and as a filter keep nothing
// out. For every argument of `all` and its commands, once they have been added.
void refuse_empty_arguments(CLI::App& all);

} // namespace consentd::consentctl

#endif
