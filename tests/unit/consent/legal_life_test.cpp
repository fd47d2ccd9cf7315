// Properties of every legal life of a consent, whatever order its events arrive in and however often.
#include "tests/unit/consent/generator.hpp"
#include "tests/unit/consent/with_history.hpp"

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <vector>

namespace consentd::consent {
namespace {

using namespace sample;

// The table of contract section 6, written once more so that a slip in the code's own does not hide here.
std::vector<status> successors(status from, kind of) {
  switch (from) {
  case status::awaiting_authorization:
    return {status::authorized, status::rejected, status::revoked};
  case status::authorized:
    return of == kind::payment ? std::vector{status::suspended, status::consumed, status::expired, status::revoked}
                               : std::vector{status::suspended, status::expired, status::revoked};
  case status::suspended:
    return {status::authorized, status::expired, status::revoked};
  default:
    return {};
  }
}

// Events in the order in which the Hub made them, then some of them again.
struct life {
  kind of = kind::payment;
  std::vector<report> events;
  std::size_t distinct = 0;
};

report next_event(generator& from, life const& lived, status value) {
  auto made = says(value, from.next_time(), lived.of);
  made.event_time += std::chrono::seconds(from.draw(3));
  made.base_consent_id = "base-1";
  made.permissions = permitting({"ReadAccountsBasic", "ReadBalances"});
  if (value == status::revoked) {
    made.revoked_by = "TPP";
  }
  return made;
}

// May begin anywhere: the first event seen need not be the first one sent.
life make_life(generator& from) {
  life made;
  made.of = all_kinds.at(from.draw(3));
  from.begin_life();
  auto now = from.one_of<status>({status::awaiting_authorization, status::authorized, status::suspended});
  made.events.push_back(next_event(from, made, now));
  for (std::size_t steps = from.draw(8); steps > 0; --steps) {
    // Now and then the resource changes and the status does not, as with each payment of a payment consent.
    if (from.draw(4) != 0) {
      auto const following = successors(now, made.of);
      if (following.empty()) {
        break;
      }
      now = from.one_of(following);
    }
    made.events.push_back(next_event(from, made, now));
  }
  made.distinct = made.events.size();
  for (std::size_t again = from.draw(3); again > 0; --again) {
    made.events.push_back(made.events.at(from.draw(made.distinct)));
  }
  return made;
}

// Where the newest event puts it, and nothing else in the life does.
state expected_end(life const& lived, state of) {
  auto const& newest = lived.events.at(lived.distinct - 1);
  of.status = newest.status;
  of.status_time = newest.status_time;
  of.event_time = newest.event_time;
  of.expiry = newest.expiry;
  of.base_consent_id = newest.base_consent_id;
  of.permissions = newest.permissions;
  of.revoked_by = newest.revoked_by;
  of.resource = newest.resource;
  of.resource_digest = newest.resource_digest;
  return of;
}

// What goes wrong on the way, or nothing. A macro for each of a million steps would take minutes.
std::string_view fault_of(life const& lived, std::vector<std::size_t> const& order, std::optional<state> const& start) {
  consent_with_history subject(start);
  report const* newest = nullptr;
  for (auto const index : order) {
    auto const& event = lived.events.at(index);
    if (newest == nullptr || *event.status_time > *newest->status_time) {
      newest = &event;
    }
    auto const before = subject.current();
    auto const made = subject.deliver(event, later());
    auto const& after = *subject.current();
    if (before && before->status && is_terminal(*before->status) && after.status != before->status) {
      return "a terminal state was left";
    }
    if (can_be_used(after) && newest->status != status::authorized) {
      return "more usable than the newest event allows";
    }
    if (made.alert || made.disposition == disposition::refused || made.disposition == disposition::late) {
      return "an alarm in a legal life";
    }
  }
  auto ended = *subject.current();
  auto expected = expected_end(lived, start.value_or(announced(lived.of)));
  expected.bound = ended.bound;
  // The one thing that tells of the order: that an event was still missing when a later one came.
  expected.flags.gap = ended.flags.gap;
  return same(ended, expected) ? "" : "the outcome depends on the order";
}

} // namespace

BOOST_AUTO_TEST_SUITE(legal_lives)

BOOST_AUTO_TEST_CASE(every_order_of_every_legal_life_ends_alike_and_never_above_its_newest_event) {
  generator lives("legal lives of a consent");
  std::size_t ended = 0;
  std::size_t repeated = 0;
  for (int count = 0; count < 400; ++count) {
    auto const lived = make_life(lives);
    ended += is_terminal(*lived.events.at(lived.distinct - 1).status) ? 1U : 0U;
    repeated += lived.events.size() > lived.distinct ? 1U : 0U;
    lives.for_orders(lived.events.size(), [&](std::vector<std::size_t> const& order) {
      for (auto const& start : {std::optional<state>(), std::optional(announced(lived.of))}) {
        if (auto const fault = fault_of(lived, order, start); !fault.empty()) {
          BOOST_FAIL("seed " << seed << ", life " << count << ": " << fault);
        }
      }
    });
  }
  // The lives do have what they are to test.
  BOOST_TEST(ended > 100U);
  BOOST_TEST(repeated > 100U);
}

// In the order of the Hub's making nothing is missing, so nothing is flagged.
BOOST_AUTO_TEST_CASE(a_legal_life_in_its_own_order_has_no_gap) {
  generator lives("legal lives in their order");
  for (int count = 0; count < 400; ++count) {
    auto const lived = make_life(lives);
    consent_with_history subject(announced(lived.of));
    for (std::size_t i = 0; i < lived.distinct; ++i) {
      auto const made = subject.deliver(lived.events.at(i), later());
      bool const fine = made.disposition == disposition::applied || made.disposition == disposition::updated;
      BOOST_TEST(fine);
    }
    BOOST_CHECK(subject.current()->flags == flags{});
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
