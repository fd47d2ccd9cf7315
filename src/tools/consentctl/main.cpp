// consentctl: the operator's tool. Talks to the daemon's socket; `inspect` works offline.
#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/usage.hpp"

#include <exception>

namespace consentd::consentctl {

namespace {

int run_command(int argc, char** argv) {
  CLI::App application("Looks into a running consentd, and inspects tokens offline.", "consentctl");
  application.require_subcommand(1);
  application.fallthrough();
  application.set_version_flag("--version", "consentctl " CONSENTD_VERSION, "Print the version, and end");
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
  refuse_empty_arguments(application);
  try {
    application.parse(argc, argv);
  } catch (CLI::ParseError const& wrong) {
    return answer_usage(application, wrong);
  }
  auto const status = run();
  return all_printed() ? status : exit_output;
}

} // namespace

} // namespace consentd::consentctl

int main(int argc, char** argv) {
  consentd::consentctl::occupy_standard_descriptors();
  try {
    return consentd::consentctl::run_command(argc, argv);
  } catch (std::exception const& bug) {
    return consentd::consentctl::complain(bug.what(), consentd::consentctl::exit_failed);
  }
}
