// Every status against every status, of every kind, with an older, an equal and a newer time.
#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <string_view>

namespace consentd::consent {
namespace {

using namespace sample;

// Rows: the status before; columns: the reported one; both in the order awaiting, authorized, suspended, rejected,
// consumed, expired, revoked. a applied, g gap, l late, r refused, s stale, u updated.
using transition_table = std::array<std::string_view, 7>;

constexpr transition_table newer_payment{"uagagga", "guagaaa", "gauggaa", "rrrurrr", "rrrrurr", "rrrrrur", "rrrrrru"};
constexpr transition_table newer_other{"uagagga", "guaggaa", "gauggaa", "rrrurrr", "rrrrurr", "rrrrrur", "rrrrrru"};
constexpr transition_table equal_payment{"uagagga", "suagaaa", "ssuggaa", "sssusss", "ssssuss", "sssssus", "ssssssu"};
constexpr transition_table equal_other{"uagagga", "suaggaa", "ssuggaa", "sssusss", "ssssuss", "sssssus", "ssssssu"};
constexpr transition_table older{"sssllll", "sssllll", "sssllll", "sssssss", "sssssss", "sssssss", "sssssss"};

disposition meant(char letter) {
  switch (letter) {
  case 'a':
    return disposition::applied;
  case 'g':
    return disposition::gap;
  case 'l':
    return disposition::late;
  case 'r':
    return disposition::refused;
  case 's':
    return disposition::stale;
  default:
    return disposition::updated;
  }
}

void check_effect(state const& before, report const& event, decision const& made) {
  auto const what = made.disposition;
  bool const moves = what != disposition::stale && what != disposition::refused;
  BOOST_TEST(made.told == moves);
  BOOST_TEST(made.alert == (what == disposition::refused));
  BOOST_CHECK(made.previous == before.status);
  if (!moves) {
    BOOST_CHECK(same(made.after, before));
    return;
  }
  BOOST_CHECK(made.after.status == event.status);
  BOOST_CHECK(made.after.status_time == event.status_time);
  BOOST_CHECK(made.after.event_time == event.event_time);
  BOOST_CHECK(made.after.resource == event.resource);
  BOOST_CHECK(made.after.resource_digest == event.resource_digest);
  flags expected;
  expected.gap = what == disposition::gap;
  expected.late = what == disposition::late;
  BOOST_CHECK(made.after.flags == expected);
}

void check_table(transition_table const& expected, kind of, std::chrono::seconds offset) {
  for (std::size_t row = 0; row < all_statuses.size(); ++row) {
    for (std::size_t column = 0; column < all_statuses.size(); ++column) {
      auto const from = all_statuses.at(row);
      auto const to = all_statuses.at(column);
      BOOST_TEST_CONTEXT(to_string(of) << " " << to_string(from) << " to " << to_string(to)) {
        auto const before = standing(from, minute(10), of);
        auto event = says(to, minute(10) + offset, of, "other");
        event.event_time = minute(11);
        auto const made = decided(before, event);
        BOOST_TEST(to_string(made.disposition) == to_string(meant(expected.at(row).at(column))));
        check_effect(before, event, made);
      }
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(transitions)

BOOST_AUTO_TEST_CASE(newer_events_follow_the_table) {
  check_table(newer_payment, kind::payment, std::chrono::seconds(1));
  check_table(newer_other, kind::account_access, std::chrono::seconds(1));
  check_table(newer_other, kind::insurance, std::chrono::seconds(1));
}

BOOST_AUTO_TEST_CASE(events_of_the_same_time_are_ordered_by_rank) {
  check_table(equal_payment, kind::payment, std::chrono::seconds(0));
  check_table(equal_other, kind::account_access, std::chrono::seconds(0));
  check_table(equal_other, kind::insurance, std::chrono::seconds(0));
}

BOOST_AUTO_TEST_CASE(older_events_are_stale_unless_they_end_a_live_consent) {
  for (auto const of : all_kinds) {
    check_table(older, of, std::chrono::seconds(-1));
  }
}

BOOST_AUTO_TEST_CASE(any_status_may_be_the_first_one_seen) {
  for (auto const of : all_kinds) {
    for (auto const to : all_statuses) {
      BOOST_TEST_CONTEXT(to_string(of) << " " << to_string(to)) {
        auto const event = says(to, minute(10), of);
        auto const unannounced = decided(std::nullopt, event);
        BOOST_CHECK(unannounced.disposition == disposition::applied);
        BOOST_TEST(unannounced.told);
        BOOST_CHECK(!unannounced.previous);
        BOOST_CHECK(unannounced.after.bound == binding::by_event);
        BOOST_CHECK(unannounced.after.issuer == event.issuer);
        BOOST_CHECK(unannounced.after.kind == of);
        BOOST_CHECK(unannounced.after.status == to);

        auto const known = decided(announced(of), event);
        BOOST_CHECK(known.disposition == disposition::applied);
        BOOST_CHECK(known.after.bound == binding::announced);
        BOOST_CHECK(known.after.status == to);
        BOOST_CHECK(known.after.flags == flags{});
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(both_orders_of_two_live_statuses_of_one_time_end_alike) {
  for (auto const first : {status::awaiting_authorization, status::authorized, status::suspended}) {
    for (auto const second : {status::awaiting_authorization, status::authorized, status::suspended}) {
      auto const a = says(first, minute(10));
      auto const b = says(second, minute(10));
      auto const one = decided(decided(std::nullopt, a).after, b).after;
      auto const other = decided(decided(std::nullopt, b).after, a).after;
      BOOST_CHECK(one.status == other.status);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
