#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/terminal.hpp"

#include <memory>

namespace consentd::consentctl {

namespace {

shown show_quarantine_list(json::value const& body) {
  table rows({"DELIVERY", "REASON", "RECEIVED", "ISSUER (CLAIMED)", "CONSENT (CLAIMED)", "INTERACTION", "DETAIL"});
  for_each(body, "quarantine", [&](json::value const& one) {
    rows.add({text_of(one, "deliveryId"), text_of(one, "reason"), text_of(one, "receivedAt"),
              text_of(one, "claimedIssuer"), text_of(one, "claimedConsentId"), text_of(one, "interactionId"),
              text_of(one, "detail")});
  });
  return {rows.text(), hint_of_more(body)};
}

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

void add_list(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("list", "Newest first");
  auto why = std::make_shared<std::string>();
  auto limit = std::make_shared<std::string>();
  auto cursor = std::make_shared<std::string>();
  command->add_option("--reason", *why, "Only this reason, such as issuer-mismatch");
  command->add_option("--limit", *limit, "At most so many, up to 1000");
  command->add_option("--cursor", *cursor, "Go on where the page before ended");
  command->callback([&run, &with, why, limit, cursor] {
    run = [&with, why, limit, cursor] {
      return get(with, make_target("/v1/quarantine", {{"reason", *why}, {"limit", *limit}, {"cursor", *cursor}}),
                 show_quarantine_list);
    };
  });
}

void add_show(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("show", "One delivery; --json has its body, as it came");
  auto id = std::make_shared<std::string>();
  command->add_option("delivery", *id, "The delivery's number")->required();
  command->callback([&run, &with, id] {
    run = [&with, id] { return get(with, "/v1/quarantine/" + client::percent_encode(*id), show_members); };
  });
}

} // namespace

void add_quarantine(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("quarantine", "What was not accepted, and why");
  group->require_subcommand(1);
  add_list(*group, with, run);
  add_show(*group, with, run);
}

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
      return get(with, make_target("/v1/deliveries", {{"interaction_id", *interaction}}), show_deliveries);
    };
  });
}

} // namespace consentd::consentctl
