// The real program against the real socket.
#include "tests/unit/tools/consentctl/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <unistd.h>

using namespace consentd;
using namespace consentd::localapi;
using consentctl::testing::has;
using consentctl::testing::is_clean;
using consentctl::testing::nasty;
using consentctl::testing::world;
using consentd::localapi::testing::at;

BOOST_FIXTURE_TEST_SUITE(commands, world)

BOOST_AUTO_TEST_CASE(a_consent_is_announced_listed_shown_and_judged) {
  auto const made = ctl({"consents", "announce", "c-1", "--kind", "account-access", "--issuer", testing::issuer_a,
                         "--expires", "2026-12-31T00:00:00Z"});
  BOOST_TEST(made.status == 0, made.output);
  BOOST_TEST(has(made, "c-1 announced"));
  BOOST_TEST(has(ctl({"consents", "announce", "c-1", "--kind", "account-access", "--issuer", testing::issuer_a}),
                 "c-1 was known"));
  auto const conflict = ctl({"consents", "announce", "c-1", "--kind", "payment", "--issuer", testing::issuer_a});
  BOOST_TEST(conflict.status == 1);
  BOOST_TEST(has(conflict, "contradicts"));
  BOOST_TEST(ctl({"consents", "usable", "c-1"}).status == 1);
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  auto const usable = ctl({"consents", "usable", "c-1"});
  BOOST_TEST(usable.status == 0);
  BOOST_TEST(usable.output == "usable (as of 2026-03-27T12:00:00Z)\n");
  auto const list = ctl({"consents", "list", "--status", "Authorized"});
  BOOST_TEST(list.status == 0);
  BOOST_TEST(has(list, "c-1      account-access  Authorized"), list.output);
  BOOST_TEST(has(ctl({"consents", "get", "c-1"}), "statusUpdateDateTime  2026-03-27T11:59:00Z"));
  auto const history = ctl({"consents", "history", "c-1"});
  BOOST_TEST(has(history, "announced"));
  BOOST_TEST(has(history, "applied"));
  BOOST_TEST(has(ctl({"status"}), "0.1.0-test"));
}

