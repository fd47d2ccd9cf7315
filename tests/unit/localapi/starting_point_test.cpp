#include "localapi/starting_point.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;

namespace {

store::journal_extent const extent{"epoch-1", 10, 20};

parsed<starting_point> begin(std::string const& query, std::vector<net::header_field> fields = {}) {
  net::request_head head;
  head.fields = std::move(fields);
  auto const where = target::parse("/v1/events", query);
  return read_starting_point(head, *where, extent);
}

} // namespace

BOOST_AUTO_TEST_SUITE(starting_points)

BOOST_AUTO_TEST_CASE(without_a_place_it_begins_with_the_oldest_kept) {
  auto const from = begin("");
  BOOST_TEST(from->after == 10U);
  BOOST_TEST(!from->reset.has_value());
}

BOOST_AUTO_TEST_CASE(latest_is_the_end) {
  BOOST_TEST(begin("after=latest")->after == 20U);
}

BOOST_AUTO_TEST_CASE(every_place_of_the_journal_resumes) {
  for (std::uint64_t sequence = 10; sequence <= 20; ++sequence) {
    auto const from = begin("after=epoch-1-" + std::to_string(sequence));
    BOOST_TEST(from->after == sequence);
    BOOST_TEST(!from->reset.has_value());
  }
}

BOOST_AUTO_TEST_CASE(other_places_reset_to_the_oldest_kept) {
  auto const reset_of = [](std::string const& place) {
    auto const from = begin("after=" + place);
    BOOST_TEST_REQUIRE(from.has_value());
    BOOST_TEST(from->after == 10U);
    BOOST_TEST(from->requested == place);
    return std::string(to_string(from->reset.value()));
  };
  BOOST_TEST(reset_of("epoch-1-9") == "pruned");
  BOOST_TEST(reset_of("epoch-1-0") == "pruned");
  BOOST_TEST(reset_of("epoch-1-21") == "past-end");
  BOOST_TEST(reset_of("epoch-2-15") == "other-epoch");
}

BOOST_AUTO_TEST_CASE(place_of_an_entry_counts_as_it_is_though_entries_behind_it_are_gone) {
  store::journal_extent const here{"epoch-1", 10, 20};
  BOOST_TEST((place_of_entry("epoch-1-15", here) == 15U));
  BOOST_TEST((place_of_entry("epoch-1-3", here) == 3U));
  for (auto const* const other : {"epoch-1-21", "epoch-2-15", "epoch-1", "", "15"}) {
    BOOST_TEST(!place_of_entry(other, here).has_value(), other);
  }
}

BOOST_AUTO_TEST_CASE(the_header_counts_more_than_the_query) {
  auto const from = begin("after=latest", {{"last-event-id", "epoch-1-12"}});
  BOOST_TEST(from->after == 12U);
  BOOST_TEST(begin("after=epoch-1-15", {{"Last-Event-ID", ""}})->after == 15U);
}

BOOST_AUTO_TEST_CASE(a_header_that_is_no_place_resets) {
  for (auto const* text : {"17", "epoch-1-", "-5", "epoch-1-007", "epoch-1-99999999999999999999", "x"}) {
    auto const from = begin("", {{"Last-Event-ID", text}});
    BOOST_TEST_REQUIRE(from.has_value());
    BOOST_TEST((from->reset == reset_reason::unknown || from->reset == reset_reason::other_epoch), text);
    BOOST_TEST(from->after == 10U);
  }
}

BOOST_AUTO_TEST_CASE(a_query_that_is_no_place_is_refused) {
  BOOST_TEST(begin("after=17").error().field == "after");
  BOOST_TEST(begin("after=").error().field == "after");
  BOOST_TEST(begin("after=LATEST", {{"Last-Event-ID", "epoch-1-12"}}).error().field == "after");
}

BOOST_AUTO_TEST_CASE(two_headers_are_refused) {
  BOOST_TEST(begin("", {{"Last-Event-ID", "epoch-1-12"}, {"Last-Event-ID", "epoch-1-13"}}).error().field ==
             "Last-Event-ID");
}

BOOST_AUTO_TEST_CASE(what_is_echoed_is_bounded) {
  BOOST_TEST(begin("", {{"Last-Event-ID", std::string(5000, 'x')}})->requested.size() == 128U);
}

BOOST_AUTO_TEST_SUITE_END()
