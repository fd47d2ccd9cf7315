// Durable consumers over the socket: at least once, in order, one connection at a time.
#include "tests/unit/localapi/fixture.hpp"
#include "tests/unit/localapi/idle_client.hpp"
#include "tests/unit/localapi/subscriber.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <unistd.h>

namespace consentd::localapi::testing {
namespace {

struct consumer_fixture : fixture {
  explicit consumer_fixture(settings const& how = {}, std::optional<access_rules> who = std::nullopt)
      : fixture(how, std::move(who)) {}

  tests::http_answer keep(std::string const& name, std::string const& body = "{}") {
    return put("/v1/consumers/" + name, body);
  }
  tests::http_answer post(std::string const& target, std::string const& body) {
    return call("POST", target, {"Content-Type: application/json"}, body);
  }
  tests::http_answer acknowledge(std::string const& name, std::string const& place) {
    return post("/v1/consumers/" + name + "/ack", R"({"place":")" + place + "\"}");
  }
  std::string text(std::string const& name, std::string_view member) {
    return std::string(json_of(get("/v1/consumers/" + name)).root().find_string(member).value_or("none"));
  }
  std::int64_t number(std::string const& name, std::string_view member) {
    return json_of(get("/v1/consumers/" + name)).root().find(member)->integer().value();
  }
  bool flag(std::string const& name, std::string_view member) {
    return json_of(get("/v1/consumers/" + name)).root().find(member)->boolean().value();
  }
  // As after a restore from a backup, for which the store would have to be closed.
  void forge_epoch_of_consumers() {
    auto const command = "sqlite3 -cmd '.timeout 10000' '" + database() +
                         "' \"UPDATE consumers SET epoch = '0123456789abcdef0123456789abcdef'\"";
    BOOST_TEST_REQUIRE(std::system(command.c_str()) == 0);
  }
  void announce_some(int count) {
    for (int i = 0; i < count; ++i) {
      announce("c-" + std::to_string(++announced_));
    }
  }
  static std::vector<std::string> subjects_of(std::vector<subscriber::block> const& all) {
    std::vector<std::string> subjects;
    for (auto const& one : all) {
      auto const read = json::document::parse(one.data, {}).value();
      subjects.emplace_back(read.root().find_string("subject").value_or(one.event));
    }
    return subjects;
  }

private:
  int announced_ = 0;
};

struct short_lease : consumer_fixture {
  short_lease()
      : consumer_fixture(
            {.heartbeat = std::chrono::milliseconds(50), .consumer_lease = std::chrono::milliseconds(200)}) {}
};
struct quick_heartbeat : consumer_fixture {
  quick_heartbeat() : consumer_fixture({.heartbeat = std::chrono::milliseconds(20)}) {}
};

// Who may not deal with other users' consumers.
struct reader_only : consumer_fixture {
  reader_only() : consumer_fixture({}, access_rules({{.user = ::geteuid(), .group = {}, .allows = right::read}})) {}
  // As somebody else has it made.
  void keep_for_another(std::string const& name) { run(store().keep(name, {}, 0, {::geteuid() + 1, false})); }
};

using strings = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(durable_consumers, consumer_fixture)

BOOST_AUTO_TEST_CASE(stream_goes_on_behind_what_was_acknowledged_and_repeats_what_was_not) {
  announce_some(3);
  BOOST_TEST(keep("billing").status == 201);
  std::string second;
  {
    subscriber reader(socket(), "/v1/consumers/billing/events");
    auto const all = reader.wait_for(3);
    BOOST_TEST(subjects_of(all) == (strings{"c-1", "c-2", "c-3"}), boost::test_tools::per_element());
    second = all[1].id;
    json_of(acknowledge("billing", second));
  }
  BOOST_TEST(text("billing", "place") == second);
  BOOST_TEST(number("billing", "lagEntries") == 1);
  while (flag("billing", "connected")) {
    std::this_thread::yield();
  }
  announce_some(1);
  // Whatever an EventSource says of its last event: what was not acknowledged comes again.
  subscriber again(socket(), "/v1/consumers/billing/events",
                   {"Last-Event-ID: " + second.substr(0, second.rfind('-')) + "-3"});
  BOOST_TEST(subjects_of(again.wait_for(2)) == (strings{"c-3", "c-4"}), boost::test_tools::per_element());
  BOOST_TEST(flag("billing", "connected"));
}

BOOST_AUTO_TEST_CASE(another_filter_ends_the_stream_and_the_next_passes_over_nothing_that_it_lets_through) {
  announce("a-1");
  announce("p-1", consent::kind::payment);
  BOOST_TEST(keep("payments", R"({"kind":"payment"})").status == 201);
  {
    subscriber reader(socket(), "/v1/consumers/payments/events");
    auto const all = reader.wait_for(1);
    BOOST_TEST(subjects_of(all) == strings{"p-1"}, boost::test_tools::per_element());
    BOOST_TEST(keep("payments", R"({"kind":"payment"})").status == 200); // the same again is none
    BOOST_TEST(flag("payments", "connected"));
    BOOST_TEST(keep("payments").status == 200);
    reader.wait_for_end();
    BOOST_TEST(reader.wait_for(2).back().data == R"({"reason":"filter"})");
    // It was sent while a-1 was kept out.
    field_of_problem(acknowledge("payments", all[0].id), 409, "conflict");
  }
  subscriber reader(socket(), "/v1/consumers/payments/events");
  BOOST_TEST(subjects_of(reader.wait_for(2)) == (strings{"a-1", "p-1"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(new_ones_begin_where_they_are_told_to) {
  announce_some(3);
  auto const third = std::string(json_of(get("/v1/consents/c-3")).root().find_string("place").value());
  auto const second = std::string(json_of(get("/v1/consents/c-2")).root().find_string("place").value());
  json_of(keep("e"), 201);
  json_of(keep("l", R"({"after":"latest"})"), 201);
  json_of(keep("p", R"({"after":")" + second + "\"}"), 201);
  BOOST_TEST(text("e", "place").ends_with("-0"));
  BOOST_TEST(text("l", "place") == third);
  BOOST_TEST(text("p", "place") == second);
  BOOST_TEST(number("p", "lagEntries") == 1);
  for (auto const* const after : {"nowhere", "0123456789abcdef0123456789abcdef-1", ""}) {
    BOOST_TEST(field_of_problem(keep("x", std::string(R"({"after":")") + after + "\"}"), 400, "invalid-argument") ==
               "after");
  }
}

BOOST_AUTO_TEST_CASE(one_connection_at_a_time_and_room_as_soon_as_it_ends) {
  keep("a");
  auto first = std::make_unique<subscriber>(socket(), "/v1/consumers/a/events");
  first->wait_for_text("retry:");
  auto const refused = get("/v1/consumers/a/events");
  field_of_problem(refused, 409, "conflict");
  BOOST_TEST(std::stoi(refused.fields.at("retry-after")) >= 1);
  BOOST_TEST(get("/v1/consumers/a/events", {"Accept: application/json"}).status == 409);
  first.reset();
  while (flag("a", "connected")) {
    std::this_thread::yield();
  }
  subscriber second(socket(), "/v1/consumers/a/events");
  second.wait_for_text("retry:");
}

BOOST_AUTO_TEST_CASE(pages_are_a_way_to_pull_as_well) {
  announce_some(3);
  keep("a");
  auto const page = [&] {
    auto read = json_of(get("/v1/consumers/a/events?limit=2", {"Accept: application/json"}));
    std::vector<std::string> ids;
    for (auto item = read.root().find("events")->first(); item; item = item->next()) {
      ids.emplace_back(item->get().find_string("id").value());
    }
    return ids;
  };
  auto const first = page();
  BOOST_TEST(first.size() == 2U);
  BOOST_TEST(page() == first, boost::test_tools::per_element()); // until they are acknowledged
  json_of(acknowledge("a", first.back()));
  BOOST_TEST(page().size() == 1U);
}

BOOST_AUTO_TEST_CASE(pages_without_an_entry_move_the_place_past_what_the_filter_keeps_out) {
  announce_some(3);
  keep("rare", R"({"kind":"payment"})");
  auto const page = [&] { return get("/v1/consumers/rare/events", {"Accept: application/json"}); };
  json_of(page());
  BOOST_TEST(number("rare", "lagEntries") == 0);
  // But not past one that it lets through.
  announce("p", consent::kind::payment);
  announce_some(1);
  for (int again = 0; again < 2; ++again) {
    auto const read = json_of(page());
    BOOST_TEST(read.root().find("events")->first()->get().find_string("subject").value() == "p");
    BOOST_TEST(number("rare", "lagEntries") == 2);
  }
  json_of(acknowledge("rare", std::string(json_of(page()).root().find_string("place").value())));
  BOOST_TEST(number("rare", "lagEntries") == 0);
}

BOOST_AUTO_TEST_CASE(page_that_tells_of_a_reset_comes_again_until_its_place_is_acknowledged) {
  announce_some(1);
  keep("rare", R"({"kind":"payment"})");
  forge_epoch_of_consumers();
  for (int again = 0; again < 2; ++again) {
    auto const read = json_of(get("/v1/consumers/rare/events", {"Accept: application/json"}));
    BOOST_TEST(read.root().find("reset")->find_string("reason").value_or("none") == "other-epoch");
    if (again == 1) {
      json_of(acknowledge("rare", std::string(read.root().find_string("place").value())));
    }
  }
  auto const after = json_of(get("/v1/consumers/rare/events", {"Accept: application/json"}));
  BOOST_TEST((after.root().find("reset")->type() == json::type::null));
}

BOOST_AUTO_TEST_CASE(consumer_is_seen_by_every_request_for_its_entries_granted_or_not) {
  keep("pages");
  keep("held");
  keep("paused");
  BOOST_TEST(call("POST", "/v1/consumers/paused/pause").status == 200);
  subscriber reader(socket(), "/v1/consumers/held/events");
  reader.wait_for_text("retry:");
  time().advance(std::chrono::hours(2));
  for (auto const* const name : {"pages", "held", "paused"}) {
    get(std::string("/v1/consumers/") + name + "/events", {"Accept: application/json"});
    BOOST_TEST(text(name, "seenAt") == "2026-03-27T14:00:00Z");
  }
}

BOOST_AUTO_TEST_CASE(acknowledgement_that_was_on_its_way_when_somebody_sought_does_not_undo_it) {
  announce_some(4);
  keep("a");
  auto const place_of = [&](std::string const& id) {
    return std::string(json_of(get("/v1/consents/" + id)).root().find_string("place").value());
  };
  subscriber reader(socket(), "/v1/consumers/a/events");
  reader.wait_for(4);
  json_of(acknowledge("a", place_of("c-2")));
  json_of(post("/v1/consumers/a/seek", R"({"place":")" + place_of("c-1") + "\"}"));
  field_of_problem(acknowledge("a", place_of("c-3")), 409, "conflict");
  reader.wait_for_end();
  subscriber again(socket(), "/v1/consumers/a/events");
  auto const all = again.wait_for(3);
  BOOST_TEST(subjects_of(all) == (strings{"c-2", "c-3", "c-4"}), boost::test_tools::per_element());
  json_of(acknowledge("a", all[1].id));
  BOOST_TEST(text("a", "place") == all[1].id);
}

BOOST_AUTO_TEST_CASE(what_a_page_brought_may_be_acknowledged_by_another_process_later) {
  announce_some(4);
  keep("a");
  auto const read = json_of(get("/v1/consumers/a/events?limit=2", {"Accept: application/json"}));
  auto const place = std::string(read.root().find_string("place").value());
  field_of_problem(acknowledge("a", place.substr(0, place.rfind('-')) + "-3"), 409, "conflict");
  json_of(acknowledge("a", place));
  BOOST_TEST(text("a", "place") == place);
}

BOOST_AUTO_TEST_CASE(seeking_ends_the_stream_and_the_next_begins_there) {
  announce_some(2);
  time().advance(std::chrono::minutes(10));
  announce_some(2);
  keep("a", R"({"after":"latest"})");
  subscriber reader(socket(), "/v1/consumers/a/events");
  reader.wait_for_text("retry:");
  json_of(post("/v1/consumers/a/seek", R"({"time":"2026-03-27T12:05:00Z"})"));
  reader.wait_for_end();
  BOOST_TEST(reader.wait_for(1).back().data == R"({"reason":"seek"})");
  subscriber back(socket(), "/v1/consumers/a/events");
  BOOST_TEST(subjects_of(back.wait_for(2)) == (strings{"c-3", "c-4"}), boost::test_tools::per_element());
  json_of(post("/v1/consumers/a/seek", R"({"place":"earliest"})"));
  BOOST_TEST(number("a", "lagEntries") == 4);
  for (auto const* const body : {R"({})", R"({"place":"latest","time":"2026-03-27T12:05:00Z"})", R"({"place":"x"})"}) {
    BOOST_TEST(field_of_problem(post("/v1/consumers/a/seek", body), 400, "invalid-argument") == "place");
  }
  BOOST_TEST(field_of_problem(post("/v1/consumers/a/seek", R"({"time":"yesterday"})"), 400, "invalid-argument") ==
             "time");
}

BOOST_AUTO_TEST_CASE(paused_is_not_delivered_to_until_it_is_resumed) {
  keep("a");
  subscriber reader(socket(), "/v1/consumers/a/events");
  reader.wait_for_text("retry:");
  BOOST_TEST(call("POST", "/v1/consumers/a/pause").status == 200);
  reader.wait_for_end();
  BOOST_TEST(reader.wait_for(1).back().data == R"({"reason":"paused"})");
  field_of_problem(get("/v1/consumers/a/events"), 409, "conflict");
  BOOST_TEST(flag("a", "paused"));
  announce_some(1);
  BOOST_TEST(call("POST", "/v1/consumers/a/resume").status == 200);
  subscriber again(socket(), "/v1/consumers/a/events");
  BOOST_TEST(subjects_of(again.wait_for(1)) == strings{"c-1"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(removed_is_gone_and_its_stream_ends) {
  keep("a");
  subscriber reader(socket(), "/v1/consumers/a/events");
  reader.wait_for_text("retry:");
  BOOST_TEST(call("DELETE", "/v1/consumers/a").status == 200);
  reader.wait_for_end();
  for (auto const* const target : {"", "/events"}) {
    BOOST_TEST(field_of_problem(get(std::string("/v1/consumers/a") + target), 404, "not-found") == "name");
  }
  BOOST_TEST(call("DELETE", "/v1/consumers/a").status == 404);
  BOOST_TEST(acknowledge("a", "x-1").status == 404);
}

BOOST_AUTO_TEST_CASE(acknowledging_a_place_of_nowhere_is_refused_and_moves_nothing) {
  announce_some(2);
  keep("a");
  auto const place = text("a", "place");
  for (auto const* const wrong : {"nonsense", "", "0123456789abcdef0123456789abcdef-1"}) {
    BOOST_TEST(field_of_problem(acknowledge("a", wrong), 400, "invalid-argument") == "place");
  }
  BOOST_TEST(field_of_problem(acknowledge("a", place.substr(0, place.rfind('-')) + "-3"), 400, "invalid-argument") ==
             "place");
  BOOST_TEST(field_of_problem(post("/v1/consumers/a/ack", "{}"), 400, "invalid-argument") == "place");
  BOOST_TEST(text("a", "place") == place);
}

BOOST_AUTO_TEST_CASE(place_of_another_journal_is_told_in_the_stream_and_nothing_is_missed) {
  announce_some(2);
  keep("a", R"({"after":"latest"})");
  forge_epoch_of_consumers();
  subscriber reader(socket(), "/v1/consumers/a/events");
  auto const all = reader.wait_for(3);
  BOOST_TEST(all[0].event == "reset");
  BOOST_TEST(subjects_of({all[1], all[2]}) == (strings{"c-1", "c-2"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(late_acknowledgement_does_not_leap_over_what_was_pruned_unseen) {
  announce_some(4);
  keep("a");
  auto const first = std::string(json_of(get("/v1/consents/c-1")).root().find_string("place").value());
  json_of(get("/v1/consumers/a/events", {"Accept: application/json"}));
  time().advance(std::chrono::days(2000)); // longer than the journal is kept
  announce_some(1);                        // takes the old entries along
  json_of(acknowledge("a", first));
  BOOST_TEST(text("a", "place") == first);
  subscriber reader(socket(), "/v1/consumers/a/events");
  auto const all = reader.wait_for(2);
  BOOST_TEST(all[0].event == "reset");
  BOOST_TEST(all[0].data.find(R"("reason":"pruned")") != std::string::npos);
  BOOST_TEST(subjects_of({all[1]}) == strings{"c-5"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(names_and_filters_are_held_to_their_rules) {
  BOOST_TEST(field_of_problem(keep(std::string(65, 'a')), 400, "invalid-argument") == "name");
  BOOST_TEST(field_of_problem(keep("a%2Fb"), 400, "invalid-argument") == "name");
  BOOST_TEST(json_of(keep(std::string(64, 'a')), 201).root().find_string("name").value().size() == 64U);
  for (auto const* const member : {"type", "kind", "status", "subject", "issuer"}) {
    BOOST_TEST(field_of_problem(keep("a", std::string("{\"") + member + "\":\"\"}"), 400, "invalid-argument") ==
               member);
  }
  BOOST_TEST(field_of_problem(keep("a", R"({"filter":"x"})"), 400, "invalid-argument") == "filter");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(consumers_of_other_users, reader_only)

BOOST_AUTO_TEST_CASE(are_looked_at_and_not_touched) {
  announce_some(1);
  keep_for_another("a");
  json_of(get("/v1/consumers/a"));
  for (auto const& refused :
       {keep("a"), call("DELETE", "/v1/consumers/a"), acknowledge("a", "x"), post("/v1/consumers/a/seek", "{}"),
        call("POST", "/v1/consumers/a/pause"), get("/v1/consumers/a/events")}) {
    BOOST_TEST(field_of_problem(refused, 403, "not-permitted") == "name");
  }
}

// A body comes when its sender likes: by then the name may be another user's.
BOOST_AUTO_TEST_CASE(are_not_moved_by_a_call_that_began_when_the_name_was_the_callers_own) {
  announce_some(3);
  for (auto const* const call_of : {"seek", "ack"}) {
    keep("a");
    auto const place = text("a", "place");
    auto const body = R"({"place":")" + place.substr(0, place.rfind('-')) + "-3\"}";
    idle_client slow(socket(), "POST", std::string("/v1/consumers/a/") + call_of, body.size());
    slow.read_until("100 Continue"); // it was looked at, and its body is waited for
    json_of(call("DELETE", "/v1/consumers/a"));
    keep_for_another("a");
    slow.send(body);
    slow.read_until("HTTP/1.1 403");
    BOOST_TEST(text("a", "place").ends_with("-0"));
    run(store().remove_consumer("a", {0, true}));
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(leases_of_consumers, short_lease)

BOOST_AUTO_TEST_CASE(holder_that_does_not_acknowledge_loses_it_to_the_next) {
  announce_some(1);
  keep("a");
  subscriber idle(socket(), "/v1/consumers/a/events");
  idle.wait_for(1);
  while (get("/v1/consumers/a/events", {"Accept: application/json"}).status == 409) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  idle.wait_for_end();
  BOOST_TEST(idle.wait_for(2).back().data == R"({"reason":"taken-over"})");
}

BOOST_AUTO_TEST_CASE(holder_that_owes_nothing_keeps_it) {
  announce_some(1);
  keep("a");
  subscriber good(socket(), "/v1/consumers/a/events");
  json_of(acknowledge("a", good.wait_for(1).front().id));
  std::this_thread::sleep_for(std::chrono::milliseconds(400)); // twice a lease
  BOOST_TEST(get("/v1/consumers/a/events", {"Accept: application/json"}).status == 409);
  announce_some(1);
  good.wait_for(2);
  BOOST_TEST(get("/v1/consumers/a/events", {"Accept: application/json"}).status == 409);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(consumers_with_rare_filters, quick_heartbeat)

BOOST_AUTO_TEST_CASE(place_moves_on_by_itself_past_what_its_filter_keeps_out) {
  keep("rare", R"({"kind":"payment"})");
  subscriber reader(socket(), "/v1/consumers/rare/events");
  reader.wait_for_text("retry:");
  announce_some(5);
  while (number("rare", "lagEntries") != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  // But not past one that was sent and is not acknowledged.
  announce("p", consent::kind::payment);
  auto const sent = reader.wait_for(1).front().id;
  announce_some(5);
  for (int beat = 0; beat < 5; ++beat) {
    std::this_thread::sleep_for(std::chrono::milliseconds(30));
    BOOST_TEST(number("rare", "lagEntries") == 6);
  }
  json_of(acknowledge("rare", sent));
  while (number("rare", "lagEntries") != 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

// Whoever died with it unread must hear of it again.
BOOST_AUTO_TEST_CASE(reset_is_told_again_until_it_is_acknowledged) {
  announce_some(3);
  keep("rare", R"({"kind":"payment"})");
  forge_epoch_of_consumers();
  std::string place;
  for (int again = 0; again < 2; ++again) {
    while (flag("rare", "connected")) {
      std::this_thread::yield();
    }
    subscriber reader(socket(), "/v1/consumers/rare/events");
    auto const all = reader.wait_for(1);
    BOOST_TEST(all[0].event == "reset");
    place = all[0].id;
    reader.wait_for_text(": heartbeat\nid: " + place.substr(0, place.rfind('-')) + "-3");
    reader.wait_for_text("heartbeat");
    if (again == 1) {
      // The daemon moves it on from there.
      json_of(acknowledge("rare", place));
      while (number("rare", "lagEntries") != 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
      }
    } else {
      BOOST_TEST(number("rare", "lagEntries") == 3);
    }
  }
  while (flag("rare", "connected")) {
    std::this_thread::yield();
  }
  subscriber reader(socket(), "/v1/consumers/rare/events");
  reader.wait_for_text("heartbeat");
  BOOST_TEST(reader.text().find("event: reset") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(gap_before_its_place_is_not_passed_over_until_it_is_acknowledged) {
  announce_some(4);
  keep("rare", R"({"kind":"payment"})");
  time().advance(std::chrono::days(2000)); // longer than the journal is kept
  announce_some(1);                        // takes the old entries along
  for (int again = 0; again < 2; ++again) {
    while (flag("rare", "connected")) {
      std::this_thread::yield();
    }
    subscriber reader(socket(), "/v1/consumers/rare/events");
    BOOST_TEST(reader.wait_for(1)[0].event == "reset");
    auto const place = text("rare", "place");
    auto const end = "id: " + place.substr(0, place.rfind('-')) + "-5\n\n";
    reader.wait_for_text(": heartbeat\n" + end + ": heartbeat\n" + end); // the first was followed by what moves it
    BOOST_TEST(text("rare", "place").ends_with("-0"));
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
