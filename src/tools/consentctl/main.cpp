// consentctl: the operator's tool. Talks to the daemon's socket; `inspect` works offline.
#include "tools/consentctl/commands.hpp"

#include <exception>
#include <iostream>

namespace consentd::consentctl {

namespace {

int run_command(int argc, char** argv) {
  CLI::App application("Looks into a running consentd, and inspects tokens offline.", "consentctl");
  application.require_subcommand(1);
  application.fallthrough();
  context with;
  application.add_option("--socket", with.socket, "The daemon's Unix socket")
      ->envname("CONSENTD_SOCKET")
      ->capture_default_str();
  application.add_flag("--json", with.json, "Print JSON");
  chosen run;
  add_status(application, with, run);
  add_reload(application, with, run);
  add_consents(application, with, run);
  add_resources(application, with, run);
  add_events(application, with, run);
  add_consumers(application, with, run);
  add_quarantine(application, with, run);
  add_operations(application, with, run);
  add_explain(application, with, run);
  add_deliveries(application, with, run);
  add_evidence(application, with, run);
  add_inspect(application, with, run);
  try {
    application.parse(argc, argv);
  } catch (CLI::ParseError const& wrong) {
    // --help comes this way, too, with a status of 0.
    return application.exit(wrong) == 0 ? exit_fine : exit_usage;
  }
  return run();
}

} // namespace

} // namespace consentd::consentctl

int main(int argc, char** argv) {
  try {
    return consentd::consentctl::run_command(argc, argv);
  } catch (std::exception const& bug) {
    return consentd::consentctl::complain(bug.what(), consentd::consentctl::exit_failed);
  }
}
