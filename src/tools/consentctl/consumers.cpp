#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/event_lines.hpp"
#include "tools/consentctl/terminal.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::consentctl {

namespace {

std::string consumer_path(std::string const& name, std::string_view rest = {}) {
  return "/v1/consumers/" + client::percent_encode(name) + std::string(rest);
}

shown show_members(json::value const& body) {
  return {list_members(body)};
}

shown show_list(json::value const& body) {
  table rows({"CONSUMER", "PLACE", "LAG", "SECONDS", "CONNECTED", "PAUSED", "SEEN", "UID"});
  for_each(body, "consumers", [&](json::value const& one) {
    rows.add({text_of(one, "name"), text_of(one, "place"), text_of(one, "lagEntries"), text_of(one, "lagSeconds"),
              text_of(one, "connected"), text_of(one, "paused"), text_of(one, "seenAt"), text_of(one, "uid")});
  });
  return {rows.text()};
}

// An object of the texts that are not empty.
std::string object_of(std::vector<std::pair<std::string_view, std::string>> const& members) {
  json::writer out;
  out.begin_object();
  for (auto const& [name, text] : members) {
    if (!text.empty()) {
      out.member(name, text);
    }
  }
  out.end_object();
  return out.take();
}

struct keep_options {
  std::string name;
  std::string type;
  std::string subject;
  std::string status;
  std::string kind;
  std::string issuer;
  std::string after;
};

void add_keep(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("keep", "Make a consumer, or give one another filter");
  auto asked = std::make_shared<keep_options>();
  command->add_option("name", asked->name, "The consumer's name")->required();
  command->add_option("--type", asked->type, "Only this CloudEvents type");
  command->add_option("--subject", asked->subject, "Only this consent or resource");
  command->add_option("--status", asked->status, "Only entries with this status");
  command->add_option("--kind", asked->kind, "account-access, payment or insurance");
  command->add_option("--issuer", asked->issuer, "Only this issuer");
  command->add_option("--after", asked->after, "Where a new one begins: a place, earliest or latest");
  command->callback([&run, &with, asked] {
    run = [&with, asked] {
      auto const body = object_of({{"type", asked->type},
                                   {"subject", asked->subject},
                                   {"status", asked->status},
                                   {"kind", asked->kind},
                                   {"issuer", asked->issuer},
                                   {"after", asked->after}});
      return finish(with, client::http_client(with.client_settings()).put(consumer_path(asked->name), body),
                    show_members);
    };
  });
}

struct seek_options {
  std::string name;
  std::string place;
  std::string time;
};

void add_seek(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("seek", "Have it begin elsewhere: its stream ends");
  auto asked = std::make_shared<seek_options>();
  command->add_option("name", asked->name, "The consumer's name")->required();
  auto* const where = command->add_option_group("where");
  where->add_option("--place", asked->place, "Behind this place, earliest or latest");
  where->add_option("--time", asked->time, "With the first entry recorded at or after this time (RFC 3339)");
  where->require_option(1);
  command->callback([&run, &with, asked] {
    run = [&with, asked] {
      auto const body = object_of({{"place", asked->place}, {"time", asked->time}});
      return finish(with, client::http_client(with.client_settings()).post(consumer_path(asked->name, "/seek"), body),
                    show_members);
    };
  });
}

void add_acknowledge(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("ack", "Everything up to this place was dealt with");
  auto name = std::make_shared<std::string>();
  auto place = std::make_shared<std::string>();
  command->add_option("name", *name, "The consumer's name")->required();
  command->add_option("place", *place, "The id of an entry")->required();
  command->callback([&run, &with, name, place] {
    run = [&with, name, place] {
      client::http_client const by(with.client_settings());
      return finish(with, by.post(consumer_path(*name, "/ack"), object_of({{"place", *place}})), show_members);
    };
  });
}

// A command that only names a consumer.
using simple_call = result<client::answer> (*)(client::http_client const& by, std::string const& name);

void add_simple(CLI::App& to, context& with, chosen& run, std::string const& command_name, std::string const& help,
                simple_call call) {
  auto* const command = to.add_subcommand(command_name, help);
  auto name = std::make_shared<std::string>();
  command->add_option("name", *name, "The consumer's name")->required();
  command->callback([&run, &with, name, call] {
    run = [&with, name, call] {
      return finish(with, call(client::http_client(with.client_settings()), *name), show_members);
    };
  });
}

struct follow_options {
  std::string name;
  std::uint64_t count = 0;
};

// True when the place was taken.
bool acknowledge(context const& with, std::string const& name, std::string const& place) {
  auto const told =
      client::http_client(with.client_settings()).post(consumer_path(name, "/ack"), object_of({{"place", place}}));
  if (!told) {
    complain(told.error().detail, exit_unavailable);
    return false;
  }
  if (told->status >= 400) {
    complain(client::describe_problem(*told), exit_failed);
  }
  return told->status < 400;
}

// Acknowledges what it has printed. After a break it begins where that ended, so what was printed and not acknowledged
// comes again.
int follow(context const& with, follow_options const& asked) {
  std::uint64_t seen = 0;
  bool over = false;
  auto const on_event = [&](client::event const& one) {
    print_event(with, one);
    if (one.type == "end") {
      over = true;
      return false;
    }
    if (one.type == "reset") {
      return true;
    }
    return acknowledge(with, asked.name, one.id) && ++seen != asked.count;
  };
  bool reached = false;
  while (true) {
    client::event_reader reader(with.client_settings(), consumer_path(asked.name, "/events"));
    auto const done = reader.read(on_event);
    reached = reached || reader.reached();
    if (done && (over || seen == asked.count)) {
      return over ? exit_failed : exit_fine;
    }
    auto const why = done ? failure{reason::disconnected, "what was printed could not be acknowledged"} : done.error();
    bool const away = why.code == reason::disconnected || why.code == reason::request_timeout;
    if (!away || !reached) {
      return complain(why.detail, away ? exit_unavailable : exit_failed);
    }
    complain(why.detail + "; trying again", exit_unavailable);
    std::this_thread::sleep_for(std::chrono::seconds(1));
  }
}

void add_follow(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("follow", "Print what comes, and acknowledge what was printed");
  auto asked = std::make_shared<follow_options>();
  command->add_option("name", asked->name, "The consumer's name")->required();
  command->add_option("--count", asked->count, "End after so many");
  command->callback([&run, &with, asked] { run = [&with, asked] { return follow(with, *asked); }; });
}

} // namespace

void add_consumers(CLI::App& to, context& with, chosen& run) {
  auto* const group =
      to.add_subcommand("consumers", "Durable consumers: who follows the journal, and how far they are");
  group->require_subcommand(1);
  group->add_subcommand("list", "All, by name")->callback([&run, &with] {
    run = [&with] { return get(with, "/v1/consumers", show_list); };
  });
  add_keep(*group, with, run);
  add_simple(*group, with, run, "get", "Where one stands",
             [](client::http_client const& by, std::string const& name) { return by.get(consumer_path(name)); });
  add_follow(*group, with, run);
  add_acknowledge(*group, with, run);
  add_seek(*group, with, run);
  add_simple(
      *group, with, run, "pause", "Deliver nothing until it is resumed",
      [](client::http_client const& by, std::string const& name) { return by.post(consumer_path(name, "/pause")); });
  add_simple(*group, with, run, "resume", "Deliver again", [](client::http_client const& by, std::string const& name) {
    return by.post(consumer_path(name, "/resume"));
  });
  add_simple(*group, with, run, "remove", "Forget it, and its place",
             [](client::http_client const& by, std::string const& name) { return by.remove(consumer_path(name)); });
}

} // namespace consentd::consentctl
