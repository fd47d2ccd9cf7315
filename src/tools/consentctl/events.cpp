#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/event_lines.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>

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
  // "latest" is a word for the query; a place goes into Last-Event-ID, where a stale one is answered in-band.
  bool const latest = asked.after == "latest";
  auto const target = make_target("/v1/events", {{"after", latest ? asked.after : std::string()},
                                                 {"type", asked.type},
                                                 {"subject", asked.subject},
                                                 {"status", asked.status},
                                                 {"kind", asked.kind},
                                                 {"issuer", asked.issuer}});
  client::event_reader reader(with.client_settings(), target, latest ? std::string() : asked.after);
  std::uint64_t seen = 0;
  auto const on_event = [&](client::event const& one) {
    print_event(with, one);
    return ++seen != asked.count;
  };
  while (true) {
    auto const done = reader.read(on_event);
    if (done) {
      return exit_fine;
    }
    auto const why = done.error();
    bool const away = why.code == reason::disconnected || why.code == reason::request_timeout;
    if (!away || !reader.reached()) {
      return complain(why.detail, away ? exit_unavailable : exit_failed);
    }
    complain(why.detail + "; trying again", exit_unavailable);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

} // namespace

void add_events(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("events", "The journal of changes");
  group->require_subcommand(1);
  auto* const command = group->add_subcommand("tail", "Prints what was, and what comes, until it is interrupted");
  auto asked = std::make_shared<tail_options>();
  command->add_option("--after", asked->after, "Begin after this place, or \"latest\"; else with the oldest kept");
  command->add_option("--type", asked->type, "Only this CloudEvents type");
  command->add_option("--subject", asked->subject, "Only this consent");
  command->add_option("--status", asked->status, "Only entries after which the consent has this status");
  command->add_option("--kind", asked->kind, "account-access, payment or insurance");
  command->add_option("--issuer", asked->issuer, "Only this issuer");
  command->add_option("--count", asked->count, "End after so many");
  command->callback([&run, &with, asked] { run = [&with, asked] { return tail(with, *asked); }; });
}

} // namespace consentd::consentctl
