#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/terminal.hpp"

#include <memory>

namespace consentd::consentctl {

namespace {

shown show_members(json::value const& body) {
  return {list_members(body)};
}

shown show_deliveries(json::value const& body) {
  std::string text;
  for_each(body, "deliveries", [&](json::value const& one) { text += (text.empty() ? "" : "\n") + list_members(one); });
  if (text.empty()) {
    return {{}, "no delivery of this interaction id is known", exit_failed};
  }
  return {text};
}

} // namespace

void add_deliveries(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("deliveries", "What became of deliveries");
  auto interaction = std::make_shared<std::string>();
  auto number = std::make_shared<std::string>();
  auto* const how = command->add_option_group("which");
  how->add_option("--interaction-id", *interaction, "x-fapi-interaction-id of the deliveries");
  how->add_option("--id", *number, "The delivery's number");
  how->require_option(1);
  command->callback([&run, &with, interaction, number] {
    run = [&with, interaction, number] {
      if (!number->empty()) {
        return get(with, "/v1/deliveries/" + client::percent_encode(*number), show_members);
      }
      return get(with, client::make_target("/v1/deliveries", {{"interaction_id", *interaction}}), show_deliveries);
    };
  });
}

void add_evidence(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand(
      "evidence", "The signed original of a delivery, as JSON: to be kept, and verified by inspect --evidence");
  auto number = std::make_shared<std::string>();
  command->add_option("delivery", *number, "The delivery's number")->required();
  command->callback([&run, &with, number] {
    run = [&with, number] {
      context as_json = with;
      as_json.json = true; // it is meant for a file
      return get(as_json, "/v1/deliveries/" + client::percent_encode(*number) + "/evidence",
                 [](json::value const&) { return shown{}; });
    };
  });
}

} // namespace consentd::consentctl
