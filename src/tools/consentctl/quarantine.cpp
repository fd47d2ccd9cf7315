#include "base/reason.hpp"
#include "tools/consentctl/arguments.hpp"
#include "tools/consentctl/commands.hpp"
#include "tools/consentctl/output.hpp"
#include "tools/consentctl/table.hpp"
#include "tools/consentctl/terminal.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace consentd::consentctl {

namespace {

shown show_quarantine_list(json::value const& body) {
  table rows({"DELIVERY", "REASON", "RECEIVED", "ISSUER (CLAIMED)", "CONSENT (CLAIMED)", "INTERACTION", "DETAIL"},
             {"INTERACTION", "DETAIL", "ISSUER (CLAIMED)", "RECEIVED", "CONSENT (CLAIMED)"});
  for_each(body, "quarantine", [&](json::value const& one) {
    rows.add({text_of(one, "deliveryId"), text_of(one, "reason"), text_of(one, "receivedAt"),
              text_of(one, "claimedIssuer"), text_of(one, "claimedConsentId"), text_of(one, "interactionId"),
              text_of(one, "detail")});
  });
  return {rows.text(output_columns()), hint_of_more(body)};
}

shown show_members(json::value const& body) {
  return {list_members(body)};
}

void add_list(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("list", "Newest first");
  auto why = std::make_shared<std::string>();
  auto limit = std::make_shared<std::string>();
  auto cursor = std::make_shared<std::string>();
  command->add_option("--reason", *why, "Only this reason, such as issuer-mismatch")->check(reason_name());
  command->add_option("--limit", *limit, "At most so many")->check(page_limit());
  command->add_option("--cursor", *cursor, "Go on where the page before ended");
  command->callback([&run, &with, why, limit, cursor] {
    run = [&with, why, limit, cursor] {
      return get(with,
                 client::make_target("/v1/quarantine", {{"reason", *why}, {"limit", *limit}, {"cursor", *cursor}}),
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

// Which of those in quarantine a command is about.
struct selection {
  std::vector<std::string> ids;
  std::string why;
  std::string issuer;
  std::string consent;

  bool by_what_it_is() const { return !why.empty() || !issuer.empty() || !consent.empty(); }
};

struct found_entries {
  std::vector<std::string> ids; // oldest first
  std::size_t final = 0;        // left out: no retry can change them
};

bool is_meant(selection const& which, json::value const& one) {
  return (which.issuer.empty() || text_of(one, "claimedIssuer") == which.issuer) &&
         (which.consent.empty() || text_of(one, "claimedConsentId") == which.consent);
}

void gather(selection const& which, json::value const& page, found_entries& into) {
  for_each(page, "quarantine", [&](json::value const& one) {
    if (!is_meant(which, one)) {
      return;
    }
    auto const why = parse_reason(text_of(one, "reason"));
    if (why && is_final(*why)) {
      ++into.final;
    } else {
      into.ids.push_back(text_of(one, "deliveryId"));
    }
  });
}

// All of them before the first is touched: what comes back to quarantine is not met again. The status of a failure, or
// exit_fine.
int look_up(context const& with, selection const& which, found_entries& into) {
  context quiet = with;
  quiet.json = false;
  std::string cursor;
  do {
    std::string next;
    auto const target =
        client::make_target("/v1/quarantine", {{"reason", which.why}, {"limit", "1000"}, {"cursor", cursor}});
    auto const status = get(quiet, target, [&](json::value const& page) {
      gather(which, page, into);
      auto const more = text_of(page, "nextCursor");
      next = more == "-" ? std::string() : more;
      return shown{};
    });
    if (status != exit_fine) {
      return status;
    }
    cursor = next;
  } while (!cursor.empty());
  std::reverse(into.ids.begin(), into.ids.end());
  return exit_fine;
}

// What is done to one, and its name for people.
struct action {
  std::string_view method;
  std::string_view under; // its path
  std::string_view done;
};

constexpr action retrying{"POST", "/retry", "retried"};
constexpr action dropping{"DELETE", "", "dropped"};

// What became of one delivery.
struct attempt {
  int status = exit_fine;
  bool done = false;
  bool go_on = true; // others may fare better
};

attempt act_on(context const& with, action const& what, std::string const& id) {
  auto const path = "/v1/quarantine/" + client::percent_encode(id) + std::string(what.under);
  auto const told = ask(with, {.method = std::string(what.method), .target = path});
  if (!told && told.error().code == client::errc::refused && told.error().status != 0) {
    return {.status = complain("delivery " + id + ": " + told.error().detail, exit_status_of(told.error())),
            .go_on = told.error().status < 500};
  }
  auto const status = finish(with, told, [&](json::value const& body) {
    auto const state = text_of(body, "state");
    auto const now = state == what.done ? std::string() : ": " + printable(state);
    return shown{"delivery " + printable(id) + " " + std::string(what.done) + now + "\n"};
  });
  return {.status = status, .done = told.has_value(), .go_on = status == exit_fine};
}

int act(context const& with, selection const& which, action const& what) {
  found_entries chosen{which.ids};
  if (which.by_what_it_is()) {
    if (auto const status = look_up(with, which, chosen); status != exit_fine) {
      return status;
    }
  }
  std::size_t done = 0;
  int status = exit_fine;
  for (auto const& id : chosen.ids) {
    auto const one = act_on(with, what, id);
    done += one.done ? 1U : 0U;
    status = one.status == exit_fine ? status : one.status;
    if (!one.go_on) {
      break;
    }
  }
  auto summary = std::to_string(done) + " of " + std::to_string(chosen.ids.size()) + " " + std::string(what.done);
  if (chosen.final > 0) {
    summary += "; " + std::to_string(chosen.final) + " left alone, as their reason is final";
  }
  if (which.by_what_it_is() || done != chosen.ids.size()) {
    return complain(summary, status);
  }
  return status;
}

void add_retry(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("retry", "Have deliveries judged again: these, or all that fit");
  auto which = std::make_shared<selection>();
  auto* const ids = command->add_option("delivery", which->ids, "Numbers of deliveries");
  auto* const why = command->add_option("--reason", which->why, "All with this reason, such as keys-unavailable");
  why->check(reason_name());
  auto* const issuer = command->add_option("--issuer", which->issuer, "All that claim to be of this issuer");
  auto* const consent = command->add_option("--consent", which->consent, "All that claim to be about this consent");
  for (auto* const one : {why, issuer, consent}) {
    one->excludes(ids);
  }
  command->callback([&run, &with, which] {
    if (which->ids.empty() && !which->by_what_it_is()) {
      throw CLI::RequiredError("a delivery, --reason, --issuer or --consent");
    }
    run = [&with, which] { return act(with, *which, retrying); };
  });
}

void add_drop(CLI::App& to, context& with, chosen& run) {
  auto* const command = to.add_subcommand("drop", "Take deliveries out for good, with their bodies");
  auto which = std::make_shared<selection>();
  command->add_option("delivery", which->ids, "Numbers of deliveries")->required();
  command->callback([&run, &with, which] { run = [&with, which] { return act(with, *which, dropping); }; });
}

} // namespace

void add_quarantine(CLI::App& to, context& with, chosen& run) {
  auto* const group = to.add_subcommand("quarantine", "What was not accepted, and why; retry and drop");
  group->require_subcommand(1);
  add_list(*group, with, run);
  add_show(*group, with, run);
  add_retry(*group, with, run);
  add_drop(*group, with, run);
}

} // namespace consentd::consentctl
