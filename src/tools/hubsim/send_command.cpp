#include "tools/hubsim/commands.hpp"

#include "tools/hubsim/send.hpp"
#include "json/writer.hpp"

#include <CLI/CLI.hpp>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

namespace consentd::hubsim {

namespace {

// The texts of the command line that are not yet what send_options wants.
struct send_arguments {
  std::string folder;
  std::string family = "account-access";
  std::string version = "v2.1";
  std::string status_time;
  std::string expiry;
  std::string fault;
  bool no_expiry = false;
  bool unannounced = false;
  bool list_faults = false;
  send_options how;
};

void list_faults(bool as_json) {
  for (auto const* each : all_faults()) {
    if (as_json) {
      json::writer out;
      out.begin_object().member("name", each->name).member("description", each->description);
      out.name("answer").integer(each->status).member("reason", to_string(each->why));
      out.name("quarantined").boolean(each->status == 202);
      out.name("requests").integer(each->from_before == takes::nothing ? 1 : 2).end_object();
      std::cout << out.take() << '\n';
    } else {
      std::cout << each->name << "  " << each->description << " -> " << each->status
                << (each->status == 202 ? ", quarantine " : " ") << to_string(each->why) << '\n';
    }
  }
}

timestamp read_time(std::string const& option, std::string const& text) {
  auto const when = parse_date_time(text);
  if (!when) {
    throw CLI::ValidationError(option, "\"" + text + "\" is no RFC 3339 date-time");
  }
  return *when;
}

void complete(send_arguments& from, deployment const& by) {
  auto& how = from.how;
  how.spec.family = parse_family(from.family).value_or(family::account_access);
  how.spec.version = parse_version(from.version).value_or(version::v2_1);
  if (!from.status_time.empty()) {
    how.spec.status_time = read_time("--status-time", from.status_time);
    how.status_time_is_now = false;
  }
  if (!from.expiry.empty()) {
    how.spec.expiry = read_time("--expiry", from.expiry);
  } else if (!from.no_expiry) {
    // From the set-up's own date: a consent's expiry must not move from event to event.
    how.spec.expiry = by.created + std::chrono::days(365);
  }
  if (!from.fault.empty()) {
    how.wrong = find_fault(from.fault);
    if (how.wrong == nullptr) {
      throw CLI::ValidationError("--fault", "no fault \"" + from.fault + "\"; --list-faults shows them");
    }
  }
  if (how.spec.encryption_key > by.recipients.size()) {
    throw CLI::ValidationError("--encryption-key", "the set-up has " + std::to_string(by.recipients.size()));
  }
  how.print = how.print || !how.print_to.empty();
}

int run(send_arguments& from) {
  if (from.list_faults) {
    list_faults(from.how.as_json);
    return 0;
  }
  if (from.folder.empty()) {
    throw CLI::RequiredError("DIR");
  }
  auto const by = load_deployment(from.folder);
  if (!by) {
    std::cerr << "consent-hubsim: " << by.error().detail << '\n';
    return 1;
  }
  complete(from, *by);
  auto const done = run_send(*by, from.how, std::cout);
  if (!done) {
    std::cerr << "consent-hubsim: " << done.error().detail << '\n';
    return 1;
  }
  return *done ? 0 : 1;
}

void add_event_options(CLI::App& command, send_arguments& into) {
  auto& how = into.how;
  command.add_option("--family", into.family)
      ->capture_default_str()
      ->check(CLI::IsMember(std::vector<std::string>(family_names().begin(), family_names().end())));
  command.add_option("--version", into.version, "Of the standard")
      ->capture_default_str()
      ->check(CLI::IsMember({"v2.1", "v2.0", "v1.2"}));
  command.add_option("--issuer", how.issuer, "Name or id; default bank-a, for insurance insurer");
  auto* const id =
      command.add_option("--consent-id", how.consent_id, "{n} stands for the number; default a new UUID each");
  command
      .add_flag("--unannounced", into.unannounced, "A new consent each, that nobody can have announced (the default)")
      ->excludes(id);
  command.add_option("--resource-id", how.resource_id,
                     "Of the payment, quote, account opening or loan; {n} as above; default a new UUID each");
  command.add_option("--status", how.spec.status)->capture_default_str();
  command.add_option("--status-time", into.status_time, "RFC 3339; default now");
  auto* const expiry =
      command.add_option("--expiry", into.expiry, "RFC 3339; default a year after the set-up was made");
  command.add_flag("--no-expiry", into.no_expiry, "No ExpirationDateTime")->excludes(expiry);
  command.add_option("--revoked-by", how.spec.revoked_by, "LFI, TPP, LFI.InitiatedByUser, TPP.InitiatedByUser");
  command.add_option("--base-consent-id", how.spec.base_consent_id, "The consent that this one renews");
  command.add_option("--event-type", how.spec.event_type)->capture_default_str();
  command.add_option("--jti", how.spec.jti, "Default a new UUID each");
  command.add_option("--encryption-key", how.spec.encryption_key, "Which of the TPP's it is encrypted to")
      ->capture_default_str()
      ->check(CLI::Range(1, 16));
}

void add_delivery_options(CLI::App& command, send_arguments& into) {
  auto& how = into.how;
  command.add_option("--interaction-id", how.interaction_id, "Default a new UUID each");
  command.add_option("--count", how.count)->capture_default_str();
  command.add_option("--rate", how.rate, "Events per second, 0: as fast as possible")
      ->capture_default_str()
      ->check(CLI::NonNegativeNumber);
  command.add_option("--connections", how.connections)->capture_default_str()->check(CLI::Range(1, 256));
  command.add_option("--url", how.url, "The webhook, instead of the set-up's");
  command.add_option("--fault", into.fault, "Send this kind of bad event or bad bearer");
  command.add_flag("--list-faults", into.list_faults, "The kinds, and what must become of each");
  command.add_option("--save", how.save, "Write every request sent to this file, a line of JSON each");
  command.add_option("--resend", how.resend, "Send the requests of such a file again, byte for byte");
  command.add_flag("--print", how.print, "Send nothing; print the requests as --save would write them");
  command.add_option("--print-to", how.print_to,
                     "Send nothing; write bearer, body, claims.json and jws into this folder");
  command.add_flag("--json", how.as_json, "Machine-readable lines");
}

} // namespace

void add_send(CLI::App& app, int& status) {
  auto* const command = app.add_subcommand("send", "Send events to consentd, good or bad");
  auto const arguments = std::make_shared<send_arguments>();
  command->add_option("DIR", arguments->folder, "The set-up's folder");
  add_event_options(*command, *arguments);
  add_delivery_options(*command, *arguments);
  command->callback([=, &status] { status = run(*arguments); });
}

} // namespace consentd::hubsim
