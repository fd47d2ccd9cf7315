// The journal in pages of JSON.
#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::localapi::testing {
namespace {

struct page_fixture : fixture {
  struct page {
    std::vector<std::string> ids;
    std::vector<std::string> subjects;
    std::string place;
    bool more = false;
    std::string reset;
  };
  page ask(std::string const& query, std::vector<std::string> fields = {}) {
    fields.push_back("Accept: application/json");
    auto const read = json_of(get("/v1/events" + query, fields));
    page made;
    auto const root = read.root();
    for (auto item = root.find("events")->first(); item; item = item->next()) {
      made.ids.emplace_back(item->get().find_string("id").value());
      made.subjects.emplace_back(item->get().find_string("subject").value());
    }
    made.place = root.find_string("place").value();
    made.more = root.find("more")->boolean().value();
    made.reset = root.find("reset")->find_string("reason").value_or("");
    return made;
  }
  void announce_many(int count) {
    for (int i = 0; i < count; ++i) {
      announce("c-" + std::to_string(i), i % 2 == 0 ? consent::kind::account_access : consent::kind::payment);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pages_of_events, page_fixture)

BOOST_AUTO_TEST_CASE(pages_follow_each_other_without_gap_or_double) {
  announce_many(250);
  std::vector<std::string> seen;
  std::string after;
  for (bool more = true; more;) {
    auto const one = ask(after);
    more = one.more;
    after = "?after=" + one.place;
    BOOST_TEST(one.ids.size() == (one.more ? 100U : 50U));
    BOOST_TEST(one.ids.back() == one.place);
    seen.insert(seen.end(), one.subjects.begin(), one.subjects.end());
  }
  BOOST_TEST_REQUIRE(seen.size() == 250U);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    BOOST_TEST(seen[i] == "c-" + std::to_string(i));
  }
  auto const nothing = ask(after);
  BOOST_TEST(nothing.ids.empty());
  BOOST_TEST(!nothing.more);
  BOOST_TEST("?after=" + nothing.place == after);
  announce("one-more");
  BOOST_TEST(ask(after).subjects == std::vector<std::string>{"one-more"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(filter_and_limit_narrow_a_page_and_the_place_moves_on) {
  announce_many(20);
  auto const first = ask("?kind=payment&limit=3");
  BOOST_TEST(first.subjects == (std::vector<std::string>{"c-1", "c-3", "c-5"}), boost::test_tools::per_element());
  BOOST_TEST(first.more);
  auto const second = ask("?kind=payment&limit=1000&after=" + first.place);
  BOOST_TEST(second.subjects.front() == "c-7");
  BOOST_TEST(second.subjects.size() == 7U);
  BOOST_TEST(!second.more);
  // What passes nobody moves the place all the same.
  auto const none = ask("?subject=nobody");
  BOOST_TEST(none.ids.empty());
  BOOST_TEST(none.place == second.place);
}

BOOST_AUTO_TEST_CASE(page_of_large_entries_is_no_larger_than_half_a_mebibyte_and_one_entry) {
  announce("c-1");
  constexpr std::size_t large = 100'000;
  auto const resource = "{\"x\":\"" + std::string(large, 'x') + "\"}";
  for (int i = 1; i <= 10; ++i) {
    event("c-1", i % 2 == 1 ? consent::status::suspended : consent::status::authorized,
          at("2026-03-27T11:00:00Z") + std::chrono::seconds(i), resource);
  }
  std::size_t seen = 0;
  std::string after;
  for (bool more = true; more;) {
    auto const body = get("/v1/events?limit=1000" + after, {"Accept: application/json"}).body;
    BOOST_TEST(body.size() < 512U * 1024 + large + 10'000);
    auto const one = ask("?limit=1000" + after);
    seen += one.ids.size();
    more = one.more;
    after = "&after=" + one.place;
  }
  BOOST_TEST(seen == 11U);
}

BOOST_AUTO_TEST_CASE(place_of_another_journal_is_answered_in_the_page) {
  announce_many(3);
  auto const other = ask("?after=0123456789abcdef0123456789abcdef-2");
  BOOST_TEST(other.reset == "other-epoch");
  BOOST_TEST(other.ids.size() == 3U);
  auto const place = other.place;
  BOOST_TEST(ask("", {"Last-Event-ID: " + place}).ids.empty());
  BOOST_TEST(ask("?after=latest").place == place);
  BOOST_TEST(ask("?after=" + place.substr(0, place.find('-')) + "-99").reset == "past-end");
}

BOOST_AUTO_TEST_CASE(wrong_limits_are_named_and_a_stream_has_none) {
  for (auto const* const limit : {"0", "1001", "x"}) {
    auto const answer = get(std::string("/v1/events?limit=") + limit, {"Accept: application/json"});
    BOOST_TEST(field_of_problem(answer, 400, "invalid-argument") == "limit");
  }
  BOOST_TEST(field_of_problem(get("/v1/events?limit=10"), 400, "invalid-argument") == "limit");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
