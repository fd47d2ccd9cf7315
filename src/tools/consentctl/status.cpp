#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/table.hpp"
#include "tools/consentctl/terminal.hpp"

#include <sstream>

namespace consentd::consentctl {

namespace {

shown show_status(json::value const& body) {
  auto const part = [&](std::string_view object, std::string_view name) {
    auto const found = body.find(object);
    return printable(found ? text_of(*found, name) : "-");
  };
  auto const whole = [&](std::string_view name) { return printable(text_of(body, name)); };
  std::ostringstream out;
  out << "version      " << whole("version") << "\n"
      << "started      " << whole("startedAt") << " (" << whole("uptimeSeconds") << " s ago)\n"
      << "journal      " << part("journal", "place") << "\n"
      << "inbox        " << part("inbox", "pending") << " pending, " << part("inbox", "waitingForConsent")
      << " waiting for a consent, " << part("inbox", "waitingForKeys") << " waiting for keys\n"
      << "behind       " << part("inbox", "behind") << " (oldest pending: " << part("inbox", "oldestPendingAt") << ")\n"
      << "consents     " << whole("consents") << "\n"
      << "quarantined  " << whole("quarantined") << "\n"
      << "database     " << whole("databaseBytes") << " bytes\n"
      << "streams      " << part("streams", "open") << " of " << part("streams", "limit") << "\n";
  table keys({"KEY", "NAME", "ENDS"});
  for_each(body, "keys", [&](json::value const& key) {
    keys.add({text_of(key, "kind"), text_of(key, "name"), text_of(key, "notAfter")});
  });
  if (auto const text = keys.text(output_columns()); !text.empty()) {
    out << "\n" << text;
  }
  return {out.str()};
}

} // namespace

void add_status(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("status", "How the daemon is doing");
  command->callback([&] { run = [&with] { return get(with, "/v1/status", show_status); }; });
}

} // namespace consentd::consentctl
