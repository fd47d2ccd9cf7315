// Payments, quotes and account openings: what moves them and what does not.
#include "consent/resource.hpp"

#include "tests/unit/consent/resource_sample.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::consent {
namespace {

using namespace sample;
using enum resource_status;
using std::chrono::microseconds;

// By the contract's own words, apart from the code: what becomes of a status reported against another.
disposition expected(resource_status from, resource_status to, std::chrono::seconds offset) {
  bool const older = offset.count() < 0;
  bool const newer = offset.count() > 0;
  if (from == to) {
    // The event time of the reports below is later than the state's.
    return older ? disposition::stale : disposition::updated;
  }
  bool const live = !is_terminal(from);
  bool const settles = from == accepted_settlement_completed && to == accepted_credit_settlement_completed;
  if (is_terminal(to) && (live || settles)) {
    return older ? disposition::late : disposition::applied;
  }
  if (older) {
    return disposition::stale;
  }
  if (!live) {
    return newer ? disposition::refused : disposition::stale;
  }
  return disposition::applied;
}

void check_moves(resource_state const& before, resource_report const& event, resource_decision const& made) {
  bool const moves = made.disposition != disposition::stale && made.disposition != disposition::refused;
  BOOST_TEST(made.told == moves);
  BOOST_TEST(made.alert == (made.disposition == disposition::refused));
  BOOST_CHECK(made.previous == before.status);
  if (!moves) {
    BOOST_CHECK(made.after == before);
    return;
  }
  auto after = before;
  after.status = event.status;
  after.status_time = event.status_time;
  after.event_time = event.event_time;
  after.reject_reason_codes = event.reject_reason_codes;
  after.resource = event.resource;
  after.resource_digest = event.resource_digest;
  after.flags.late = made.disposition == disposition::late;
  BOOST_CHECK(made.after == after);
}

reason refused_for(result<resource_decision> const& made) {
  BOOST_REQUIRE(!made);
  return made.error().code;
}

} // namespace

BOOST_AUTO_TEST_SUITE(resource_decisions)

