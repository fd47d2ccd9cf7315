#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/table.hpp"
#include "tools/consentctl/terminal.hpp"
#include "json/writer.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace consentd::consentctl {

namespace {

std::string consent_path(std::string const& id, std::string_view rest = {}) {
  return "/v1/consents/" + client::percent_encode(id) + std::string(rest);
}

shown show_list(json::value const& body) {
  table rows({"CONSENT", "KIND", "STATUS", "SINCE", "EXPIRES", "FLAGS", "ISSUER"},
             {"ISSUER", "SINCE", "KIND", "EXPIRES", "FLAGS"});
  for_each(body, "consents", [&](json::value const& one) {
    rows.add({text_of(one, "consentId"), text_of(one, "kind"), text_of(one, "status"),
              text_of(one, "statusUpdateDateTime"), text_of(one, "expirationDateTime"), text_of(one, "flags"),
              text_of(one, "issuer")});
  });
  return {rows.text(output_columns()), hint_of_more(body)};
}

shown show_history(json::value const& body) {
  table rows({"PLACE", "RECORDED", "TYPE", "DISPOSITION", "REPORTED", "FROM", "TO", "FLAGS", "INTERACTION"},
             {"INTERACTION", "PLACE", "FLAGS", "REPORTED", "FROM", "TYPE"});
  for_each(body, "history", [&](json::value const& one) {
    rows.add({text_of(one, "place"), text_of(one, "recordedAt"), text_of(one, "type"), text_of(one, "disposition"),
              text_of(one, "reportedStatus"), text_of(one, "previousStatus"), text_of(one, "status"),
              text_of(one, "flags"), text_of(one, "interactionId")});
  });
  return {rows.text(output_columns()), hint_of_more(body)};
}

shown show_members(json::value const& body) {
  return {list_members(body)};
}

shown show_usable(json::value const& body) {
  auto const found = body.find("usable");
  bool const usable = found && found->boolean().value_or(false);
  auto const verdict = usable ? std::string("usable") : "not usable: " + printable(text_of(body, "reason"));
  auto const text = verdict + " (as of " + printable(text_of(body, "asOf")) + ")\n";
  return {text, {}, usable ? exit_fine : exit_failed};
}

shown show_all_usable(json::value const& body) {
  table rows({"CONSENT", "USABLE", "REASON", "STATUS", "EXPIRES", "AS OF"}, {"AS OF", "EXPIRES", "STATUS"});
  bool all = true;
  for_each(body, "consents", [&](json::value const& one) {
    auto const usable = text_of(one, "usable") == "true";
    all = all && usable;
    rows.add({text_of(one, "consentId"), usable ? "yes" : "no", text_of(one, "reason"), text_of(one, "status"),
              text_of(one, "expirationDateTime"), text_of(one, "asOf")});
  });
  return {rows.text(output_columns()), {}, all ? exit_fine : exit_failed};
}

struct list_options {
  std::string status;
  std::string kind;
  std::string issuer;
  std::string base;
  std::string updated_after;
  std::string expires_before;
  std::string limit;
  std::string cursor;
};

std::string target_of(list_options const& asked) {
  return client::make_target("/v1/consents", {{"status", asked.status},
                                              {"kind", asked.kind},
                                              {"issuer", asked.issuer},
                                              {"base_consent_id", asked.base},
                                              {"updated_after", asked.updated_after},
                                              {"expires_before", asked.expires_before},
                                              {"limit", asked.limit},
                                              {"cursor", asked.cursor}});
}

// A page without a row that has a next one says that the daemon has looked through as much as it does at once: no
// answer to a person. A program is given the daemon's own pages, whose places it may need.
client::result<client::answer> ask_for_rows(context const& with, list_options asked) {
  while (true) {
    auto told = ask(with, client::request{.target = target_of(asked)});
    if (!told || with.json) {
      return told;
    }
    auto const page = client::list_consents().read(*told);
    if (!page || !page->consents.empty() || page->next_cursor.empty()) {
      return told;
    }
    asked.cursor = page->next_cursor;
  }
}

void add_list(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("list", "Consents, by id");
  auto asked = std::make_shared<list_options>();
  command->add_option("--status", asked->status, "Only consents that have this status")->check(consent_status());
  command->add_option("--kind", asked->kind, "Only consents of this kind")->check(consent_kind());
  command->add_option("--issuer", asked->issuer, "Bound to this issuer");
  command->add_option("--base", asked->base, "Renewals of this consent");
  command->add_option("--updated-after", asked->updated_after, "Changed after this time (RFC 3339)");
  command->add_option("--expires-before", asked->expires_before, "Expiring before this time (RFC 3339)");
  command->add_option("--limit", asked->limit, "At most so many")->check(page_limit());
  command->add_option("--cursor", asked->cursor, "Go on where the page before ended");
  command->callback(
      [&run, &with, asked] { run = [&with, asked] { return finish(with, ask_for_rows(with, *asked), show_list); }; });
}

// A command that asks one consent's path.
void add_one(CLI::App& to, context& with, chosen& run, std::string const& name, std::string const& help,
             std::string const& rest, show const& how) {
  auto* const command = to.add_subcommand(name, help);
  auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "The consent's id")->required();
  command->callback([&run, &with, id, rest, how] {
    run = [&with, id, rest, how] { return get(with, consent_path(*id, rest), how); };
  });
}

