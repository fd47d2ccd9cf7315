// Where all consents stand, and then the changes: a copy that is built in one call.
#include "tests/unit/localapi/fixture.hpp"
#include "tests/unit/localapi/idle_client.hpp"
#include "tests/unit/localapi/subscriber.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <map>

namespace consentd::localapi::testing {
namespace {

timestamp second(int number) {
  return at("2026-03-27T11:00:00Z") + std::chrono::seconds(number);
}

std::uint64_t sequence_of(std::string_view place) {
  return std::stoull(std::string(place.substr(place.rfind('-') + 1)));
}

// What a service keeps that follows the rule of docs/openapi.yaml and nothing else.
struct copy {
  struct row {
    std::string status;
    std::uint64_t place = 0;
  };
  std::map<std::string, row> consents;
  bool whole = false;

  void take(subscriber::block const& block) {
    if (block.event == "reset") {
      consents.clear();
      whole = false;
    } else if (block.event == "snapshot-row") {
      auto const read = json::document::parse(block.data, {}).value();
      put(read.root(), read.root().find_string("consentId").value(), read.root().find_string("place").value());
    } else if (block.event == "snapshot-end") {
      whole = true;
    } else {
      auto const read = json::document::parse(block.data, {}).value();
      put(*read.root().find("data"), read.root().find_string("subject").value(), block.id);
    }
  }

private:
  void put(json::value const& state, std::string_view id, std::string_view place) {
    auto& kept = consents[std::string(id)];
    if (auto const sequence = sequence_of(place); sequence > kept.place) {
      kept = {std::string(state.find_string("status").value_or("none")), sequence};
    }
  }
};

struct snapshot_fixture : fixture {
  void authorize(std::string const& id, consent::kind kind = consent::kind::account_access) {
    announce(id, kind);
    if (kind == consent::kind::account_access) {
      event(id, consent::status::authorized, second(0));
    }
  }
};

// Every moment of silence is too long.
struct no_silence : fixture {
  no_silence() : fixture({.heartbeat = std::chrono::milliseconds(0)}) {}
};

std::size_t index_of(std::vector<subscriber::block> const& all, std::string_view event) {
  auto const found = std::find_if(all.begin(), all.end(), [&](auto const& one) { return one.event == event; });
  return static_cast<std::size_t>(found - all.begin());
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(snapshots, snapshot_fixture)

BOOST_AUTO_TEST_CASE(rows_come_first_and_the_changes_behind_them_at_once) {
  for (int i = 0; i < 600; ++i) { // more than two pages
    announce("c-" + std::to_string(1000 + i));
  }
  subscriber reader(socket(), "/v1/snapshot");
  auto all = reader.wait_for(601);
  BOOST_TEST(index_of(all, "snapshot-end") == 600U);
  for (std::size_t i = 0; i < 600; ++i) {
    BOOST_TEST(all[i].event == "snapshot-row");
    BOOST_TEST(all[i].id.empty());
  }
  event("c-1000", consent::status::authorized, second(1));
  all = reader.wait_for(602);
  BOOST_TEST(all.back().event == "ae.openfinance.consent.status");
  BOOST_TEST(sequence_of(all.back().id) == sequence_of(all[600].id) + 1);
}

BOOST_AUTO_TEST_CASE(copy_is_right_although_everything_changes_while_it_is_built) {
  constexpr int consents = 1500;
  for (int i = 0; i < consents; ++i) {
    authorize("c-" + std::to_string(10000 + i));
  }
  subscriber reader(socket(), "/v1/snapshot");
  reader.wait_for_text("snapshot-row");
  std::map<std::string, std::string> expected;
  for (int i = 0; i < consents; i += 3) {
    auto const id = "c-" + std::to_string(10000 + i);
    event(id, i % 2 == 0 ? consent::status::revoked : consent::status::suspended, second(5));
    expected[id] = i % 2 == 0 ? "Revoked" : "Suspended";
  }
  announce("a-new-one");
  expected["a-new-one"] = "none";
  reader.wait_for_text("snapshot-end");
  reader.wait_for_text(R"("subject":"a-new-one")");
  copy kept;
  auto const count = consents + 1U;
  for (auto const& block : reader.wait_for(count)) { // all that have come
    kept.take(block);
  }
  BOOST_TEST(kept.whole);
  BOOST_TEST(kept.consents.size() == count);
  for (auto const& [id, row] : kept.consents) {
    BOOST_TEST(row.status == (expected.contains(id) ? expected[id] : "Authorized"), id);
  }
}

BOOST_AUTO_TEST_CASE(filters_narrow_rows_and_changes_but_a_status_the_rows_alone) {
  authorize("a-1");
  announce("a-2");
  announce("p-1", consent::kind::payment);
  subscriber payments(socket(), "/v1/snapshot?kind=payment");
  BOOST_TEST(index_of(payments.wait_for(2), "snapshot-end") == 1U);
  subscriber authorized(socket(), "/v1/snapshot?status=Authorized");
  auto const all = authorized.wait_for(2);
  BOOST_TEST(index_of(all, "snapshot-end") == 1U);
  BOOST_TEST(all.front().data.find("\"a-1\"") != std::string::npos);
  event("a-1", consent::status::revoked, second(3));
  BOOST_TEST(authorized.wait_for(3).back().data.find("Revoked") != std::string::npos);
  announce("p-2", consent::kind::payment);
  BOOST_TEST(payments.wait_for(3).back().data.find("\"p-2\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(who_comes_back_with_a_place_is_sent_the_changes_alone) {
  authorize("c-1");
  std::string place;
  {
    subscriber reader(socket(), "/v1/snapshot");
    place = reader.wait_for(2).back().id;
  }
  event("c-1", consent::status::suspended, second(2));
  subscriber back(socket(), "/v1/snapshot", {"Last-Event-ID: " + place});
  auto const all = back.wait_for(1);
  BOOST_TEST(all.front().event == "ae.openfinance.consent.status");
}

BOOST_AUTO_TEST_CASE(place_that_is_gone_brings_a_reset_and_the_rows_again) {
  authorize("c-1");
  subscriber reader(socket(), "/v1/snapshot", {"Last-Event-ID: 0123456789abcdef0123456789abcdef-1"});
  auto const all = reader.wait_for(3);
  BOOST_TEST(all[0].event == "reset");
  BOOST_TEST(all[1].event == "snapshot-row");
  BOOST_TEST(all[2].event == "snapshot-end");
  // Whoever is cut off among the rows has no place to go on from, not even that of before.
  BOOST_TEST(all[0].id.empty());
  BOOST_TEST(reader.text().starts_with("id\nevent: reset\n"), reader.text());
  auto const reset = json::document::parse(all[0].data, {}).value();
  BOOST_TEST(reset.root().find_string("continuesAfter").value() == all[2].id);
}

BOOST_AUTO_TEST_CASE(reset_in_lines_of_json_names_no_place_to_go_on_from) {
  subscriber reader(socket(), "/v1/snapshot?after=0123456789abcdef-1", {"Accept: application/x-ndjson"});
  reader.wait_for_text("snapshot-end");
  BOOST_TEST(reader.text().starts_with(R"({"control":"reset","reset":{"reason":"other-epoch")"), reader.text());
}

BOOST_AUTO_TEST_CASE(reader_under_whom_changes_were_pruned_gets_the_rows_again) {
  authorize("c-1");
  idle_client reader(socket(), "/v1/snapshot");
  reader.read_until("snapshot-end");
  auto const resource = "{\"x\":\"" + std::string(300'000, 'x') + "\"}";
  for (int i = 1; i <= 21; ++i) { // far more than the socket takes
    event("c-1", i % 2 == 1 ? consent::status::suspended : consent::status::authorized, second(i), resource);
  }
  time().advance(std::chrono::days(2000)); // longer than the journal is kept
  announce("c-2");                         // takes the old entries along
  auto const& text = reader.read_until("id\nevent: reset\n");
  reader.read_until("event: snapshot-end");
  auto const again = text.substr(text.find("id\nevent: reset\n"));
  BOOST_TEST(again.find(R"(event: snapshot-row
data: {"consentId":"c-1")") != std::string::npos);
  BOOST_TEST(again.find(R"("status":"Suspended")") != std::string::npos);
  BOOST_TEST(again.find("ae.openfinance.consent.status") == std::string::npos);
  announce("c-3");
  reader.read_until(R"("subject":"c-3")");
}

BOOST_AUTO_TEST_CASE(lines_of_json_say_the_same) {
  authorize("c-1");
  subscriber reader(socket(), "/v1/snapshot", {"Accept: application/x-ndjson"});
  reader.wait_for_text("snapshot-end");
  event("c-1", consent::status::revoked, second(3));
  reader.wait_for_text("Revoked");
  auto const text = reader.text();
  std::vector<std::string> kinds;
  for (std::size_t begin = 0; begin < text.size();) {
    auto const end = text.find('\n', begin);
    if (end == std::string::npos) {
      break;
    }
    auto const line = json::document::parse(text.substr(begin, end - begin), {});
    BOOST_TEST_REQUIRE(line.has_value());
    kinds.emplace_back(line->root().find_string("control").value_or(line->root().find_string("type").value_or("?")));
    begin = end + 1;
  }
  BOOST_TEST(kinds == (std::vector<std::string>{"row", "snapshot-end", "ae.openfinance.consent.status"}),
             boost::test_tools::per_element());
}

// A read transaction that outlived a page would keep the log from ever beginning anew.
BOOST_AUTO_TEST_CASE(reader_that_stalls_in_the_middle_leaves_the_write_ahead_log_bounded) {
  std::string const large(4000, 'x');
  for (int i = 0; i < 3000; ++i) {
    announce("c-" + std::to_string(10000 + i));
  }
  idle_client stalled(socket(), "/v1/snapshot");
  stalled.read_until("snapshot-row"); // it has begun, and from here on nobody reads
  for (int i = 0; i < 200; ++i) {
    event("c-10000", i % 2 == 0 ? consent::status::authorized : consent::status::suspended, second(i),
          "{\"x\":\"" + large + "\"}");
  }
  // An idle store empties the log, which it cannot while anybody reads in it.
  auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  auto const left = [&] { return std::filesystem::file_size(database() + "-wal"); };
  while (left() != 0 && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(left() == 0U);
}

BOOST_FIXTURE_TEST_CASE(rows_that_the_filter_keeps_out_are_passed_with_signs_of_life_that_have_no_place, no_silence) {
  crowd(4'500); // more than are looked through in one go
  announce("z-1", consent::kind::insurance);
  subscriber events(socket(), "/v1/snapshot?kind=insurance");
  events.wait_for_text("snapshot-end");
  BOOST_TEST(
      events.text().starts_with(": heartbeat\n\n: heartbeat\n\nevent: snapshot-row\ndata: {\"consentId\":\"z-1\""),
      events.text().substr(0, 200));
  subscriber lines(socket(), "/v1/snapshot?kind=insurance", {"Accept: application/x-ndjson"});
  lines.wait_for_text("snapshot-end");
  std::string const sign = "{\"control\":\"heartbeat\"}\n";
  BOOST_TEST(lines.text().starts_with(sign + sign + R"({"control":"row","consent":{"consentId":"z-1")"),
             lines.text().substr(0, 200));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
