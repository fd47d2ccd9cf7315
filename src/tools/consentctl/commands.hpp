// The commands that talk to the daemon. Each adds itself to the command line; what was chosen sets `run`.
#ifndef CONSENTD_TOOLS_CONSENTCTL_COMMANDS_HPP
#define CONSENTD_TOOLS_CONSENTCTL_COMMANDS_HPP

#include "tools/consentctl/call.hpp"

#include <CLI/CLI.hpp>

#include <functional>

namespace consentd::consentctl {

// The command that the command line named; its value is the exit status.
using chosen = std::function<int()>;

// Application, context and `run` outlive the parsing and the run.
void add_status(CLI::App& to, context& with, chosen& run);
void add_reload(CLI::App& to, context& with, chosen& run);
void add_consents(CLI::App& to, context& with, chosen& run);
void add_consumers(CLI::App& to, context& with, chosen& run);
void add_explain(CLI::App& to, context& with, chosen& run);
void add_resources(CLI::App& to, context& with, chosen& run);
void add_events(CLI::App& to, context& with, chosen& run);
void add_quarantine(CLI::App& to, context& with, chosen& run);
void add_operations(CLI::App& to, context& with, chosen& run);
void add_evidence(CLI::App& to, context& with, chosen& run);
void add_deliveries(CLI::App& to, context& with, chosen& run);
// Offline: talks to nobody.
void add_inspect(CLI::App& to, context& with, chosen& run);

} // namespace consentd::consentctl

#endif