void add_usable(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("usable", "May they be used now? Exit status 0 only when all may");
  auto ids = std::make_shared<std::vector<std::string>>();
  command->add_option("id", *ids, "Ids of consents, up to 1000")->required();
  command->callback([&run, &with, ids] {
    run = [&with, ids] {
      return ids->size() == 1 ? finish(with, client::usable(ids->front()).asks, show_usable)
                              : finish(with, client::usable(*ids).asks, show_all_usable);
    };
  });
}

struct wait_options {
  std::string id;
  std::vector<std::string> statuses;
  unsigned timeout = 30;
};

int wait(context const& with, wait_options const& asked) {
  auto const what = client::wait_for(asked.id, asked.statuses, std::chrono::seconds(asked.timeout));
  return finish(with, what.asks, [](json::value const& body) {
    return shown{list_members(body), {}, text_of(body, "waited") == "reached" ? exit_fine : exit_failed};
  });
}

void add_wait(CLI::App& to, context& with, chosen& run) {
  auto* const command =
      to.add_subcommand("wait", "Wait until a consent has one of these statuses; 1 when the time is over");
  auto asked = std::make_shared<wait_options>();
  command->add_option("id", asked->id, "The consent's id")->required();
  command->add_option("status", asked->statuses, "The statuses")->required()->check(consent_status());
  command->add_option("--timeout", asked->timeout, "Seconds")->check(CLI::Range(1, 300))->capture_default_str();
  command->callback([&run, &with, asked] { run = [&with, asked] { return wait(with, *asked); }; });
}

void add_history(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("history", "Every recorded entry of one consent, oldest first");
  auto id = std::make_shared<std::string>();
  auto limit = std::make_shared<std::string>();
  auto cursor = std::make_shared<std::string>();
  command->add_option("id", *id, "The consent's id")->required();
  command->add_option("--limit", *limit, "At most so many")->check(page_limit());
  command->add_option("--cursor", *cursor, "Go on where the page before ended");
  command->callback([&run, &with, id, limit, cursor] {
    run = [&with, id, limit, cursor] {
      return get(with, client::make_target(consent_path(*id, "/history"), {{"limit", *limit}, {"cursor", *cursor}}),
                 show_history);
    };
  });
}

struct announce_options {
  std::string id;
  std::string kind;
  std::string issuer;
  std::string expires;
  std::string base;

  std::string body() const {
    json::writer out;
    out.begin_object().member("kind", kind).member("issuer", issuer);
    if (!expires.empty()) {
      out.member("expirationDateTime", expires);
    }
    if (!base.empty()) {
      out.member("baseConsentId", base);
    }
    return out.end_object().take();
  }
};

int bind(context const& with, announce_options const& asked) {
  client::request const what{.method = "PUT", .target = consent_path(asked.id, "/binding"), .json = asked.body()};
  return finish(with, what, [&](json::value const& body) {
    auto const status = text_of(body, "status");
    auto const released = printable(text_of(body, "releasedEvents"));
    return shown{printable(asked.id) + " is bound to " + printable(text_of(body, "issuer")) + ", status " +
                     printable(status) + "; events released: " + released + "\n",
                 status == "-" ? "its events that were refused can be retried: consentctl quarantine retry --reason "
                                 "issuer-mismatch --consent " +
                                     asked.id
                               : std::string()};
  });
}

