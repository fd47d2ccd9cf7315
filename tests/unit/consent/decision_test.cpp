// What the table of statuses alone does not say: duplicates, updates, clocks, expiry, links, binding.
#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::consent {
namespace {

using namespace sample;
using std::chrono::microseconds;
using std::chrono::minutes;

} // namespace

BOOST_AUTO_TEST_SUITE(decisions)

BOOST_AUTO_TEST_CASE(another_issuer_moves_nothing) {
  auto event = says(status::revoked, minute(20));
  event.issuer = "https://bank-b.example";
  auto const refused = decide(standing(status::authorized, minute(10)), event, later(), false);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(another_issuer_is_named_before_another_kind) {
  auto event = says(status::revoked, minute(20), kind::payment);
  event.issuer = "https://bank-b.example";
  auto const refused = decide(standing(status::authorized, minute(10)), event, later(), false);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(another_issuer_cannot_delete) {
  auto event = deletion(std::nullopt, minute(20));
  event.issuer = "https://bank-a.example/";
  auto const refused = decide(standing(status::authorized, minute(10)), event, later(), false);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(another_kind_moves_nothing) {
  for (auto const what : {change::created, change::updated, change::deleted}) {
    auto event = says(status::revoked, minute(20), kind::payment);
    event.what = what;
    auto const refused = decide(announced(kind::insurance), event, later(), false);
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::kind_mismatch);
  }
}

BOOST_AUTO_TEST_CASE(a_report_without_its_status_is_malformed) {
  auto const check = [](report const& event) {
    auto const refused = decide(announced(), event, later(), false);
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::resource_malformed);
  };
  auto event = says(status::authorized, minute(10));
  event.status.reset();
  check(event);
  event = says(status::authorized, minute(10));
  event.status_time.reset();
  check(event);
  event = says(status::authorized, minute(10));
  event.kind.reset();
  check(event);
}

BOOST_AUTO_TEST_CASE(nothing_moves_a_consent_that_was_removed_and_nobody_is_told) {
  std::vector<state> ends;
  for (auto const each : all_statuses) {
    ends.push_back(standing(each, minute(10)));
    ends.back().flags.deleted = !is_terminal(each);
  }
  ends.push_back(announced()); // deleted before any event of a status
  ends.back().flags.deleted = true;
  for (auto const& end : ends) {
    for (auto const to : all_statuses) {
      for (auto const at : {5, 10, 20}) {
        auto const made = decide_after_removal(end, says(to, minute(at)), later(), false);
        BOOST_REQUIRE(made);
        BOOST_CHECK(same(made->after, end));
        BOOST_TEST(!made->told);
        BOOST_CHECK(made->disposition == disposition::stale || made->disposition == disposition::refused ||
                    made->disposition == disposition::duplicate);
        BOOST_TEST(made->alert == (made->disposition == disposition::refused));
      }
    }
    auto const made = decide_after_removal(end, deletion(end.kind, minute(20)), later(), false);
    BOOST_REQUIRE(made);
    BOOST_CHECK(same(made->after, end));
    BOOST_TEST(!made->told);
  }
}

BOOST_AUTO_TEST_CASE(removed_consent_stays_its_issuers) {
  auto event = says(status::authorized, minute(20));
  event.issuer = "https://bank-b.example";
  auto const refused = decide_after_removal(standing(status::revoked, minute(10)), event, later(), false);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(a_recorded_event_moves_nothing_whatever_it_says) {
  for (auto const from : all_statuses) {
    for (auto const to : all_statuses) {
      auto const before = standing(from, minute(10));
      auto const made = decided(before, says(to, minute(20)), later(), true);
      BOOST_CHECK(made.disposition == disposition::duplicate);
      BOOST_CHECK(same(made.after, before));
      BOOST_TEST(!made.told);
      BOOST_TEST(!made.alert);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_event_that_made_the_state_is_a_duplicate_of_it) {
  for (auto const of : all_statuses) {
    auto event = says(of, minute(10));
    auto const before = decided(announced(), event).after;
    event.event_time = minute(15);
    auto const made = decided(before, event);
    BOOST_CHECK(made.disposition == disposition::duplicate);
    BOOST_CHECK(same(made.after, before));
  }
}

BOOST_AUTO_TEST_CASE(at_equal_times_the_later_event_updates_the_resource) {
  auto const before = standing(status::authorized, minute(10), kind::payment);
  auto event = says(status::authorized, minute(10), kind::payment, "consumption 2");
  event.event_time = minute(10) + microseconds(1);
  auto const made = decided(before, event);
  BOOST_CHECK(made.disposition == disposition::updated);
  BOOST_TEST(made.told);
  BOOST_TEST(made.after.resource == event.resource);

  event.event_time = minute(10);
  BOOST_CHECK(decided(before, event).disposition == disposition::stale);
  event.event_time = minute(10) - microseconds(1);
  BOOST_CHECK(decided(before, event).disposition == disposition::stale);
}

BOOST_AUTO_TEST_CASE(a_newer_status_time_updates_whatever_the_event_time) {
  auto const before = standing(status::authorized, minute(10), kind::payment);
  auto event = says(status::authorized, minute(11), kind::payment);
  event.event_time = minute(9);
  BOOST_CHECK(decided(before, event).disposition == disposition::updated);
}

BOOST_AUTO_TEST_CASE(a_suspension_stated_again_counts_from_the_later_time) {
  auto again = says(status::suspended, minute(10));
  auto const before = decided(announced(), again).after;
  again.status_time = minute(30);
  again.event_time = minute(30);
  auto const made = decided(before, again);
  BOOST_CHECK(made.disposition == disposition::updated);
  BOOST_CHECK(made.after.status_time == minute(30));
  BOOST_CHECK(decided(made.after, says(status::authorized, minute(20))).disposition == disposition::stale);
}

BOOST_AUTO_TEST_CASE(two_ends_of_one_time_leave_the_first_recorded) {
  auto const before = standing(status::consumed, minute(10), kind::payment);
  auto const made = decided(before, says(status::revoked, minute(10), kind::payment));
  BOOST_CHECK(made.disposition == disposition::stale);
  BOOST_CHECK(same(made.after, before));
}

BOOST_AUTO_TEST_CASE(a_late_end_is_final_and_orders_what_follows) {
  auto const ended = decided(standing(status::authorized, minute(30)), says(status::revoked, minute(10))).after;
  BOOST_TEST(ended.flags.late);
  BOOST_CHECK(ended.status_time == minute(10));
  auto const raised = decided(ended, says(status::authorized, minute(20)));
  BOOST_CHECK(raised.disposition == disposition::refused);
  BOOST_TEST(raised.alert);
  BOOST_CHECK(raised.after.status == status::revoked);
}

// The clock.

BOOST_AUTO_TEST_CASE(five_minutes_ahead_is_taken_as_it_is) {
  auto const event = says(status::authorized, minute(15));
  auto const made = decided(standing(status::awaiting_authorization, minute(1)), event, minute(10));
  BOOST_CHECK(made.after.status_time == minute(15));
  BOOST_TEST(!made.after.flags.clock);
}

BOOST_AUTO_TEST_CASE(more_than_five_minutes_ahead_counts_from_receipt) {
  auto const event = says(status::authorized, minute(15) + microseconds(1));
  auto const made = decided(standing(status::awaiting_authorization, minute(1)), event, minute(10));
  BOOST_CHECK(made.disposition == disposition::applied);
  BOOST_CHECK(made.after.status_time == minute(10));
  BOOST_TEST(made.after.flags.clock);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_does_not_freeze_a_consent) {
  auto const ahead = decided(announced(), says(status::authorized, minute(90000)), minute(10)).after;
  auto const made = decided(ahead, says(status::suspended, minute(11)), minute(12));
  BOOST_CHECK(made.disposition == disposition::applied);
  BOOST_CHECK(made.after.status == status::suspended);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_does_not_lift_a_suspension) {
  auto const before = standing(status::suspended, minute(1));
  auto const made = decided(before, says(status::authorized, minute(90000)), minute(10));
  BOOST_CHECK(made.disposition == disposition::stale);
  BOOST_TEST(!made.told);
  BOOST_TEST(!made.alert);
  BOOST_CHECK(made.after.status == status::suspended);
  BOOST_CHECK(made.after.status_time == minute(1));
  BOOST_TEST(made.after.flags.clock);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_still_ends_a_consent) {
  for (auto const from : {status::awaiting_authorization, status::authorized, status::suspended}) {
    auto const made = decided(standing(from, minute(1)), says(status::revoked, minute(90000)), minute(10));
    BOOST_CHECK(made.disposition == disposition::applied);
    BOOST_CHECK(made.after.status == status::revoked);
    BOOST_TEST(made.after.flags.clock);
  }
}

BOOST_AUTO_TEST_CASE(a_capped_event_may_still_be_older_than_the_state) {
  // The state's own time lay four minutes ahead of its receipt, within the tolerance.
  auto const before = standing(status::authorized, minute(14));
  BOOST_CHECK(decided(before, says(status::suspended, minute(90)), minute(11)).disposition == disposition::stale);
  BOOST_CHECK(decided(before, says(status::revoked, minute(90)), minute(11)).disposition == disposition::late);
}

// The expiry.

BOOST_AUTO_TEST_CASE(a_later_expiry_is_flagged_and_not_taken) {
  for (auto const to : {status::authorized, status::suspended, status::revoked}) {
    auto event = says(to, minute(20));
    event.expiry = far_expiry() + microseconds(1);
    auto const made = decided(standing(status::authorized, minute(10)), event);
    BOOST_TEST(made.told);
    BOOST_CHECK(made.after.expiry == far_expiry());
    BOOST_TEST(made.after.flags.changed);
  }
}

BOOST_AUTO_TEST_CASE(the_announced_expiry_bounds_the_first_event) {
  auto event = says(status::authorized, minute(20));
  event.expiry = far_expiry() + minutes(1);
  auto const made = decided(announced(), event);
  BOOST_CHECK(made.after.expiry == far_expiry());
  BOOST_TEST(made.after.flags.changed);
}

BOOST_AUTO_TEST_CASE(an_earlier_expiry_counts_and_is_not_flagged) {
  auto event = says(status::authorized, minute(20));
  event.expiry = far_expiry() - microseconds(1);
  auto const made = decided(announced(), event);
  BOOST_CHECK(made.after.expiry == event.expiry);
  BOOST_TEST(!made.after.flags.changed);
}

BOOST_AUTO_TEST_CASE(an_unknown_expiry_is_learned_and_never_forgotten) {
  auto before = announced();
  before.expiry.reset();
  auto const learned = decided(before, says(status::authorized, minute(20))).after;
  BOOST_CHECK(learned.expiry == far_expiry());
  auto silent = says(status::suspended, minute(30));
  silent.expiry.reset();
  auto const kept = decided(learned, silent).after;
  BOOST_CHECK(kept.expiry == far_expiry());
  BOOST_TEST(!kept.flags.changed);
}

BOOST_AUTO_TEST_CASE(two_expiries_end_alike_in_either_order) {
  for (int const difference : {-1, 1}) {
    auto const old_event = says(status::authorized, minute(10));
    auto new_event = says(status::authorized, minute(20));
    new_event.expiry = far_expiry() + minutes(difference);
    auto const in_order = decided(decided(std::nullopt, old_event).after, new_event).after;
    auto const reversed = decided(decided(std::nullopt, new_event).after, old_event).after;
    BOOST_CHECK(in_order.expiry == reversed.expiry);
    BOOST_TEST(in_order.flags.changed == (difference > 0));
    BOOST_TEST(in_order.flags.changed == reversed.flags.changed);
  }
}

BOOST_AUTO_TEST_CASE(a_stale_event_supplies_no_expiry) {
  auto newest = says(status::authorized, minute(20));
  newest.expiry.reset();
  auto const before = decided(std::nullopt, newest).after;
  auto const after = decided(before, says(status::authorized, minute(10))).after;
  BOOST_CHECK(!after.expiry);
  BOOST_TEST(!can_be_used(after));
}

// What else an event carries.

BOOST_AUTO_TEST_CASE(who_revoked_is_recorded_with_the_revocation_and_kept) {
  auto revoked = says(status::revoked, minute(20));
  revoked.revoked_by = "LFI.InitiatedByUser";
  auto const ended = decided(standing(status::authorized, minute(10)), revoked).after;
  BOOST_TEST(ended.revoked_by.value() == "LFI.InitiatedByUser");
  auto const updated = decided(ended, says(status::revoked, minute(30))).after;
  BOOST_TEST(updated.revoked_by.value() == "LFI.InitiatedByUser");

  auto odd = says(status::authorized, minute(20));
  odd.revoked_by = "LFI";
  BOOST_CHECK(!decided(announced(), odd).after.revoked_by);
}

BOOST_AUTO_TEST_CASE(the_first_named_base_consent_stays) {
  auto event = says(status::authorized, minute(20));
  event.base_consent_id = "base-1";
  auto const linked = decided(announced(), event).after;
  BOOST_TEST(linked.base_consent_id.value() == "base-1");
  BOOST_TEST(!linked.flags.unlinked);

  auto other = says(status::suspended, minute(30));
  other.base_consent_id = "base-2";
  auto const after = decided(linked, other).after;
  BOOST_TEST(after.base_consent_id.value() == "base-1");
  BOOST_TEST(after.flags.unlinked);
}

BOOST_AUTO_TEST_CASE(flags_outlive_what_follows) {
  auto before = standing(status::authorized, minute(10));
  before.flags.gap = before.flags.clock = before.flags.changed = before.flags.contested = before.flags.lapsed = true;
  auto const after = decided(before, says(status::suspended, minute(20))).after;
  BOOST_CHECK(after.flags == before.flags);
}

// Doubt.

BOOST_AUTO_TEST_CASE(an_expired_end_casts_doubt_on_a_live_consent) {
  for (auto const from : {status::awaiting_authorization, status::authorized, status::suspended}) {
    for (auto const to : {status::rejected, status::consumed, status::expired, status::revoked}) {
      auto const before = standing(from, minute(10), kind::payment);
      auto expected = before;
      expected.flags.in_doubt = true;
      BOOST_CHECK(same(doubt(before, says(to, minute(5), kind::payment)).value(), expected));
    }
  }
  BOOST_TEST(doubt(announced(), says(status::revoked, minute(5))).value().flags.in_doubt);
  BOOST_TEST(doubt(announced(), deletion(std::nullopt, minute(5))).value().flags.in_doubt);
}

BOOST_AUTO_TEST_CASE(an_expired_live_status_casts_no_doubt) {
  for (auto const to : {status::awaiting_authorization, status::authorized, status::suspended}) {
    auto const before = standing(status::authorized, minute(10));
    BOOST_CHECK(same(doubt(before, says(to, minute(20))).value(), before));
  }
}

BOOST_AUTO_TEST_CASE(what_has_ended_is_not_doubted) {
  auto const ended = standing(status::revoked, minute(10));
  BOOST_CHECK(same(doubt(ended, says(status::expired, minute(20))).value(), ended));
  auto gone = standing(status::authorized, minute(10));
  gone.flags.deleted = true;
  BOOST_CHECK(same(doubt(gone, deletion(std::nullopt, minute(20))).value(), gone));
}

BOOST_AUTO_TEST_CASE(another_banks_expired_event_casts_no_doubt) {
  auto event = says(status::revoked, minute(20));
  event.issuer = "https://bank-b.example";
  BOOST_CHECK(doubt(standing(status::authorized, minute(10)), event).error().code == reason::issuer_mismatch);
  auto const other_kind = says(status::revoked, minute(20), kind::payment);
  BOOST_CHECK(doubt(standing(status::authorized, minute(10)), other_kind).error().code == reason::kind_mismatch);
}

BOOST_AUTO_TEST_CASE(an_operator_settles_a_doubt_either_way) {
  auto before = standing(status::suspended, minute(10));
  before.flags.gap = before.flags.in_doubt = true;
  auto const stands = settle_doubt(before, std::nullopt, minute(20)).value();
  auto expected = before;
  expected.flags.in_doubt = false;
  BOOST_CHECK(same(stands, expected));
  for (auto const to : {status::rejected, status::consumed, status::expired, status::revoked}) {
    auto const ended = settle_doubt(before, to, minute(20)).value();
    expected.status = to;
    expected.status_time = minute(20);
    BOOST_CHECK(same(ended, expected));
    BOOST_TEST(!can_be_used(ended));
    // It is an end like any other: nothing live follows.
    auto const later = decided(ended, says(status::authorized, minute(30)));
    BOOST_CHECK(later.disposition == disposition::refused);
    BOOST_CHECK(later.after.status == to);
  }
  // Its order is never before that of the state which it ends.
  BOOST_CHECK(settle_doubt(before, status::revoked, minute(5)).value().status_time == minute(10));
}

BOOST_AUTO_TEST_CASE(there_is_nothing_to_settle_without_a_doubt_and_no_end_that_is_none) {
  auto live = standing(status::authorized, minute(10));
  BOOST_CHECK(settle_doubt(live, std::nullopt, minute(20)).error().code == reason::conflict);
  BOOST_CHECK(settle_doubt(live, status::revoked, minute(20)).error().code == reason::conflict);
  live.flags.in_doubt = true;
  for (auto const to : {status::awaiting_authorization, status::authorized, status::suspended}) {
    BOOST_CHECK(settle_doubt(live, to, minute(20)).error().code == reason::invalid_argument);
  }
}

BOOST_AUTO_TEST_CASE(only_an_end_settles_a_doubt) {
  auto before = standing(status::suspended, minute(10));
  before.flags.in_doubt = true;
  auto const authorized = decided(before, says(status::authorized, minute(20))).after;
  BOOST_TEST(authorized.flags.in_doubt);
  BOOST_TEST(!can_be_used(authorized));
  auto const ended = decided(authorized, says(status::revoked, minute(30))).after;
  BOOST_TEST(!ended.flags.in_doubt);
  BOOST_TEST(!can_be_used(ended));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
