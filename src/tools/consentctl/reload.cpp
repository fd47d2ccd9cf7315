#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/terminal.hpp"

namespace consentd::consentctl {

namespace {

shown show_reload(json::value const& body) {
  auto const later = text_of(body, "needsRestart");
  shown out{"the settings were read again and count now\n"};
  if (later != "-") {
    out.note = "count from the next start on: " + later;
  }
  return out;
}

} // namespace

void add_reload(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("reload", "Have the settings and all keys that they name read again");
  command->callback([&] {
    run = [&with] { return finish(with, client::request{.method = "POST", .target = "/v1/reload"}, show_reload); };
  });
}

} // namespace consentd::consentctl
