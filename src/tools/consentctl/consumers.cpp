#include "base/time.hpp"
#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/event_lines.hpp"
#include "tools/consentctl/following.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/table.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::consentctl {

namespace {

shown show_members(json::value const& body) {
  return {list_members(body)};
}

shown show_list(json::value const& body) {
  table rows({"CONSUMER", "PLACE", "LAG", "SECONDS", "CONNECTED", "PAUSED", "SEEN", "UID"}, {"UID", "SEEN", "PLACE"});
  for_each(body, "consumers", [&](json::value const& one) {
    rows.add({text_of(one, "name"), text_of(one, "place"), text_of(one, "lagEntries"), text_of(one, "lagSeconds"),
              text_of(one, "connected"), text_of(one, "paused"), text_of(one, "seenAt"), text_of(one, "uid")});
  });
  return {rows.text(output_columns())};
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
  command->add_option("--status", asked->status, "Only entries with this status")->check(any_status());
  command->add_option("--kind", asked->kind, "Only consents of this kind")->check(consent_kind());
  command->add_option("--issuer", asked->issuer, "Only this issuer");
  command->add_option("--after", asked->after, "Where a new one begins: a place, earliest or latest");
  command->callback([&run, &with, asked] {
    run = [&with, asked] {
      client::event_filter const filter{asked->type, asked->subject, asked->status, asked->kind, asked->issuer};
      return finish(with, client::keep_consumer(asked->name, filter, asked->after).asks, show_members);
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
      auto const when = parse_date_time(asked->time);
      if (!when && !asked->time.empty()) {
        return complain("--time: " + asked->time + " is no time of RFC 3339", exit_usage);
      }
      auto const what = when ? client::seek(asked->name, *when) : client::seek(asked->name, asked->place);
      return finish(with, what.asks, show_members);
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
    run = [&with, name, place] { return finish(with, client::acknowledge(*name, *place).asks, show_members); };
  });
}

// A command that only names a consumer.
using simple_call = client::call<client::consumer_state> (*)(std::string_view name);

void add_simple(CLI::App& to, context& with, chosen& run, std::string const& command_name, std::string const& help,
                simple_call call) {
  auto* const command = to.add_subcommand(command_name, help);
  auto name = std::make_shared<std::string>();
  command->add_option("name", *name, "The consumer's name")->required();
  command->callback([&run, &with, name, call] {
    run = [&with, name, call] { return finish(with, call(*name).asks, show_members); };
  });
}

struct follow_options {
  std::string name;
  std::uint64_t count = 0;
};

// Where nobody answers the daemon may be gone, which the stream notices, too.
constexpr int most_unanswered = 3;

bool may_find_room(client::error const& why, int unanswered) {
  return why.status == status_unavailable || why.code == client::errc::timed_out ||
         (why.code == client::errc::unreachable && unanswered < most_unanswered);
}

// The stream may live on while an acknowledgement finds no room, no disk or too many connections. It would not bring
// the entry again: so only the acknowledgement can be repeated.
client::result<client::consumer_state> acknowledge(client::daemon& daemon, std::string const& name,
                                                   std::string const& place) {
  using std::chrono::seconds;
  for (int unanswered = 0;;) {
    auto taken = daemon.ask(client::acknowledge(name, place));
    if (taken) {
      return taken;
    }
    auto const& why = taken.error();
    unanswered += why.code == client::errc::unreachable ? 1 : 0;
    if (!may_find_room(why, unanswered)) {
      return taken;
    }
    complain(client::describe(why) + "; trying again", exit_unavailable);
    std::this_thread::sleep_for(std::clamp(why.retry_after, seconds(1), seconds(60)));
  }
}

// Acknowledges what it has printed. After a break it begins where that ended, so what was printed and not acknowledged
// comes again.
int follow(context const& with, follow_options const& asked) {
  auto left = asked.count;
  int status = exit_fine;
  client::daemon daemon(with.client_settings());
  auto const ended = follow_stream(with, client::consumed_by(asked.name), [&](client::event const& one) {
    if (!print_event(with, one)) {
      status = exit_output;
      return false;
    }
    if (one.kind == client::event_kind::end) {
      status = exit_failed;
      return false;
    }
    if (auto const taken = acknowledge(daemon, asked.name, one.place); !taken) {
      status = complain_of(taken.error());
      return taken.error().is_temporary();
    }
    status = exit_fine;
    return one.kind == client::event_kind::reset || --left != 0;
  });
  return ended == exit_fine ? status : ended;
}

void add_follow(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("follow", "Print what comes, and acknowledge what was printed");
  auto asked = std::make_shared<follow_options>();
  command->add_option("name", asked->name, "The consumer's name")->required();
  command->add_option("--count", asked->count, "End after so many entries");
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
  add_simple(*group, with, run, "get", "Where one stands", client::get_consumer);
  add_follow(*group, with, run);
  add_acknowledge(*group, with, run);
  add_seek(*group, with, run);
  add_simple(*group, with, run, "pause", "Deliver nothing until it is resumed", client::pause);
  add_simple(*group, with, run, "resume", "Deliver again", client::resume);
  add_simple(*group, with, run, "remove", "Forget it, and its place", client::remove_consumer);
}

} // namespace consentd::consentctl
