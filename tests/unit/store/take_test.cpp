#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;

using ids = std::vector<std::int64_t>;

BOOST_FIXTURE_TEST_SUITE(take, store_fixture)

BOOST_AUTO_TEST_CASE(deliveries_are_handed_out_once_and_oldest_first) {
  open();
  auto const a = append("a");
  auto const b = append("b");
  auto const c = append("c");
  BOOST_TEST((take_ids(2) == ids{a, b}));
  BOOST_TEST((take_ids(2) == ids{c}));
  BOOST_TEST(take_ids(2).empty());
}

BOOST_AUTO_TEST_CASE(delivery_that_waits_for_keys_comes_back_when_they_arrive) {
  open();
  auto const a = append("a");
  auto const b = append("b");
  auto const c = append("c");
  BOOST_REQUIRE((take_ids(2) == ids{a, b}));
  BOOST_REQUIRE(await(store->wait_for_keys(a, std::string(bank))));
  BOOST_REQUIRE(await(store->wait_for_keys(b, std::string(other_bank))));
  BOOST_TEST(count().waiting_for_keys == 2U);
  BOOST_TEST(count().pending == 1U);
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 1U);
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 0U);
  // The older one first, although it became ready later.
  BOOST_TEST((take_ids() == ids{a, c}));
  BOOST_TEST(count().waiting_for_keys == 1U);
}

BOOST_AUTO_TEST_CASE(waiting_for_keys_outlives_a_restart) {
  open();
  auto const a = append("a");
  BOOST_REQUIRE((take_ids() == ids{a}));
  BOOST_REQUIRE(await(store->wait_for_keys(a, std::string(bank))));
  reopen();
  BOOST_TEST(take_ids().empty());
  BOOST_TEST(count().waiting_for_keys == 1U);
  auto const standing = await(store->find_standing("c"));
  BOOST_REQUIRE(standing);
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 1U);
  BOOST_TEST((take_ids() == ids{a}));
}

BOOST_AUTO_TEST_CASE(delivery_in_hand_at_an_orderly_stop_is_handed_out_again_without_blame) {
  open();
  auto const a = append("a");
  auto const b = append("b");
  for (int i = 0; i < 3; ++i) {
    BOOST_TEST((take_ids() == ids{a, b}));
    reopen();
  }
  BOOST_TEST((take_ids() == ids{a, b}));
  BOOST_TEST(log.of("unclean stop") == 0U);
}

BOOST_AUTO_TEST_CASE(only_what_is_in_the_inbox_can_be_settled_set_aside_or_made_to_wait) {
  open();
  BOOST_TEST(await(store->settle(settlement_of(7, report_of("c", consent::status::authorized, 0)))).error().code ==
             reason::not_found);
  BOOST_TEST(await(store->set_aside({7, {reason::signature, ""}, "", ""})).error().code == reason::not_found);
  BOOST_TEST(await(store->wait_for_keys(7, std::string(bank))).error().code == reason::not_found);
  BOOST_TEST(count().quarantined == 0U);
}

BOOST_AUTO_TEST_CASE(delivery_is_settled_once) {
  open();
  announce("c");
  auto const a = append("a");
  BOOST_REQUIRE((take_ids() == ids{a}));
  settle(settlement_of(a, report_of("c", consent::status::authorized, 0)));
  BOOST_TEST(await(store->settle(settlement_of(a, report_of("c", consent::status::revoked, 1)))).error().code ==
             reason::not_found);
  BOOST_TEST((find("c")->state.status == consent::status::authorized));
}

BOOST_AUTO_TEST_CASE(ready_is_called_for_new_and_for_released_deliveries) {
  open();
  std::atomic<int> calls = 0;
  store->on_ready([&calls] { ++calls; });
  auto const a = append("a");
  BOOST_TEST(calls == 1);
  BOOST_REQUIRE((take_ids() == ids{a}));
  BOOST_REQUIRE(await(store->wait_for_keys(a, std::string(bank))));
  BOOST_TEST(calls == 1);
  BOOST_REQUIRE(await(store->keys_arrived(std::string(bank))));
  BOOST_TEST(calls == 2);
  BOOST_REQUIRE((take_ids() == ids{a}));
  settle(settlement_of(a, report_of("c", consent::status::authorized, 0)));
  BOOST_TEST(calls == 2);
  announce("c");
  BOOST_TEST(calls == 3);
}

BOOST_AUTO_TEST_CASE(inbox_depth_is_reported_after_each_change) {
  open();
  auto const a = append("a");
  append("b");
  BOOST_TEST((counters.last_inbox() == std::pair<std::uint64_t, std::uint64_t>(2, 0)));
  take_ids();
  BOOST_REQUIRE(await(store->wait_for_keys(a, std::string(bank))));
  BOOST_TEST((counters.last_inbox() == std::pair<std::uint64_t, std::uint64_t>(1, 1)));
  reopen();
  BOOST_TEST((counters.last_inbox() == std::pair<std::uint64_t, std::uint64_t>(1, 1)));
}

BOOST_AUTO_TEST_SUITE_END()
