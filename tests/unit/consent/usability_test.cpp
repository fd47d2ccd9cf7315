#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

#include <functional>
#include <vector>

namespace consentd::consent {
namespace {

using namespace sample;
using std::chrono::microseconds;

usability verdict(state const& of, timestamp now = minute(30), backlog const& behind = {}) {
  return usable(of, behind, now, patience);
}

} // namespace

BOOST_AUTO_TEST_SUITE(usability_of_a_consent)

BOOST_AUTO_TEST_CASE(an_authorized_consent_within_its_time_is_usable) {
  BOOST_TEST(to_string(verdict(standing(status::authorized, minute(10)))) == "usable");
}

BOOST_AUTO_TEST_CASE(an_unknown_or_silent_consent_is_unknown) {
  BOOST_CHECK(usable(std::nullopt, {}, minute(30), patience) == usability::unknown);
  BOOST_CHECK(verdict(announced()) == usability::unknown);
}

BOOST_AUTO_TEST_CASE(every_other_status_is_not_authorized) {
  for (auto const value : all_statuses) {
    if (value != status::authorized) {
      BOOST_CHECK(verdict(standing(value, minute(10))) == usability::not_authorized);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_consent_lapses_exactly_at_its_expiry) {
  auto const of = standing(status::authorized, minute(10));
  BOOST_CHECK(verdict(of, far_expiry() - microseconds(1)) == usability::usable);
  BOOST_CHECK(verdict(of, far_expiry()) == usability::lapsed);
  BOOST_CHECK(verdict(of, far_expiry() + microseconds(1)) == usability::lapsed);
}

BOOST_AUTO_TEST_CASE(a_lapse_is_not_taken_back_by_a_clock_set_back) {
  auto of = standing(status::authorized, minute(10));
  of.flags.lapsed = true;
  BOOST_CHECK(verdict(of) == usability::lapsed);
}

BOOST_AUTO_TEST_CASE(patience_ends_after_its_last_moment) {
  auto const of = standing(status::authorized, minute(10));
  auto const now = minute(30);
  BOOST_CHECK(verdict(of, now, {now - patience, false}) == usability::usable);
  BOOST_CHECK(verdict(of, now, {now - patience - microseconds(1), false}) == usability::behind);
  BOOST_CHECK(verdict(of, now, {now + patience, false}) == usability::usable);
  BOOST_CHECK(verdict(of, now, {std::nullopt, true}) == usability::behind);
}

BOOST_AUTO_TEST_CASE(flags_that_only_inform_do_not_forbid_use) {
  auto of = standing(status::authorized, minute(10));
  of.flags.changed = of.flags.gap = of.flags.late = of.flags.clock = of.flags.unlinked = true;
  BOOST_CHECK(verdict(of) == usability::usable);
}

// Obstacles are taken away one by one, in the order in which they are named.
BOOST_AUTO_TEST_CASE(the_first_obstacle_in_order_is_named) {
  auto of = standing(status::revoked, minute(10));
  of.status.reset();
  of.expiry.reset();
  of.flags.deleted = of.flags.in_doubt = of.flags.contested = true;
  backlog behind{std::nullopt, true};
  std::vector<std::pair<usability, std::function<void()>>> const steps{
      {usability::unknown, [&] { of.status = status::suspended; }},
      {usability::not_authorized, [&] { of.status = status::authorized; }},
      {usability::expiry_unknown, [&] { of.expiry = minute(30); }},
      {usability::lapsed, [&] { of.expiry = minute(31); }},
      {usability::deleted, [&] { of.flags.deleted = false; }},
      {usability::in_doubt, [&] { of.flags.in_doubt = false; }},
      {usability::contested, [&] { of.flags.contested = false; }},
      {usability::behind, [&] { behind.issuer_waits_for_keys = false; }},
      {usability::usable, [] {}}};
  for (auto const& [expected, mend] : steps) {
    BOOST_TEST(to_string(verdict(of, minute(30), behind)) == to_string(expected));
    mend();
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