int announce(context const& with, announce_options const& asked) {
  auto const told = ask(with, {.method = "PUT", .target = consent_path(asked.id), .json = asked.body()});
  return finish(with, told, [&](json::value const& body) {
    auto const outcome = told->status == 201 ? " announced" : " was known";
    auto const released = printable(text_of(body, "releasedEvents"));
    return shown{printable(asked.id) + outcome + "; events released: " + released + "\n"};
  });
}

void add_erase(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("erase", "Erase all personal data of a consent; status and evidence stay");
  auto id = std::make_shared<std::string>();
  command->add_option("id", *id, "The consent's id")->required();
  auto yes = std::make_shared<bool>(false);
  command->add_flag("--yes", *yes, "It cannot be undone: say so")->required();
  command->callback([&run, &with, id, yes] {
    run = [&with, id] {
      client::request const what{.method = "DELETE", .target = consent_path(*id, "/data")};
      return finish(with, what, [&](json::value const& body) {
        return shown{printable(*id) + " erased: " + printable(text_of(body, "resources")) + " resources, " +
                     printable(text_of(body, "originals")) + " signed originals, " +
                     printable(text_of(body, "quarantined")) + " deliveries in quarantine\n"};
      });
    };
  });
}

struct settle_options {
  std::string id;
  bool stands = false;
  std::string ended;

  std::string body() const {
    json::writer out;
    out.begin_object().member("verdict", stands ? "stands" : "ended");
    if (!stands) {
      out.member("status", ended);
    }
    return out.end_object().take();
  }
};

int settle(context const& with, settle_options const& asked) {
  client::request const what{.method = "PUT", .target = consent_path(asked.id, "/doubt"), .json = asked.body()};
  return finish(with, what, [&](json::value const& body) {
    return shown{printable(asked.id) + " is in doubt no more, status " + printable(text_of(body, "status")) + "\n"};
  });
}

void add_settle(CLI::App& to, context& with, chosen& run) {
  auto* const command =
      to.add_subcommand("settle", "Say what the Hub or the institution told you of a consent in doubt");
  auto asked = std::make_shared<settle_options>();
  command->add_option("id", asked->id, "The consent's id")->required();
  auto* const verdict = command->add_option_group("verdict");
  verdict->add_flag("--stands", asked->stands, "It is what it was before the doubt");
  verdict->add_option("--ended", asked->ended, "It ended with this status")->check(terminal_status());
  verdict->require_option(1);
  command->callback([&run, &with, asked] { run = [&with, asked] { return settle(with, *asked); }; });
}

// Both name a consent and say all of it.
void add_naming(CLI::App& to, context& with, chosen& run, std::string const& name, std::string const& help,
                int (*call)(context const&, announce_options const&)) {
  auto* const command = to.add_subcommand(name, help);
  auto asked = std::make_shared<announce_options>();
  command->add_option("id", asked->id, "The consent's id")->required();
  command->add_option("--kind", asked->kind, "Of this kind")->required()->check(consent_kind());
  command->add_option("--issuer", asked->issuer, "The institution's issuer at the Hub")->required();
  command->add_option("--expires", asked->expires, "Its expiry (RFC 3339)");
  command->add_option("--base", asked->base, "The consent that it renews");
  command->callback([&run, &with, asked, call] { run = [&with, asked, call] { return call(with, *asked); }; });
}

} // namespace

void add_consents(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("consents", "Consents: list, look at, announce, decide");
  group->require_subcommand(1);
  add_list(*group, with, run);
  add_one(*group, with, run, "get", "One consent's current state", "", show_members);
  add_history(*group, with, run);
  add_wait(*group, with, run);
  add_naming(*group, with, run, "announce", "Say that this TPP created a consent", announce);
  add_naming(*group, with, run, "bind", "Decide which of two issuers a contested consent belongs to", bind);
  add_settle(*group, with, run);
  add_erase(*group, with, run);
  add_usable(*group, with, run);
}

} // namespace consentd::consentctl
