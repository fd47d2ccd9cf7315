// What is permitted gets narrower and never wider, and a try to widen it shows.
#include "consent/permissions.hpp"

#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::consent {
namespace {

using namespace sample;
using codes = std::vector<std::string>;

report permits(status value, timestamp when, codes granted, kind of = kind::account_access) {
  auto made = says(value, when, of);
  made.permissions = permitting(std::move(granted));
  return made;
}

state authorized_with(codes granted) {
  return decided(announced(), permits(status::authorized, minute(10), std::move(granted))).after;
}

} // namespace

BOOST_AUTO_TEST_SUITE(permissions)

BOOST_AUTO_TEST_CASE(a_set_has_no_order_and_no_repetition) {
  BOOST_CHECK(permitting({"b", "a", "b"}) == permitting({"a", "b"}));
  BOOST_CHECK((permitting({"b", "a", "b"}).codes() == codes{"a", "b"}));
  BOOST_CHECK(permitting({}) == permission_set());
}

BOOST_AUTO_TEST_CASE(sets_are_compared_code_by_code) {
  auto const two = permitting({"a", "b"});
  BOOST_TEST(permitting({"b"}).within(two));
  BOOST_TEST(permission_set().within(two));
  BOOST_TEST(two.within(two));
  BOOST_TEST(!two.within(permitting({"b"})));
  // As many codes, and still another set.
  BOOST_TEST(!permitting({"a", "c"}).within(two));
  BOOST_CHECK(permitting({"a", "c"}).common_with(two) == permitting({"a"}));
  BOOST_CHECK(permitting({"c"}).common_with(two) == permission_set());
}

BOOST_AUTO_TEST_CASE(a_set_is_bounded) {
  codes many;
  for (std::size_t i = 0; i < permission_set::most; ++i) {
    many.push_back("R" + std::to_string(i));
  }
  BOOST_CHECK(permission_set::of(many));
  many.push_back(many.front());
  BOOST_CHECK(permission_set::of(many));
  many.push_back("one more");
  BOOST_CHECK(!permission_set::of(many));
  BOOST_CHECK(permission_set::of({std::string(permission_set::longest, 'x')}));
  BOOST_CHECK(!permission_set::of({std::string(permission_set::longest + 1, 'x')}));
  for (auto const& odd : {std::string(), std::string("a\nb"), std::string("a\0b", 3), std::string("\x7f")}) {
    BOOST_CHECK(!permission_set::of({"a", odd}));
  }
}

BOOST_AUTO_TEST_CASE(wider_permissions_are_flagged_and_not_taken) {
  for (auto const to : {status::authorized, status::suspended, status::revoked}) {
    auto const made = decided(authorized_with({"a", "b"}), permits(to, minute(20), {"a", "b", "c"}));
    BOOST_TEST(made.told);
    BOOST_CHECK(made.after.permissions == permitting({"a", "b"}));
    BOOST_TEST(made.after.flags.changed);
  }
}

BOOST_AUTO_TEST_CASE(a_code_in_the_place_of_another_is_wider) {
  auto const made = decided(authorized_with({"a", "b"}), permits(status::authorized, minute(20), {"a", "c"}));
  BOOST_CHECK(made.after.permissions == permitting({"a"}));
  BOOST_TEST(made.after.flags.changed);
}

BOOST_AUTO_TEST_CASE(narrower_permissions_count_and_are_not_flagged) {
  auto const made = decided(authorized_with({"a", "b"}), permits(status::authorized, minute(20), {"b"}));
  BOOST_CHECK(made.after.permissions == permitting({"b"}));
  BOOST_TEST(!made.after.flags.changed);
  // And what was taken away does not come back.
  auto const again = decided(made.after, permits(status::authorized, minute(30), {"a", "b"}));
  BOOST_CHECK(again.after.permissions == permitting({"b"}));
  BOOST_TEST(again.after.flags.changed);
}

BOOST_AUTO_TEST_CASE(the_same_permissions_change_nothing) {
  auto const made = decided(authorized_with({"a", "b"}), permits(status::suspended, minute(20), {"b", "a"}));
  BOOST_CHECK(made.after.permissions == permitting({"a", "b"}));
  BOOST_CHECK(made.after.flags == flags{});
}

BOOST_AUTO_TEST_CASE(an_event_without_permissions_says_nothing_of_them) {
  auto const learned =
      decided(standing(status::awaiting_authorization, minute(5)), permits(status::authorized, minute(10), {"a"}))
          .after;
  BOOST_CHECK(learned.permissions == permitting({"a"}));
  auto const kept = decided(learned, says(status::suspended, minute(20))).after;
  BOOST_CHECK(kept.permissions == permitting({"a"}));
  BOOST_TEST(!kept.flags.changed);
}

BOOST_AUTO_TEST_CASE(two_lists_of_permissions_end_alike_in_either_order) {
  for (auto const& [former, newer, changed] : std::vector<std::tuple<codes, codes, bool>>{
           {{"a", "b"}, {"a"}, false}, {{"a"}, {"a", "b"}, true}, {{"a", "b"}, {"b", "c"}, true}, {{}, {"a"}, true}}) {
    auto const first = permits(status::authorized, minute(10), former);
    auto const second = permits(status::authorized, minute(20), newer);
    auto const in_order = decided(decided(std::nullopt, first).after, second).after;
    auto const reversed = decided(decided(std::nullopt, second).after, first);
    BOOST_CHECK(reversed.disposition == disposition::stale);
    BOOST_CHECK(in_order.permissions == reversed.after.permissions);
    BOOST_TEST(in_order.flags.changed == changed);
    BOOST_TEST(reversed.after.flags.changed == changed);
  }
}

BOOST_AUTO_TEST_CASE(a_stale_event_supplies_no_permissions) {
  auto const before = decided(std::nullopt, says(status::authorized, minute(20))).after;
  BOOST_CHECK(!decided(before, permits(status::authorized, minute(10), {"a"})).after.permissions);
}

BOOST_AUTO_TEST_CASE(what_is_refused_or_was_recorded_narrows_nothing) {
  auto const ended = decided(authorized_with({"a", "b"}), permits(status::revoked, minute(20), {"a", "b"})).after;
  auto const raise = permits(status::authorized, minute(30), {"c"});
  BOOST_CHECK(same(decided(ended, raise).after, ended));
  auto const live = authorized_with({"a", "b"});
  BOOST_CHECK(same(decided(live, raise, later(), true).after, live));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
