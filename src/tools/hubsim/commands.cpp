#include "tools/hubsim/commands.hpp"

#include "tools/hubsim/campaign.hpp"
#include "tools/hubsim/rotation.hpp"
#include "tools/hubsim/serve.hpp"
#include "tools/hubsim/setup.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <map>
#include <memory>

namespace consentd::hubsim {

namespace {

int report(result<void> const& done) {
  if (done) {
    return 0;
  }
  std::cerr << "consent-hubsim: " << done.error().detail << '\n';
  return 1;
}

void add_folder(CLI::App& command, std::string& folder) {
  command.add_option("DIR", folder, "The set-up's folder")->required();
}

} // namespace

void add_init(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("init", "Make everything for a working local set-up");
  auto const folder = std::make_shared<std::string>();
  auto const how = std::make_shared<setup_options>();
  add_folder(*command, *folder);
  command->add_option("--listen", how->listen, "consentd's webhook")->capture_default_str();
  command->add_option("--hub-listen", how->hub_listen, "This simulator's HTTPS")->capture_default_str();
  command->add_option("--operations", how->operations, "consentd's metrics and health")->capture_default_str();
  command->add_option("--lfi", how->issuers, "How many LFI issuers")->capture_default_str()->check(CLI::Range(3, 64));
  command->add_option("--encryption-keys", how->encryption_keys, "How many encryption keys of the TPP")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
  command->add_option("--audience", how->audience, "The TPP's client id")->capture_default_str();
  command->add_option("--unknown-consents", how->unknown_consents, "What consentd does with consents nobody announced")
      ->capture_default_str()
      ->check(CLI::IsMember({"hold", "bind"}));
  std::map<std::string, key_transport> const transports{
      {"mixed", key_transport::mixed}, {"file", key_transport::file}, {"url", key_transport::url}};
  command->add_option("--jwks", how->jwks, "Where consentd gets keys from; mixed: the first LFI's from a file")
      ->transform(CLI::CheckedTransformer(transports));
  command->add_flag("--force", how->force, "Replace an earlier set-up and its keys");
  command->callback([=, &status] {
    auto const done = make_setup(*folder, *how, system_clock().now());
    status = report(done);
    if (done) {
      std::cout << "hubsim: made " << *folder << "; start `consent-hubsim serve " << *folder
                << "` and `consentd --config " << *folder << "/consentd.toml`\n";
    }
  });
}

void add_serve(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("serve", "Serve discovery documents and JWK sets over HTTPS");
  auto const folder = std::make_shared<std::string>();
  add_folder(*command, *folder);
  command->callback([=, &status] {
    auto const by = load_deployment(*folder);
    status = report(by ? run_serve(*by, std::cout) : result<void>(by.error()));
  });
}

void add_rotate(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("rotate", "Sign as an issuer, or as the Hub, with a new key from now on");
  auto const folder = std::make_shared<std::string>();
  auto const name = std::make_shared<std::string>();
  auto const how = std::make_shared<publication>(publication::both);
  add_folder(*command, *folder);
  command->add_option("ISSUER", *name, "Name or id, or hub")->required();
  std::map<std::string, publication> const ways{
      {"both", publication::both}, {"alone", publication::alone}, {"none", publication::none}};
  command->add_option("--publish", *how, "both: beside the old keys; alone: in their place; none: nowhere")
      ->transform(CLI::CheckedTransformer(ways));
  command->callback([=, &status] {
    auto const by = load_deployment(*folder);
    auto const kid = by ? rotate(*by, *name, *how) : result<std::string>(by.error());
    status = report(kid ? result<void>() : result<void>(kid.error()));
    if (kid) {
      std::cout << *kid << '\n';
    }
  });
}

void add_trouble(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("trouble", "How `serve` answers for an issuer, or the Hub, from now on");
  auto const folder = std::make_shared<std::string>();
  auto const name = std::make_shared<std::string>();
  auto const what = std::make_shared<trouble>(trouble::none);
  add_folder(*command, *folder);
  command->add_option("ISSUER", *name, "Name or id, or hub")->required();
  std::map<std::string, trouble> const kinds{
      {"none", trouble::none}, {"down", trouble::down}, {"broken", trouble::broken}, {"slow", trouble::slow}};
  command->add_option("TROUBLE", *what, "none, down, broken or slow")
      ->required()
      ->transform(CLI::CheckedTransformer(kinds));
  command->callback([=, &status] {
    auto const by = load_deployment(*folder);
    status = report(by ? set_trouble(*by, *name, *what) : result<void>(by.error()));
  });
}

void add_campaign(CLI::App& app, int& status) {
  auto* const command =
      app.add_subcommand("campaign", "Send a long reproducible stream of good events until each is acknowledged");
  auto const folder = std::make_shared<std::string>();
  auto const how = std::make_shared<campaign_options>();
  auto const list = std::make_shared<bool>(false);
  add_folder(*command, *folder);
  command->add_option("--events", how->events, "How many")->capture_default_str();
  command->add_option("--consents", how->consents, "Over how many consents")
      ->capture_default_str()
      ->check(CLI::PositiveNumber);
  command->add_option("--seed", how->seed, "Names the stream")->capture_default_str();
  command->add_option("--connections", how->connections, "And unanswered requests at most")
      ->capture_default_str()
      ->check(CLI::Range(1, 256));
  command->add_option("--rate", how->rate, "Events per second, 0: as fast as possible")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command->add_option("--out", how->out, "The record, NDJSON, appended to");
  command->add_option("--url", how->url, "The webhook, instead of the set-up's");
  auto const give_up = std::make_shared<unsigned>(120);
  command->add_option("--give-up-seconds", *give_up, "Per event")->capture_default_str();
  command->add_flag("--list-consents", *list, "Send nothing, list the stream's consents as NDJSON");
  command->callback([=, &status] {
    auto const by = load_deployment(*folder);
    how->give_up = std::chrono::seconds(*give_up);
    if (!by) {
      status = report(by.error());
    } else if (*list) {
      list_campaign_consents(*by, *how, std::cout);
    } else if (how->out.empty()) {
      throw CLI::RequiredError("--out");
    } else {
      status = report(run_campaign(*by, *how, std::cout));
    }
  });
}

} // namespace consentd::hubsim
