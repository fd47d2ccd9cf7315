#include "tests/unit/localapi/fixture.hpp"
#include "tests/unit/localapi/idle_client.hpp"
#include "tests/unit/localapi/subscriber.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;
using namespace std::chrono_literals;
using consentd::localapi::testing::at;
using consentd::localapi::testing::idle_client;
using consentd::localapi::testing::subscriber;

namespace {

std::uint64_t sequence_of(subscriber::block const& of) {
  return std::stoull(of.id.substr(of.id.rfind('-') + 1));
}

json::document data_of(subscriber::block const& of) {
  auto read = json::document::parse(of.data, {});
  BOOST_TEST_REQUIRE(read.has_value(), of.data);
  return std::move(*read);
}

struct quick_heartbeat : testing::fixture {
  quick_heartbeat() : fixture({.heartbeat = 20ms}) {}
};

struct two_streams : testing::fixture {
  two_streams() : fixture({.max_streams = 2}) {}
};

struct one_stream_each : testing::fixture {
  one_stream_each() : fixture({.max_streams_per_user = 1}) {}
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(event_stream, testing::fixture)

BOOST_AUTO_TEST_CASE(what_was_comes_first_and_what_comes_follows_at_once) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  subscriber reader(socket(), "/v1/events");
  BOOST_TEST(reader.wait_for(2).size() == 2U);
  // The heartbeat is 15 s away: only the journal's growth can wake the stream. A hundred round trips, each waited for,
  // would take 25 minutes otherwise.
  for (int i = 1; i <= 100; ++i) {
    event("c-1", i % 2 == 1 ? consent::status::suspended : consent::status::authorized,
          at("2026-03-27T11:00:00Z") + std::chrono::seconds(i));
    reader.wait_for(static_cast<std::size_t>(2 + i));
  }
  auto const all = reader.wait_for(102);
  BOOST_TEST(all.front().event == "ae.openfinance.consent.announced");
  BOOST_TEST(all[1].event == "ae.openfinance.consent.status");
  auto const data = data_of(all[1]);
  BOOST_TEST(data.root().find_string("id").value() == all[1].id);
  BOOST_TEST(data.root().find_string("subject").value() == "c-1");
  BOOST_TEST(data.root().find("data")->find_string("status").value() == "Authorized");
  for (std::size_t i = 1; i < all.size(); ++i) {
    BOOST_TEST(sequence_of(all[i]) > sequence_of(all[i - 1]));
  }
}

BOOST_AUTO_TEST_CASE(entries_that_moved_nothing_are_not_told) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:10:00Z"));
  event("c-1", consent::status::suspended, at("2026-03-27T11:00:00Z")); // stale
  event("c-1", consent::status::revoked, at("2026-03-27T11:20:00Z"));
  subscriber reader(socket(), "/v1/events");
  auto const told = reader.wait_for(3);
  BOOST_TEST(told.size() == 3U);
  BOOST_TEST(data_of(told[2]).root().find("data")->find_string("status").value() == "Revoked");
}

BOOST_AUTO_TEST_CASE(resuming_leaves_no_gap_and_no_double_with_entries_in_between) {
  announce("c-1");
  std::vector<std::uint64_t> seen;
  std::string place;
  int changes = 0;
  auto const change = [&] {
    ++changes;
    event("c-1", changes % 2 == 1 ? consent::status::authorized : consent::status::suspended,
          at("2026-03-27T11:00:00Z") + std::chrono::seconds(changes));
  };
  for (int round = 0; round < 10; ++round) {
    change(); // while nobody listens
    std::vector<std::string> fields;
    if (!place.empty()) {
      fields.push_back("Last-Event-ID: " + place);
    }
    subscriber reader(socket(), "/v1/events", fields);
    reader.wait_for(1);
    change(); // while somebody does
    auto const got = reader.wait_for(round == 0 ? 3 : 2);
    for (auto const& one : got) {
      seen.push_back(sequence_of(one));
      BOOST_TEST(one.event != "reset");
    }
    place = got.back().id;
  }
  // One announcement and twenty changes, every one told.
  BOOST_TEST_REQUIRE(seen.size() == 21U);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    BOOST_TEST(seen[i] == seen[i - 1] + 1);
  }
}

BOOST_AUTO_TEST_CASE(after_is_a_place_or_latest) {
  announce("c-1");
  announce("c-2");
  std::string place;
  {
    subscriber all(socket(), "/v1/events");
    place = all.wait_for(2).front().id;
  }
  subscriber rest(socket(), "/v1/events?after=" + place);
  BOOST_TEST(data_of(rest.wait_for(1).front()).root().find_string("subject").value() == "c-2");
  subscriber latest(socket(), "/v1/events?after=latest");
  latest.wait_for_text("retry: 1000\n");
  announce("c-3");
  auto const got = latest.wait_for(1);
  BOOST_TEST(data_of(got.front()).root().find_string("subject").value() == "c-3");
}