BOOST_AUTO_TEST_CASE(list_goes_on_until_there_is_a_row_to_show) {
  crowd(33'000);
  announce("z-1", consent::kind::insurance);
  auto const list = ctl({"consents", "list", "--kind", "insurance"});
  BOOST_TEST(list.status == 0, list.output);
  BOOST_TEST(has(list, "z-1      insurance"), list.output);
  BOOST_TEST(!has(list, "there is more"), list.output);
  // A program is told of each page, with the place that it was read at.
  BOOST_TEST(has(ctl({"--json", "consents", "list", "--kind", "insurance"}), "\"consents\":[]"));
}

BOOST_AUTO_TEST_CASE(json_is_the_daemons_own) {
  announce("c-1");
  auto const shown = ctl({"--json", "consents", "get", "c-1"});
  BOOST_TEST(shown.output == get("/v1/consents/c-1").body + "\n");
  auto const after_the_command = ctl({"consents", "usable", "c-1", "--json"});
  BOOST_TEST(after_the_command.status == 1);
  BOOST_TEST(json::document::parse(after_the_command.output, {}).has_value());
}

BOOST_AUTO_TEST_CASE(a_negative_answer_is_1_and_wrong_usage_64) {
  auto const missing = ctl({"consents", "get", "nobody"});
  BOOST_TEST(missing.status == 1);
  BOOST_TEST(missing.output ==
             "consentctl: There is no such thing (consent_id): No consent of this id is known here.\n");
  for (auto const& arguments : {std::vector<std::string>{},
                                {"consents"},
                                {"consents", "get"},
                                {"nothing"},
                                {"status", "--verbose"},
                                {"deliveries"},
                                {"consents", "announce", "c-1"},
                                {"consents", "wait", "c-1"},
                                {"consumers"},
                                {"consumers", "keep"},
                                {"explain"},
                                {"inspect", "-", "--at", "x"},
                                {"inspect", "-", "--jose-only"},
                                {"inspect", "-", "--bearer", "--show-payload"},
                                {"inspect", "-", "--evidence", "--at", "2026-03-27T12:00:00Z"},
                                {"inspect", "-", "--jose-only", "--key", "k", "--jwks", "i=f"},
                                {"events", "tail", "--after", "42"},
                                {"events", "tail", "--after", "earliest"}}) {
    BOOST_TEST(ctl(arguments).status == 64);
  }
  BOOST_TEST(ctl({"--help"}).status == 0);
}

BOOST_AUTO_TEST_CASE(a_daemon_that_is_not_there_is_69_and_one_line) {
  for (auto const& command : {std::vector<std::string>{"status"},
                              {"events", "tail"},
                              {"consents", "get", "c-1"},
                              {"quarantine", "retry", "--reason", "audience"}}) {
    std::vector<std::string> arguments{CONSENTCTL, "--socket", socket() + ".not"};
    arguments.insert(arguments.end(), command.begin(), command.end());
    auto const away = tests::run(arguments);
    BOOST_TEST(away.status == 69);
    BOOST_TEST(away.output.starts_with("consentctl: cannot reach the daemon at " + socket() + ".not: "), away.output);
    BOOST_TEST(std::count(away.output.begin(), away.output.end(), '\n') == 1);
  }
  for (auto const* const what : {"retry", "drop"}) {
    auto const away = tests::run({CONSENTCTL, "--socket", socket() + ".not", "quarantine", what, "1", "2"});
    BOOST_TEST(away.status == 69, away.output);
    BOOST_TEST(has(away, "0 of 2"), away.output);
  }
}

// The superuser may open every socket, so somebody else has to try; and only the superuser can make somebody else try.
BOOST_AUTO_TEST_CASE(socket_that_is_not_for_this_user_is_69) {
  if (::geteuid() != 0) {
    return;
  }
  std::filesystem::permissions(socket(), std::filesystem::perms::owner_all);
  std::filesystem::permissions(std::filesystem::path(socket()).parent_path(),
                               std::filesystem::perms::owner_all | std::filesystem::perms::others_exec);
  for (auto const& arguments : {std::vector<std::string>{"status"}, {"quarantine", "drop", "1"}}) {
    auto as_nobody = command(arguments);
    as_nobody.insert(as_nobody.begin(), {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"});
    auto const refused = tests::run(as_nobody);
    BOOST_TEST(refused.status == 69, refused.output);
    BOOST_TEST(has(refused, "Permission denied"), refused.output);
  }
}

BOOST_AUTO_TEST_CASE(path_that_can_be_no_socket_is_wrong_usage) {
  auto const told = tests::run({CONSENTCTL, "--socket", "/tmp/" + std::string(200, 'x'), "status"});
  BOOST_TEST(told.status == 64);
  BOOST_TEST(has(told, "File name too long"), told.output);
}

BOOST_AUTO_TEST_CASE(the_socket_may_come_from_the_environment) {
  auto const told = tests::run({CONSENTCTL, "status"}, {"CONSENTD_SOCKET=" + socket()});
  BOOST_TEST(told.status == 0, told.output);
}

BOOST_AUTO_TEST_CASE(the_tail_tells_what_was_and_what_comes_and_resumes) {
  announce("c-1");
  tests::temporary_folder folder;
  std::vector<std::string> const arguments{CONSENTCTL, "--socket", socket(), "events", "tail", "--count", "2"};
  tests::process tail(arguments, folder / "tail");
  tail.wait_for("announced");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  BOOST_TEST(tail.wait() == 0);
  BOOST_TEST(tail.output().find("- -> Authorized  applied") != std::string::npos, tail.output());
  auto const place = tail.output().substr(0, tail.output().find(' '));
  auto const rest = ctl({"events", "tail", "--after", place, "--count", "1", "--json"});
  BOOST_TEST(rest.status == 0);
  auto const read = json::document::parse(rest.output, {});
  BOOST_TEST_REQUIRE(read.has_value(), rest.output);
  BOOST_TEST(read->root().find_string("disposition").value() == "applied");
  auto const reset = ctl({"events", "tail", "--after", "otherepoch-3", "--count", "1"});
  BOOST_TEST(has(reset, "reset: the place otherepoch-3 cannot be resumed from (other-epoch)"), reset.output);
  BOOST_TEST(has(reset, "announced"), reset.output); // a reset is no entry
  BOOST_TEST(!has(reset, "applied"), reset.output);
}

BOOST_AUTO_TEST_CASE(several_are_usable_only_when_all_are) {
  announce("c-1");
  announce("c-2");
  for (auto const* const id : {"c-1", "c-2"}) {
    BOOST_TEST(ctl({"consents", "usable", "c-1", "c-2"}).status == 1, id);
    event(id, consent::status::authorized, at("2026-03-27T11:59:00Z"));
  }
  BOOST_TEST(ctl({"consents", "usable", "c-1", "c-2"}).status == 0);
  auto const told = ctl({"consents", "usable", "c-1", "c-2", "c-3"});
  BOOST_TEST(told.status == 1);
  BOOST_TEST(has(told, "c-3      no      unknown"), told.output);
  BOOST_TEST(
      has(ctl({"consents", "usable", "c-1", "c-2", "--json"}), R"({"consents":[{"consentId":"c-1","usable":true)"));
}

BOOST_AUTO_TEST_CASE(snapshot_prints_the_rows_and_then_what_comes) {
  announce("c-1");
  announce("c-2");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  auto const rows = ctl({"events", "snapshot", "--rows-only"});
  BOOST_TEST(rows.status == 0);
  BOOST_TEST(has(rows, "c-1  Authorized  " + testing::issuer_a), rows.output);
  BOOST_TEST(has(rows, "c-2  -  " + testing::issuer_a), rows.output);
  auto const one = ctl({"events", "snapshot", "--rows-only", "--status", "Authorized", "--json"});
  BOOST_TEST(has(one, R"({"row":{"consentId":"c-1")"), one.output);
  BOOST_TEST(!has(one, "c-2"), one.output);
  tests::temporary_folder folder;
  tests::process follower({CONSENTCTL, "--socket", socket(), "events", "snapshot"}, folder / "snapshot");
  follower.wait_for("changes follow");
  event("c-1", consent::status::suspended, at("2026-03-27T11:59:30Z"));
  follower.wait_for("Authorized -> Suspended");
}

BOOST_AUTO_TEST_CASE(consumer_is_kept_followed_sought_paused_and_removed) {
  announce("c-1");
  announce("c-2");
  auto const made = ctl({"consumers", "keep", "billing", "--kind", "account-access"});
  BOOST_TEST(made.status == 0, made.output);
  BOOST_TEST(has(made, "lagEntries  2"), made.output);
  auto const first = ctl({"consumers", "follow", "billing", "--count", "1"});
  BOOST_TEST(first.status == 0, first.output);
  BOOST_TEST(has(first, "c-1"));
  auto const second = ctl({"--json", "consumers", "follow", "billing", "--count", "1"});
  BOOST_TEST(has(second, R"("subject":"c-2")"), second.output);
  auto const list = ctl({"consumers", "list"});
  BOOST_TEST(has(list, "billing"), list.output);
  BOOST_TEST(has(ctl({"consumers", "get", "billing"}), "lagEntries  0"));
  BOOST_TEST(has(ctl({"consumers", "seek", "billing", "--place", "earliest"}), "lagEntries  2"));
  auto const place = std::string(json_of(get("/v1/consents/c-1")).root().find_string("place").value());
  // What was sent before that is not acknowledged any more; what is sent since is.
  BOOST_TEST(has(ctl({"consumers", "ack", "billing", place}), "set"));
  BOOST_TEST(has(ctl({"consumers", "follow", "billing", "--count", "1"}), "c-1"));
  BOOST_TEST(has(ctl({"consumers", "ack", "billing", place}), "lagEntries  1"));
  BOOST_TEST(ctl({"consumers", "pause", "billing"}).status == 0);
  auto const paused = ctl({"consumers", "follow", "billing"});
  BOOST_TEST(paused.status == 1);
  BOOST_TEST(has(paused, "paused"), paused.output);
  BOOST_TEST(ctl({"consumers", "resume", "billing"}).status == 0);
  BOOST_TEST(ctl({"consumers", "remove", "billing"}).status == 0);
  BOOST_TEST(ctl({"consumers", "get", "billing"}).status == 1);
  BOOST_TEST(ctl({"consumers", "seek", "billing"}).status == 64);
}

BOOST_AUTO_TEST_CASE(waiting_ends_with_the_status_or_the_time) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  auto const there = ctl({"consents", "wait", "c-1", "Authorized", "Rejected"});
  BOOST_TEST(there.status == 0, there.output);
  BOOST_TEST(has(there, "waited                reached"), there.output);
  BOOST_TEST(ctl({"consents", "wait", "c-1", "Revoked", "--timeout", "1"}).status == 1);
  BOOST_TEST(ctl({"consents", "wait", "c-1", "Revoked", "--timeout", "301"}).status == 64);
}

BOOST_AUTO_TEST_CASE(delivery_is_explained_in_plain_words) {
  announce("c-1");
  auto const interaction_of = [&](std::int64_t delivery) {
    auto const found = json_of(get("/v1/deliveries/" + std::to_string(delivery)));
    return std::string(found.root().find_string("interactionId").value());
  };
  auto const applied =
      ctl({"explain", interaction_of(event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z")))});
  BOOST_TEST(applied.status == 0);
  BOOST_TEST(has(applied, "was received at 2026-03-27T12:00:00Z.\n"), applied.output);
  BOOST_TEST(has(applied, "It is about the consent c-1.\nIt moved the status.\n"), applied.output);
  auto const stale =
      ctl({"explain", interaction_of(event("c-1", consent::status::suspended, at("2026-03-27T11:58:00Z")))});
  BOOST_TEST(has(stale, "What is known is newer"), stale.output);
  auto const refused = deliver(new_interaction_id());
  quarantine(refused, {reason::signature, "PS256 does not hold"}, nasty, "c-1");
  auto const why = ctl({"explain", interaction_of(refused)});
  BOOST_TEST(has(why, "It was not accepted: "), why.output);
  BOOST_TEST(has(why, "signature, PS256 does not hold.\n"), why.output);
  BOOST_TEST(has(why, "It was judged at "), why.output);
  BOOST_TEST(has(why, "No retry can change that."), why.output);
  BOOST_TEST(is_clean(why.output));
  auto const unknown = ctl({"explain", "00000000-0000-4000-8000-00000000dead"});
  BOOST_TEST(unknown.status == 1);
  BOOST_TEST(has(unknown, "refused at once"), unknown.output);
}

BOOST_AUTO_TEST_CASE(quarantine_and_deliveries_are_shown) {
  auto const interaction = new_interaction_id();
  auto const id = deliver(interaction);
  quarantine(id, {reason::signature, "does not hold"}, "", "");
  auto const list = ctl({"quarantine", "list"});
  BOOST_TEST(has(list, "signature"), list.output);
  BOOST_TEST(has(list, interaction));
  auto const shown = ctl({"quarantine", "show", std::to_string(id)});
  BOOST_TEST(has(shown, "9 bytes, shown with --json"), shown.output);
  BOOST_TEST(has(ctl({"quarantine", "show", std::to_string(id), "--json"}), R"("body":"a.b.c.d.e")"));
  BOOST_TEST(has(ctl({"deliveries", "--interaction-id", interaction}), "quarantined"));
  BOOST_TEST(ctl({"deliveries", "--interaction-id", new_interaction_id()}).status == 1);
  BOOST_TEST(ctl({"quarantine", "show", "999"}).status == 1);
}

BOOST_AUTO_TEST_CASE(who_had_a_delivery_dropped_is_shown) {
  auto const id = std::to_string(deliver(new_interaction_id(), "a.b.c.d.e"));
  quarantine(std::stoll(id), {reason::audience, ""}, "", "");
  BOOST_TEST(ctl({"quarantine", "drop", id}).status == 0);
  auto const list = ctl({"operations", "list", "--operation", "drop-delivery", "--subject", id});
  BOOST_TEST(list.status == 0);
  BOOST_TEST(has(list, "drop-delivery  " + id), list.output);
  BOOST_TEST(has(list, "in quarantine for audience"), list.output);
  BOOST_TEST(!has(ctl({"operations", "list", "--uid", "4294967295"}), id));
  BOOST_TEST(ctl({"operations", "list", "--operation", "sing"}).status == 1);
  auto const told = json_of(get("/v1/deliveries/" + id));
  auto const story = ctl({"explain", std::string(told.root().find_string("interactionId").value())});
  BOOST_TEST(has(story, "It was taken out of quarantine since"), story.output);
  BOOST_TEST(has(story, "consentctl operations list --subject " + id + "\n"), story.output);
}

BOOST_AUTO_TEST_CASE(quarantine_is_retried_and_dropped_by_number) {
  auto const id = std::to_string(deliver(new_interaction_id()));
  quarantine(std::stoll(id), {reason::audience, ""}, "", "");
  auto const retried = ctl({"quarantine", "retry", id});
  BOOST_TEST(retried.status == 0, retried.output);
  BOOST_TEST(retried.output == "delivery " + id + " retried: pending\n");
  auto const again = ctl({"quarantine", "retry", id});
  BOOST_TEST(again.status == 1);
  BOOST_TEST(has(again, "delivery " + id + ": There is no such thing"), again.output);
  auto const final = std::to_string([this] {
    run(store().take(10));
    return deliver(new_interaction_id());
  }());
  quarantine(std::stoll(final), {reason::replay, ""}, "", "");
  auto const refused = ctl({"quarantine", "retry", final});
  BOOST_TEST(refused.status == 1);
  BOOST_TEST(has(refused, "contradicts"), refused.output);
  BOOST_TEST(has(ctl({"quarantine", "drop", final, "--json"}), R"("state":"dropped")"));
  auto const other = std::to_string(deliver(new_interaction_id()));
  quarantine(std::stoll(other), {reason::audience, ""}, "", "");
  BOOST_TEST(ctl({"quarantine", "drop", other}).output == "delivery " + other + " dropped\n");
  BOOST_TEST(ctl({"quarantine", "drop", final}).status == 1);
  for (auto const& wrong : {std::vector<std::string>{"quarantine", "retry"},
                            {"quarantine", "retry", "1", "--reason", "audience"},
                            {"quarantine", "drop"}}) {
    BOOST_TEST(ctl(wrong).status == 64);
  }
}

BOOST_AUTO_TEST_CASE(quarantine_is_retried_by_what_it_is_and_nothing_else) {
  auto const put = [this](reason why, std::string const& issuer, std::string const& consent) {
    auto const id = deliver(new_interaction_id());
    quarantine(id, {why, ""}, issuer, consent);
    return id;
  };
  auto const state_of = [this](std::int64_t id) {
    return std::string(json_of(get("/v1/deliveries/" + std::to_string(id))).root().find_string("state").value());
  };
  auto const wanted = put(reason::issuer_mismatch, testing::issuer_b, "c-1");
  auto const other_consent = put(reason::issuer_mismatch, testing::issuer_b, "c-2");
  auto const other_issuer = put(reason::issuer_mismatch, testing::issuer_a, "c-1");
  auto const other_reason = put(reason::audience, testing::issuer_b, "c-1");
  auto const final = put(reason::replay, testing::issuer_b, "c-1");
  auto const one =
      ctl({"quarantine", "retry", "--reason", "issuer-mismatch", "--issuer", testing::issuer_b, "--consent", "c-1"});
  BOOST_TEST(one.status == 0, one.output);
  BOOST_TEST(has(one, "1 of 1 retried"), one.output);
  BOOST_TEST(state_of(wanted) == "pending");
  for (auto const id : {other_consent, other_issuer, other_reason, final}) {
    BOOST_TEST(state_of(id) == "quarantined");
  }
  auto const rest = ctl({"quarantine", "retry", "--issuer", testing::issuer_b});
  BOOST_TEST(rest.status == 0, rest.output);
  BOOST_TEST(has(rest, "2 of 2 retried; 1 left alone, as their reason is final"), rest.output);
  BOOST_TEST(state_of(other_issuer) == "quarantined");
  auto const none = ctl({"quarantine", "retry", "--reason", "no-such"});
  BOOST_TEST(none.status == 64);
  BOOST_TEST(has(none, "reason"), none.output);
}

BOOST_AUTO_TEST_CASE(control_and_bidirectional_characters_never_reach_the_terminal) {
  auto const id = deliver(new_interaction_id());
  quarantine(id, {reason::issuer_mismatch, "bound to \x1b]0;owned\x07 another"}, nasty, "c\xe2\x80\xae-1");
  announce("c-1", consent::kind::payment, nasty);
  tests::temporary_folder folder;
  for (auto const& arguments : {std::vector<std::string>{"quarantine", "list"},
                                {"quarantine", "list", "--json"},
                                {"quarantine", "show", std::to_string(id)},
                                {"quarantine", "show", std::to_string(id), "--json"},
                                {"deliveries", "--id", std::to_string(id)},
                                {"consents", "list"},
                                {"consents", "get", "c-1"},
                                {"consents", "get", "c-1", "--json"},
                                {"events", "tail", "--count", "1"},
                                {"events", "tail", "--count", "1", "--json"},
                                {"consents", "announce", "c-1", "--kind", "payment", "--issuer", "other"}}) {
    auto const shown = ctl(arguments);
    BOOST_TEST(!shown.output.empty());
    BOOST_TEST(is_clean(shown.output), arguments.front() + " " + arguments[1] + ": " + shown.output);
  }
  // What JSON says is still the same text.
  auto const json = ctl({"consents", "get", "c-1", "--json"});
  auto const read = json::document::parse(json.output, {});
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->root().find_string("issuer").value() == nasty);
}

BOOST_AUTO_TEST_SUITE_END()
