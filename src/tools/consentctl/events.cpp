#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/terminal.hpp"

#include <chrono>
#include <cstdint>
#include <iostream>
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

// What differs between the types: "status" and the like of consents, "payment.status" and the like of all else.
std::string short_type(std::string_view type) {
  for (std::string_view const prefix : {"ae.openfinance.", "consent."}) {
    if (type.starts_with(prefix)) {
      type.remove_prefix(prefix.size());
    }
  }
  return printable(type);
}

void print_event(client::event const& one, json::value const& body) {
  auto const data = body.find("data");
  auto const of_data = [&](std::string_view name) { return printable(data ? text_of(*data, name) : "-"); };
  auto const of_event = [&](std::string_view name) { return printable(text_of(body, name)); };
  std::cout << printable(one.id) << "  " << of_event("time") << "  " << of_event("subject") << "  " << of_data("kind")
            << "  " << short_type(text_of(body, "type")) << "  " << of_data("previousStatus") << " -> "
            << of_data("status") << "  " << of_event("disposition") << std::endl;
}

void print(context const& with, client::event const& one) {
  bool const reset = one.type == "reset";
  if (with.json) {
    auto const data = printable_json(one.data);
    std::cout << (reset ? "{\"reset\":" + data + "}" : data) << std::endl;
    return;
  }
  auto const read =
      json::document::parse(one.data, {.bytes = std::size_t{16} * 1024 * 1024, .depth = 64, .values = 1000000});
  if (!read) {
    complain("an event is not sound JSON: " + read.error().detail, exit_failed);
  } else if (reset) {
    std::cout << "reset: the place " << printable(text_of(read->root(), "requested")) << " cannot be resumed from ("
              << printable(text_of(read->root(), "reason")) << "); from the oldest entry kept" << std::endl;
  } else {
    print_event(one, read->root());
  }
}

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
    print(with, one);
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
