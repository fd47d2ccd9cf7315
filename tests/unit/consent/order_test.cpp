// Whatever order, and however often, events arrive in.
#include "tests/unit/consent/generator.hpp"
#include "tests/unit/consent/with_history.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <vector>

namespace consentd::consent {
namespace {

using namespace sample;

struct told_life {
  kind of;
  std::vector<status> statuses;           // one a minute
  std::vector<std::size_t> repeated = {}; // which of them come twice
};

std::vector<told_life> const& told_lives() {
  using enum status;
  static std::vector<told_life> const all{
      {kind::payment, {awaiting_authorization, authorized, suspended, authorized, consumed}, {1, 4}},
      {kind::payment, {awaiting_authorization, authorized, authorized, authorized, consumed}, {2, 3}},
      {kind::account_access, {awaiting_authorization, authorized, suspended, authorized, suspended, revoked}, {3}},
      {kind::account_access, {authorized, suspended, authorized, suspended, authorized}, {0, 1}},
      {kind::account_access, {awaiting_authorization, rejected}, {0, 0, 1, 1}},
      {kind::insurance, {awaiting_authorization, revoked}, {1}},
      {kind::insurance, {awaiting_authorization, authorized, suspended, expired}, {1, 2, 3}},
      {kind::insurance, {awaiting_authorization, authorized, suspended}, {0, 1, 2}},
      {kind::account_access, {authorized, authorized, expired, expired}, {0, 2, 3}}};
  return all;
}

std::vector<report> events_of(told_life const& lived) {
  std::vector<report> events;
  for (auto const value : lived.statuses) {
    events.push_back(says(value, minute(static_cast<int>(events.size())), lived.of));
  }
  for (auto const index : lived.repeated) {
    events.push_back(events.at(index));
  }
  return events;
}

// After each event the consent must stand where the newest event so far puts it, since in a legal life the end comes
// last.
void check_order(std::vector<report> const& events, std::vector<std::size_t> const& order, std::optional<state> start) {
  consent_with_history subject(std::move(start));
  report const* newest = nullptr;
  bool ended = false;
  for (auto const index : order) {
    auto const& event = events.at(index);
    if (newest == nullptr || *event.status_time > *newest->status_time) {
      newest = &event;
    }
    auto const made = subject.deliver(event, later());
    auto const& now = *subject.current();
    bool const stands = now.status == newest->status && now.status_time == newest->status_time &&
                        now.resource == newest->resource && can_be_used(now) == (newest->status == status::authorized);
    bool const left_end = ended && !is_terminal(*now.status);
    ended = is_terminal(*now.status);
    // Checked by hand: a macro for each of a million steps takes minutes.
    if (!stands || left_end || made.disposition == disposition::refused || made.disposition == disposition::late) {
      BOOST_FAIL("order matters: " << to_string(*event.status) << " was " << to_string(made.disposition));
    }
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(orders_of_arrival)

BOOST_AUTO_TEST_CASE(every_order_of_a_legal_life_ends_alike) {
  for (auto const& lived : told_lives()) {
    auto const events = events_of(lived);
    BOOST_REQUIRE(events.size() <= 7U);
    std::vector<std::size_t> order(events.size());
    std::iota(order.begin(), order.end(), 0U);
    std::size_t orders = 0;
    do {
      check_order(events, order, announced(lived.of));
      check_order(events, order, std::nullopt);
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    std::size_t expected = 1;
    for (std::size_t i = 2; i <= events.size(); ++i) {
      expected *= i;
    }
    BOOST_TEST(orders == expected);
  }
}

BOOST_AUTO_TEST_CASE(a_lost_event_does_not_matter_once_a_newer_one_came) {
  for (auto const& lived : told_lives()) {
    auto const events = events_of(lived);
    auto const distinct = lived.statuses.size();
    // Every subset that holds the newest.
    for (std::size_t mask = 0; mask < (std::size_t{1} << (distinct - 1)); ++mask) {
      std::vector<std::size_t> kept;
      for (std::size_t i = 0; i + 1 < distinct; ++i) {
        if ((mask >> i & 1U) != 0) {
          kept.push_back(i);
        }
      }
      kept.push_back(distinct - 1);
      do {
        check_order(events, kept, announced(lived.of));
      } while (std::next_permutation(kept.begin(), kept.end()));
    }
  }
}

// Streams that no Hub should send: any status, equal times, wrong clocks, deletions, expiries that move.
BOOST_AUTO_TEST_CASE(nothing_raises_a_consent_against_the_rules) {
  generator streams("streams about consents");
  auto const draw = [&streams](int bound) { return static_cast<int>(streams.draw(static_cast<std::size_t>(bound))); };
  std::size_t raised = 0;
  std::size_t ended = 0;
  for (int stream = 0; stream < 20000; ++stream) {
    auto const of = all_kinds.at(static_cast<std::size_t>(draw(3)));
    auto start = announced(of);
    if (draw(2) == 0) {
      start.expiry.reset();
    }
    consent_with_history subject(start);
    std::vector<report> sent;
    for (int step = 0; step < 12; ++step) {
      auto const received = minute(20 + step);
      report event;
      if (!sent.empty() && draw(4) == 0) {
        event = sent.at(static_cast<std::size_t>(draw(static_cast<int>(sent.size()))));
      } else {
        event = says(all_statuses.at(static_cast<std::size_t>(draw(7))), minute(draw(40)), of, std::to_string(draw(2)));
        event.expiry = draw(3) == 0 ? std::nullopt : std::optional(far_expiry() + std::chrono::minutes(draw(3)));
        if (draw(40) == 0) {
          event = draw(2) == 0 ? deletion(std::nullopt, received) : event;
          event.what = change::deleted;
        }
      }
      sent.push_back(event);
      auto const before = *subject.current();
      auto const made = subject.deliver(event, received);
      auto const& after = *subject.current();

      bool const was_terminal = before.status && is_terminal(*before.status);
      bool fine = !was_terminal || after.status == before.status;
      fine = fine && (!before.expiry || (after.expiry && *after.expiry <= *before.expiry));
      fine = fine && (!before.flags.deleted || (after.flags.deleted && !can_be_used(after)));
      fine = fine && (!before.flags.in_doubt || after.flags.in_doubt || is_terminal(*after.status));
      if (!made.told) {
        fine = fine && after.status == before.status && after.status_time == before.status_time &&
               after.resource == before.resource;
      }
      // An end always ends, whatever its time.
      if (event.what != change::deleted && is_terminal(*event.status) && before.status && !was_terminal &&
          made.disposition != disposition::duplicate) {
        fine = fine && is_terminal(*after.status);
        ++ended;
      }
      // Raised only by a fresh report of Authorized that is not older than what it replaces, and legal.
      if (!can_be_used(before) && can_be_used(after)) {
        ++raised;
        fine = fine && event.what != change::deleted && event.status == status::authorized;
        fine = fine && (!before.status || *after.status_time >= *before.status_time);
        fine = fine && !was_terminal;
        if (before.status == status::suspended) {
          fine = fine && *event.status_time > *before.status_time &&
                 *event.status_time <= received + std::chrono::minutes(5);
        }
      }
      if (!fine) {
        BOOST_FAIL("seed " << seed << ", stream " << stream << " step " << step << ": " << to_string(made.disposition));
      }
      // The same event once more moves nothing.
      auto const again = decide(subject.current(), event, received + std::chrono::minutes(1), true).value();
      if (again.told || again.alert || !same(again.after, after)) {
        BOOST_FAIL("seed " << seed << ", stream " << stream << " step " << step << ": a redelivery moved the consent");
      }
    }
  }
  // The streams do reach what they are to test.
  BOOST_TEST(raised > 1000U);
  BOOST_TEST(ended > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