BOOST_AUTO_TEST_CASE(the_stream_begins_with_its_place) {
  announce("c-1");
  subscriber reader(socket(), "/v1/events?after=latest");
  auto const extent = store().extent();
  reader.wait_for_text("retry: 1000\nid: " + extent.epoch + "-" + std::to_string(extent.last) + "\n\n");
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_be_resumed_from_is_answered_at_once) {
  announce("c-1");
  auto const extent = store().extent();
  for (auto const& [place, why] : std::vector<std::pair<std::string, std::string>>{
           {extent.epoch + "-999", "past-end"}, {"otherepoch-1", "other-epoch"}, {"nonsense", "unknown"}}) {
    subscriber reader(socket(), "/v1/events", {"Last-Event-ID: " + place});
    auto const got = reader.wait_for(2);
    BOOST_TEST(got.front().event == "reset", place);
    auto const data = data_of(got.front());
    BOOST_TEST(data.root().find_string("reason").value() == why);
    BOOST_TEST(data.root().find_string("requested").value() == place);
    BOOST_TEST(data.root().find_string("continuesAfter").value() == got.front().id);
    BOOST_TEST(data.root().find("lastSequence")->integer().value() == static_cast<std::int64_t>(extent.last));
    // And goes on from the oldest kept.
    BOOST_TEST(data_of(got[1]).root().find_string("subject").value() == "c-1");
  }
}

