// Properties of every life of a payment, a quote or an opening, whatever order its events arrive in.
#include "tests/unit/consent/generator.hpp"
#include "tests/unit/consent/with_history.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <vector>

namespace consentd::consent {
namespace {

using namespace sample;

struct resource_life {
  std::vector<resource_report> events; // in the order of their making, then some of them again
  std::size_t distinct = 0;
};

std::vector<resource_status> live_words_of(resource_family of) {
  auto words = words_of(of);
  std::erase_if(words, [](resource_status value) { return is_terminal(value); });
  return words;
}
std::vector<resource_status> ends_of(resource_family of) {
  auto words = words_of(of);
  std::erase_if(words, [](resource_status value) { return !is_terminal(value); });
  return words;
}

// Live statuses in any order, then perhaps an end; of a payment that is settled, perhaps both ends.
resource_life make_resource_life(generator& from) {
  resource_life made;
  auto const of = all_families.at(from.draw(4));
  from.begin_life();
  for (std::size_t steps = 1 + from.draw(5); steps > 0; --steps) {
    made.events.push_back(tells(of, from.one_of(live_words_of(of)), from.next_time()));
  }
  if (from.draw(3) != 0) {
    auto const end = from.one_of(ends_of(of));
    made.events.push_back(tells(of, end, from.next_time()));
    if (end == resource_status::accepted_settlement_completed && from.draw(2) == 0) {
      made.events.push_back(tells(of, resource_status::accepted_credit_settlement_completed, from.next_time()));
    }
    if (end == resource_status::rejected) {
      made.events.back().reject_reason_codes = {"AANI.1"};
    }
  }
  made.distinct = made.events.size();
  for (std::size_t again = from.draw(3); again > 0; --again) {
    made.events.push_back(made.events.at(from.draw(made.distinct)));
  }
  return made;
}

std::string_view fault_of(resource_life const& lived, std::vector<std::size_t> const& order) {
  resource_with_history subject(std::nullopt);
  for (auto const index : order) {
    auto const before = subject.current();
    auto const made = subject.deliver(lived.events.at(index), later());
    auto const& after = *subject.current();
    bool const stays = before && is_terminal(*before->status) && after.status != before->status;
    if (stays && !(before->status == resource_status::accepted_settlement_completed &&
                   after.status == resource_status::accepted_credit_settlement_completed)) {
      return "a terminal state was left";
    }
    if (made.alert || made.after.flags != resource_flags{}) {
      return "an alarm in a legal life";
    }
  }
  auto const expected = decided(std::nullopt, lived.events.at(lived.distinct - 1)).after;
  return *subject.current() == expected ? "" : "the outcome depends on the order";
}

} // namespace

BOOST_AUTO_TEST_SUITE(resource_lives)

BOOST_AUTO_TEST_CASE(every_order_of_every_life_ends_alike) {
  generator lives("lives of resources");
  std::size_t ended = 0;
  for (int count = 0; count < 400; ++count) {
    auto const lived = make_resource_life(lives);
    ended += is_terminal(*lived.events.at(lived.distinct - 1).status) ? 1U : 0U;
    lives.for_orders(lived.events.size(), [&](std::vector<std::size_t> const& order) {
      if (auto const fault = fault_of(lived, order); !fault.empty()) {
        BOOST_FAIL("seed " << seed << ", life " << count << ": " << fault);
      }
    });
  }
  BOOST_TEST(ended > 100U);
}

// Streams that no LFI should send: any status, equal times, wrong clocks.
BOOST_AUTO_TEST_CASE(nothing_leaves_an_end_against_the_rules) {
  generator streams("streams about resources");
  std::size_t refused = 0;
  for (int stream = 0; stream < 5000; ++stream) {
    auto const of = all_families.at(streams.draw(4));
    auto const words = words_of(of);
    resource_with_history subject(std::nullopt);
    for (int step = 0; step < 10; ++step) {
      auto event = tells(of, streams.one_of(words), minute(static_cast<int>(streams.draw(40))));
      event.event_time = minute(static_cast<int>(streams.draw(3)));
      event.what = streams.draw(30) == 0 ? change::deleted : change::updated;
      auto const received = minute(20 + step);
      auto const before = subject.current();
      auto const made = subject.deliver(event, received);
      auto const& after = *subject.current();
      bool fine = !after.status || progress(of, *after.status) >= 0;
      if (before) {
        bool const moved = after.status != before->status;
        bool const ended = before->status && is_terminal(*before->status);
        fine = fine && (!ended || !moved || may_follow_end(*before->status, *after.status));
        fine = fine && (!before->flags.deleted || after.flags.deleted);
        fine = fine && (made.told || !moved);
        refused += made.disposition == disposition::refused ? 1U : 0U;
        // A verified end always ends what is live.
        if (event.what != change::deleted && is_terminal(*event.status) && before->status && !ended &&
            made.disposition != disposition::duplicate) {
          fine = fine && after.status == event.status;
        }
      }
      auto const again = decided(subject.current(), event, received + std::chrono::minutes(1), true);
      fine = fine && !again.told && !again.alert && again.after == after;
      if (!fine) {
        BOOST_FAIL("seed " << seed << ", stream " << stream << ", step " << step << ": "
                           << to_string(made.disposition));
      }
    }
  }
  BOOST_TEST(refused > 1000U);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
