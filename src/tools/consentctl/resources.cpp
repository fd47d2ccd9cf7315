#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"

#include <memory>

namespace consentd::consentctl {

namespace {

struct resource_options {
  std::string family;
  std::string id;
  std::string issuer;
};

} // namespace

void add_resources(CLI::App& to, context& with, chosen& run) {
  auto* const resources = to.add_subcommand("resources", "Payments, quotes and account openings");
  resources->require_subcommand(1);
  auto* const command = resources->add_subcommand("get", "One's current state; --json has the resource, as it came");
  auto const asked = std::make_shared<resource_options>();
  command->add_option("family", asked->family, "What it is")->required()->check(resource_family());
  command->add_option("id", asked->id, "The LFI's id of it")->required();
  command->add_option("--issuer", asked->issuer, "Whose it is: two issuers may give the same id")->required();
  command->callback([&run, &with, asked] {
    run = [&with, asked] {
      auto const path =
          "/v1/resources/" + client::percent_encode(asked->family) + "/" + client::percent_encode(asked->id);
      return get(with, client::make_target(path, {{"issuer", asked->issuer}}),
                 [](json::value const& body) { return shown{list_members(body)}; });
    };
  });
}

} // namespace consentd::consentctl