BOOST_AUTO_TEST_CASE(filters_let_through_what_they_name) {
  announce("c-1");
  announce("p-1", consent::kind::payment, testing::issuer_b);
  event("c-1", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  event("c-1", consent::status::suspended, at("2026-03-27T11:01:00Z"));
  announce("end"); // passes none of them but `type`
  auto const subjects = [&](std::string const& query, std::size_t count) {
    subscriber reader(socket(), "/v1/events?" + query);
    std::vector<std::string> out;
    for (auto const& one : reader.wait_for(count)) {
      auto const data = data_of(one);
      out.push_back(std::string(data.root().find_string("subject").value()) + " " +
                    std::string(data.root().find("data")->find_string("status").value_or("-")));
    }
    return out;
  };
  using texts = std::vector<std::string>;
  BOOST_TEST(subjects("type=ae.openfinance.consent.announced", 3) == (texts{"c-1 -", "p-1 -", "end -"}));
  BOOST_TEST(subjects("type=ae.openfinance.consent.status", 2) == (texts{"c-1 Authorized", "c-1 Suspended"}));
  BOOST_TEST(subjects("subject=c-1", 3) == (texts{"c-1 -", "c-1 Authorized", "c-1 Suspended"}));
  BOOST_TEST(subjects("status=Suspended", 1) == texts{"c-1 Suspended"});
  BOOST_TEST(subjects("kind=payment", 1) == texts{"p-1 -"});
  BOOST_TEST(subjects("issuer=https://bank-b.example", 1) == texts{"p-1 -"});
  BOOST_TEST(subjects("subject=c-1&status=Authorized", 1) == texts{"c-1 Authorized"});
}

BOOST_AUTO_TEST_CASE(wrong_parameters_are_refused_before_the_stream) {
  for (auto const& [query, field] : std::vector<std::pair<std::string, std::string>>{{"after=nonsense", "after"},
                                                                                     {"type=status", "type"},
                                                                                     {"subject=a%20b", "subject"},
                                                                                     {"status=authorized", "status"},
                                                                                     {"kind=x", "kind"},
                                                                                     {"issuer=", "issuer"},
                                                                                     {"from=1", "from"}}) {
    BOOST_TEST(field_of_problem(get("/v1/events?" + query), 400, "invalid-argument") == field, query);
  }
}

BOOST_AUTO_TEST_CASE(a_long_journal_comes_whole_over_many_pages) {
  constexpr int count = 300;
  for (int i = 0; i < count; ++i) {
    announce("c-" + std::to_string(i));
  }
  subscriber reader(socket(), "/v1/events");
  auto const all = reader.wait_for(count);
  BOOST_TEST(all.size() == static_cast<std::size_t>(count));
  for (std::size_t i = 1; i < all.size(); ++i) {
    BOOST_TEST_REQUIRE(sequence_of(all[i]) == sequence_of(all[i - 1]) + 1);
  }
}

BOOST_AUTO_TEST_CASE(large_resources_come_whole) {
  announce("c-1");
  std::string const resource = R"({"Filler":")" + std::string(300000, 'x') + R"("})";
  for (int i = 1; i <= 8; ++i) {
    event("c-1", i % 2 == 1 ? consent::status::authorized : consent::status::suspended,
          at("2026-03-27T11:00:00Z") + std::chrono::seconds(i), resource);
  }
  subscriber reader(socket(), "/v1/events");
  auto const all = reader.wait_for(9);
  BOOST_TEST(data_of(all.back()).root().find("data")->find("resource")->raw() == resource);
}

BOOST_AUTO_TEST_CASE(what_was_erased_is_not_streamed_from_what_others_read_before) {
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:00:00Z"), R"({"Secret":"x"})");
  subscriber(socket(), "/v1/events").wait_for_text("Secret");
  BOOST_TEST(call("DELETE", "/v1/consents/c-1/data").status == 200);
  subscriber later(socket(), "/v1/events");
  later.wait_for_text("consent.erased");
  BOOST_TEST(later.text().find("Secret") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_reader_that_stalls_slows_nobody) {
  announce("c-1");
  std::string const resource = R"({"Filler":")" + std::string(100000, 'x') + R"("})";
  std::vector<std::unique_ptr<idle_client>> stalled;
  for (int i = 0; i < 20; ++i) {
    stalled.push_back(std::make_unique<idle_client>(socket(), "/v1/events"));
  }
  subscriber reader(socket(), "/v1/events");
  for (int i = 1; i <= 40; ++i) {
    event("c-1", i % 2 == 1 ? consent::status::authorized : consent::status::suspended,
          at("2026-03-27T11:00:00Z") + std::chrono::seconds(i), resource);
  }
  BOOST_TEST(reader.wait_for(41).size() == 41U);
  json_of(get("/v1/status"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_stream_heartbeat, quick_heartbeat)

BOOST_AUTO_TEST_CASE(silence_is_broken_by_a_heartbeat_with_the_place_examined) {
  announce("c-1");
  announce("c-2");
  auto const extent = store().extent();
  subscriber reader(socket(), "/v1/events?kind=payment");
  reader.wait_for_text(": heartbeat\nid: " + extent.epoch + "-" + std::to_string(extent.last) + "\n\n");
  announce("p-1", consent::kind::payment, testing::issuer_b);
  BOOST_TEST(data_of(reader.wait_for(1).front()).root().find_string("subject").value() == "p-1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_stream_limits, two_streams)

BOOST_AUTO_TEST_CASE(one_stream_more_than_may_be_is_refused_and_a_closed_one_makes_room) {
  auto const open = [&] { return json_of(get("/v1/status")).root().find("streams")->find("open")->integer().value(); };
  auto first = std::make_unique<subscriber>(socket(), "/v1/events");
  first->wait_for_text("retry:");
  subscriber second(socket(), "/v1/events");
  second.wait_for_text("retry:");
  BOOST_TEST(open() == 2);
  auto const refused = get("/v1/events");
  field_of_problem(refused, 503, "too-many-streams");
  BOOST_TEST(refused.fields.at("retry-after") == "1");
  first.reset();
  while (open() == 2) {
    std::this_thread::yield();
  }
  subscriber third(socket(), "/v1/events");
  third.wait_for_text("retry:");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(event_stream_limits_of_a_user, one_stream_each)

BOOST_AUTO_TEST_CASE(one_user_s_streams_have_a_bound_of_their_own_and_a_closed_one_makes_room) {
  auto first = std::make_unique<subscriber>(socket(), "/v1/events");
  first->wait_for_text("retry:");
  auto const refused = get("/v1/events");
  field_of_problem(refused, 503, "too-many-streams");
  BOOST_TEST(refused.body.find("At most 1 of one user") != std::string::npos);
  first.reset();
  while (json_of(get("/v1/status")).root().find("streams")->find("open")->integer().value() != 0) {
    std::this_thread::yield();
  }
  subscriber second(socket(), "/v1/events");
  second.wait_for_text("retry:");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(event_stream_shutdown)

BOOST_AUTO_TEST_CASE(streams_end_when_the_listener_stops) {
  auto world = std::make_unique<testing::fixture>();
  subscriber reader(world->socket(), "/v1/events");
  reader.wait_for_text("retry:");
  // Within its patience of 20 s, or the end of the test would come later than that of the stream.
  world.reset();
  reader.wait_for_end();
}

BOOST_AUTO_TEST_SUITE_END()