BOOST_AUTO_TEST_CASE(every_status_against_every_other_of_its_family) {
  for (auto const of : all_families) {
    for (auto const from : words_of(of)) {
      for (auto const to : words_of(of)) {
        for (auto const offset : {-1, 0, 1}) {
          BOOST_TEST_CONTEXT(to_string(of) << " " << to_string(from) << " to " << to_string(to) << " " << offset) {
            auto const before = standing(of, from, minute(10));
            auto event = tells(of, to, minute(10) + std::chrono::seconds(offset), "other");
            event.event_time = minute(11);
            event.reject_reason_codes = {"AANI.1"};
            auto const made = decided(before, event);
            BOOST_TEST(to_string(made.disposition) == to_string(expected(from, to, std::chrono::seconds(offset))));
            check_moves(before, event, made);
          }
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(any_status_may_be_the_first_one_seen) {
  for (auto const of : all_families) {
    for (auto const to : words_of(of)) {
      auto const event = tells(of, to, minute(10));
      auto const made = decided(std::nullopt, event);
      BOOST_CHECK(made.disposition == disposition::applied);
      BOOST_TEST(made.told);
      BOOST_CHECK(!made.previous);
      BOOST_CHECK(made.after.issuer == event.issuer);
      BOOST_CHECK(made.after.family == of);
      BOOST_CHECK(made.after.id == event.id);
      BOOST_CHECK(made.after.consent_id == event.consent_id);
      BOOST_CHECK(made.after.status == to);
      BOOST_CHECK(made.after.flags == resource_flags{});
    }
  }
}

BOOST_AUTO_TEST_CASE(settlement_with_the_creditor_follows_settlement_with_the_bank_and_nothing_follows_it) {
  auto const of = resource_family::payment;
  auto const settled = standing(of, accepted_settlement_completed, minute(10));
  auto const credited = decided(settled, tells(of, accepted_credit_settlement_completed, minute(20)));
  BOOST_CHECK(credited.disposition == disposition::applied);
  BOOST_CHECK(decided(settled, tells(of, rejected, minute(20))).disposition == disposition::refused);
  for (auto const back : {pending, accepted_without_posting, accepted_settlement_completed, rejected}) {
    auto const made = decided(credited.after, tells(of, back, minute(30)));
    BOOST_CHECK(made.disposition == disposition::refused);
    BOOST_TEST(made.alert);
    BOOST_CHECK(made.after == credited.after);
  }
}

BOOST_AUTO_TEST_CASE(both_orders_of_the_two_settlements_end_alike_whatever_their_times) {
  auto const of = resource_family::payment;
  for (auto const difference : {-5, 0, 5}) {
    auto const settled = tells(of, accepted_settlement_completed, minute(10));
    auto const credited = tells(of, accepted_credit_settlement_completed, minute(10 + difference));
    auto const one = decided(decided(std::nullopt, settled).after, credited).after;
    auto const other = decided(decided(std::nullopt, credited).after, settled).after;
    BOOST_CHECK(one.status == accepted_credit_settlement_completed);
    BOOST_CHECK(other.status == accepted_credit_settlement_completed);
  }
}

BOOST_AUTO_TEST_CASE(of_two_live_statuses_of_one_time_the_later_event_wins_then_the_further_one) {
  auto const of = resource_family::account_opening;
  auto const input = standing(of, awaiting_user_input, minute(10));
  auto back = tells(of, pending, minute(10));
  BOOST_CHECK(decided(input, back).disposition == disposition::stale);
  back.event_time += microseconds(1);
  BOOST_CHECK(decided(input, back).disposition == disposition::applied);
  auto on = tells(of, awaiting_lfi_processes, minute(10));
  BOOST_CHECK(decided(input, on).disposition == disposition::applied);
  on.event_time -= microseconds(1);
  BOOST_CHECK(decided(input, on).disposition == disposition::stale);
}

BOOST_AUTO_TEST_CASE(a_status_that_was_recorded_is_a_duplicate) {
  for (auto const of : all_families) {
    for (auto const from : words_of(of)) {
      for (auto const to : words_of(of)) {
        auto const before = standing(of, from, minute(10));
        auto const made = decided(before, tells(of, to, minute(20)), later(), true);
        BOOST_CHECK(made.disposition == disposition::duplicate);
        BOOST_CHECK(made.after == before);
        BOOST_TEST(!made.told);
        BOOST_TEST(!made.alert);
      }
      auto again = tells(of, from, minute(10));
      again.event_time = minute(15);
      auto const before = standing(of, from, minute(10));
      auto const made = decided(before, again);
      BOOST_CHECK(made.disposition == disposition::duplicate);
      BOOST_CHECK(made.after == before);
    }
  }
}

// The clock.

BOOST_AUTO_TEST_CASE(a_time_more_than_five_minutes_ahead_counts_from_receipt) {
  auto const of = resource_family::fx_quote;
  auto const before = standing(of, available, minute(1));
  auto const taken = decided(before, tells(of, accepted, minute(15)), minute(10));
  BOOST_CHECK(taken.after.status_time == minute(15));
  BOOST_TEST(!taken.after.flags.clock);
  auto const capped = decided(before, tells(of, accepted, minute(15) + microseconds(1)), minute(10));
  BOOST_CHECK(capped.disposition == disposition::applied);
  BOOST_CHECK(capped.after.status_time == minute(10));
  BOOST_TEST(capped.after.flags.clock);
  BOOST_CHECK(decided(capped.after, tells(of, funded, minute(11)), minute(12)).disposition == disposition::applied);
}

BOOST_AUTO_TEST_CASE(a_wrong_clock_shows_even_where_nothing_moves) {
  auto const of = resource_family::fx_quote;
  auto const ended = standing(of, completed, minute(1));
  auto const made = decided(ended, tells(of, accepted, minute(900)), minute(10));
  BOOST_CHECK(made.disposition == disposition::refused);
  BOOST_TEST(made.after.flags.clock);
  BOOST_CHECK(made.after.status == completed);
}

// Deletions.

BOOST_AUTO_TEST_CASE(a_deletion_flags_and_applies_no_status) {
  auto const of = resource_family::insurance_quote;
  auto const before = standing(of, payment_required, minute(10));
  auto event = tells(of, completed, minute(20));
  event.what = change::deleted;
  auto const made = decided(before, event);
  auto expected_state = before;
  expected_state.flags.deleted = true;
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_TEST(made.told);
  BOOST_TEST(!made.alert);
  BOOST_CHECK(made.after == expected_state);

  auto const again = decided(made.after, event, later(), true);
  BOOST_CHECK(again.disposition == disposition::duplicate);
  BOOST_CHECK(again.after == made.after);
  auto const other = decided(made.after, event);
  BOOST_CHECK(other.disposition == disposition::deleted);
  BOOST_TEST(!other.told);
}

BOOST_AUTO_TEST_CASE(a_deletion_with_the_data_of_a_recorded_update_still_deletes) {
  auto const of = resource_family::insurance_quote;
  auto event = tells(of, payment_required, minute(10));
  auto const before = decided(std::nullopt, event).after;
  event.what = change::deleted;
  auto const made = decided(before, event, later(), true);
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_TEST(made.after.flags.deleted);
}

BOOST_AUTO_TEST_CASE(a_deletion_may_be_the_first_event_seen_and_outlives_what_follows) {
  auto const of = resource_family::fx_quote;
  resource_report event;
  event.issuer = "https://bank-a.example";
  event.family = of;
  event.id = "r-1";
  event.what = change::deleted;
  event.event_time = minute(10);
  auto const gone = decided(std::nullopt, event).after;
  BOOST_CHECK(!gone.status);
  BOOST_TEST(gone.flags.deleted);
  auto const then = decided(gone, tells(of, available, minute(5))).after;
  BOOST_CHECK(then.status == available);
  BOOST_TEST(then.flags.deleted);
}

// Whose it is.

BOOST_AUTO_TEST_CASE(another_issuers_resource_of_the_same_id_is_another_resource) {
  auto const before = standing(resource_family::fx_quote, available, minute(10));
  auto event = tells(resource_family::fx_quote, completed, minute(20));
  event.issuer = "https://bank-b.example";
  BOOST_CHECK(refused_for(decide_resource(before, event, later(), false)) == reason::issuer_mismatch);
  event.what = change::deleted;
  BOOST_CHECK(refused_for(decide_resource(before, event, later(), false)) == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(another_family_or_id_moves_nothing) {
  auto const before = standing(resource_family::fx_quote, available, minute(10));
  BOOST_CHECK(refused_for(decide_resource(before, tells(resource_family::insurance_quote, completed, minute(20)),
                                          later(), false)) == reason::id_mismatch);
  auto event = tells(resource_family::fx_quote, completed, minute(20));
  event.id = "r-2";
  BOOST_CHECK(refused_for(decide_resource(before, event, later(), false)) == reason::id_mismatch);
}

BOOST_AUTO_TEST_CASE(a_payment_stays_with_its_consent) {
  auto const before = standing(resource_family::payment, pending, minute(10));
  auto event = tells(resource_family::payment, rejected, minute(20));
  event.consent_id = "c-2";
  BOOST_CHECK(refused_for(decide_resource(before, event, later(), false)) == reason::id_mismatch);
}

BOOST_AUTO_TEST_CASE(a_report_without_its_status_or_with_anothers_is_malformed) {
  auto const refused = [](resource_report const& event) {
    return refused_for(decide_resource(std::nullopt, event, later(), false));
  };
  auto event = tells(resource_family::payment, pending, minute(10));
  event.status.reset();
  BOOST_CHECK(refused(event) == reason::resource_malformed);
  event = tells(resource_family::payment, pending, minute(10));
  event.status_time.reset();
  BOOST_CHECK(refused(event) == reason::resource_malformed);
  BOOST_CHECK(refused(tells(resource_family::payment, completed, minute(10))) == reason::resource_malformed);
}

BOOST_AUTO_TEST_CASE(a_payment_obeys_the_issuer_of_its_consent) {
  auto const consent = standing(status::consumed, minute(10), kind::payment);
  auto event = tells(resource_family::payment, pending, minute(20));
  BOOST_CHECK(check_payment(event, consent));
  event.issuer = "https://bank-b.example";
  BOOST_CHECK(check_payment(event, consent).error().code == reason::issuer_mismatch);
}

BOOST_AUTO_TEST_CASE(only_a_payment_consent_has_payments) {
  auto const event = tells(resource_family::payment, pending, minute(20));
  for (auto const of : {kind::account_access, kind::insurance}) {
    BOOST_CHECK(check_payment(event, standing(status::authorized, minute(10), of)).error().code ==
                reason::kind_mismatch);
  }
}

BOOST_AUTO_TEST_CASE(a_payment_is_checked_against_no_consent_but_its_own) {
  auto consent = standing(status::authorized, minute(10), kind::payment);
  consent.consent_id = "c-2";
  BOOST_CHECK(check_payment(tells(resource_family::payment, pending, minute(20)), consent).error().code ==
              reason::id_mismatch);
  consent.consent_id = "c-1";
  auto quote = tells(resource_family::fx_quote, available, minute(20));
  quote.consent_id = "c-1";
  BOOST_CHECK(check_payment(quote, consent).error().code == reason::id_mismatch);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
