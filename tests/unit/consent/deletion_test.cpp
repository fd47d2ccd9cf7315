#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::consent {
namespace {

using namespace sample;

report deletion_with_data(status inside, timestamp when, kind of = kind::account_access) {
  auto made = says(inside, when, of);
  made.what = change::deleted;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(deletions)

BOOST_AUTO_TEST_CASE(a_deleted_consent_is_never_usable_again) {
  auto const gone = decided(standing(status::authorized, minute(10)), deletion_with_data(status::revoked, minute(20)));
  BOOST_CHECK(gone.disposition == disposition::deleted);
  BOOST_TEST(gone.told);
  BOOST_TEST(gone.after.flags.deleted);
  auto const suspended = decided(gone.after, says(status::suspended, minute(30))).after;
  auto const state = decided(suspended, says(status::authorized, minute(40))).after;
  BOOST_CHECK(state.status == status::authorized);
  BOOST_CHECK(usable(state, {}, later(), patience) == usability::deleted);
}

BOOST_AUTO_TEST_CASE(the_status_inside_a_deletion_is_not_applied) {
  for (auto const inside : all_statuses) {
    auto const before = standing(status::authorized, minute(10));
    auto expected = before;
    expected.flags.deleted = true;
    BOOST_CHECK(same(decided(before, deletion_with_data(inside, minute(20))).after, expected));
  }
}

BOOST_AUTO_TEST_CASE(a_deletion_with_an_old_status_time_still_deletes) {
  auto const made =
      decided(standing(status::authorized, minute(10)), deletion_with_data(status::authorized, minute(5)));
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_TEST(made.after.flags.deleted);
}

BOOST_AUTO_TEST_CASE(a_deletion_with_the_data_of_a_recorded_update_still_deletes) {
  auto const update = says(status::authorized, minute(10));
  auto const before = decided(announced(), update).after;
  auto gone = update;
  gone.what = change::deleted;
  auto const made = decided(before, gone, later(), true);
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_TEST(made.after.flags.deleted);
}

BOOST_AUTO_TEST_CASE(a_redelivered_deletion_is_a_duplicate) {
  for (auto const of : all_kinds) {
    for (auto const& event :
         {deletion(std::nullopt, minute(20)), deletion_with_data(status::revoked, minute(20), of)}) {
      auto const once = decided(standing(status::authorized, minute(10), of), event).after;
      auto const twice = decided(once, event, later(), true);
      BOOST_CHECK(twice.disposition == disposition::duplicate);
      BOOST_CHECK(same(twice.after, once));
      BOOST_TEST(!twice.told);
      BOOST_TEST(!twice.alert);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_bare_deletion_of_a_payment_consent_leaves_it_in_doubt) {
  auto const before = standing(status::authorized, minute(10), kind::payment);
  auto const made = decided(before, deletion(std::nullopt, minute(20)));
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_TEST(made.after.flags.in_doubt);
  BOOST_TEST(!made.after.flags.deleted);
  BOOST_TEST(made.told);
  BOOST_TEST(made.alert);
  BOOST_CHECK(usable(made.after, {}, later(), patience) == usability::in_doubt);
}

BOOST_AUTO_TEST_CASE(a_bare_deletion_of_an_ended_payment_consent_alarms_nobody) {
  auto const before = standing(status::consumed, minute(10), kind::payment);
  auto const made = decided(before, deletion(std::nullopt, minute(20)));
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_CHECK(same(made.after, before));
  BOOST_TEST(!made.told);
  BOOST_TEST(!made.alert);
}

BOOST_AUTO_TEST_CASE(a_bare_deletion_of_another_consent_deletes_it) {
  for (auto const of : {kind::account_access, kind::insurance}) {
    auto const made = decided(standing(status::authorized, minute(10), of), deletion(std::nullopt, minute(20)));
    BOOST_TEST(made.after.flags.deleted);
    BOOST_TEST(!made.after.flags.in_doubt);
    BOOST_TEST(!made.alert);
  }
}

BOOST_AUTO_TEST_CASE(a_payment_consent_deleted_with_its_data_is_deleted) {
  auto const made = decided(standing(status::authorized, minute(10), kind::payment),
                            deletion_with_data(status::authorized, minute(20), kind::payment));
  BOOST_TEST(made.after.flags.deleted);
  BOOST_TEST(!made.after.flags.in_doubt);
}

BOOST_AUTO_TEST_CASE(a_deletion_may_be_the_first_event_seen) {
  auto const event = deletion_with_data(status::authorized, minute(20), kind::insurance);
  auto const made = decided(std::nullopt, event);
  BOOST_CHECK(made.disposition == disposition::deleted);
  BOOST_CHECK(!made.after.status);
  BOOST_CHECK(made.after.kind == kind::insurance);
  BOOST_CHECK(made.after.bound == binding::by_event);
  auto const then = decided(made.after, says(status::authorized, minute(20), kind::insurance)).after;
  BOOST_CHECK(usable(then, {}, later(), patience) == usability::deleted);
}

BOOST_AUTO_TEST_CASE(a_bare_deletion_of_an_unknown_consent_binds_nothing) {
  auto const refused = decide(std::nullopt, deletion(std::nullopt, minute(20)), later(), false);
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::unknown_consent);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
