// consentd: receives consent events of the API Hub. See README.md.
#include "app/daemon.hpp"
#include "app/failed_start.hpp"
#include "app/provisions.hpp"
#include "app/service_manager.hpp"
#include "base/time.hpp"
#include "config/load.hpp"
#include "ops/log.hpp"

#include <CLI/CLI.hpp>

#include <exception>
#include <iostream>
#include <string>

namespace {

using namespace consentd;

config::settings load_settings(std::string const& path) {
  auto loaded = config::load(path);
  if (!loaded) {
    for (auto const& problem : loaded.error()) {
      std::cerr << config::describe(problem) << '\n';
    }
    throw app::failed_start(app::exit_configuration,
                            path + ": " + std::to_string(loaded.error().size()) + " to mend; see above");
  }
  return std::move(*loaded);
}

ops::log_options log_options_of(config::log_settings const& how) {
  ops::log_options options;
  options.least = how.level;
  if (how.format == config::log_format::json) {
    options.format = ops::log_format::json;
  } else if (ops::leads_to_journal(options.fd)) {
    options.format = ops::log_format::journal;
  }
  return options;
}

int run(std::string const& path, bool check_only) {
  auto how = load_settings(path);
  auto const logging = log_options_of(how.log);
  auto first = app::read_provisions(std::move(how));
  if (check_only) {
    std::cout << path << ": fine\n";
    return 0;
  }
  app::service_manager manager;
  ops::log log(logging, system_clock());
  app::daemon consentd(std::move(first), manager, log);
  consentd.run();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::string path = "/etc/consentd/consentd.toml";
  bool check_only = false;
  CLI::App arguments("Receives consent events of the API Hub and tells the services that depend on them");
  arguments.add_option("--config", path, "settings file")->capture_default_str();
  arguments.add_flag("--check-config", check_only, "say what is wrong with the settings, and end");
  arguments.set_version_flag("--version", "consentd " CONSENTD_VERSION);
  try {
    arguments.parse(argc, argv);
  } catch (CLI::ParseError const& wrong) {
    return arguments.exit(wrong) == 0 ? 0 : app::exit_usage;
  }
  try {
    return run(path, check_only);
  } catch (app::failed_start const& failed) {
    std::cerr << "consentd: " << failed.what() << '\n';
    return failed.exit_status();
  } catch (std::exception const& failed) {
    std::cerr << "consentd: " << failed.what() << '\n';
    return app::exit_failure;
  }
}
