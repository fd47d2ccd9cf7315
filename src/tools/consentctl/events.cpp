#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/event_lines.hpp"
#include "tools/consentctl/following.hpp"

#include <cstdint>
#include <memory>

namespace consentd::consentctl {

namespace {

struct tail_options {
  std::string after;
  std::string type;
  std::string subject;
  std::string status;
  std::string kind;
  std::string issuer;
  std::uint64_t count = 0;
};

int tail(context const& with, tail_options const& asked) {
  client::event_filter const filter{asked.type, asked.subject, asked.status, asked.kind, asked.issuer};
  auto left = asked.count;
  return follow_stream(with, client::journal(filter, asked.after), [&](client::event const& one) {
    return print_event(with, one) && (one.kind != client::event_kind::entry || --left != 0);
  });
}

struct snapshot_options {
  client::row_filter rows;
  bool rows_only = false;
};

int print_snapshot(context const& with, snapshot_options const& asked) {
  return follow_stream(with, client::snapshot(asked.rows), [&](client::event const& one) {
    return print_event(with, one) && (!asked.rows_only || one.kind != client::event_kind::rows_end);
  });
}

void add_snapshot(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("snapshot", "Prints where all consents stand, and then what changes");
  auto asked = std::make_shared<snapshot_options>();
  command->add_option("--status", asked->rows.status, "Only consents that have this status now")
      ->check(consent_status());
  command->add_option("--kind", asked->rows.kind, "Only consents of this kind")->check(consent_kind());
  command->add_option("--issuer", asked->rows.issuer, "Only this issuer");
  command->add_flag("--rows-only", asked->rows_only, "End when all were printed");
  command->callback([&run, &with, asked] { run = [&with, asked] { return print_snapshot(with, *asked); }; });
}

} // namespace

void add_events(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("events", "The journal of changes");
  group->require_subcommand(1);
  add_snapshot(*group, with, run);
  auto* const command = group->add_subcommand("tail", "Prints what was, and what comes, until it is interrupted");
  auto asked = std::make_shared<tail_options>();
  command->add_option("--after", asked->after, "Begin after this place, or \"latest\"; else with the oldest kept")
      ->check(starting_place());
  command->add_option("--type", asked->type, "Only this CloudEvents type");
  command->add_option("--subject", asked->subject, "Only this consent");
  command->add_option("--status", asked->status, "Only entries after which it has this status")->check(any_status());
  command->add_option("--kind", asked->kind, "Only consents of this kind")->check(consent_kind());
  command->add_option("--issuer", asked->issuer, "Only this issuer");
  command->add_option("--count", asked->count, "End after so many entries");
  command->callback([&run, &with, asked] { run = [&with, asked] { return tail(with, *asked); }; });
}

} // namespace consentd::consentctl
