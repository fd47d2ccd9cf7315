// Key sets that are kept, and events that wait for one.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using namespace std::chrono_literals;

namespace {

store::kept_key_set set_of(std::string document, std::chrono::seconds since, std::chrono::seconds confirmed,
                           store::key_role role = store::key_role::issuer, std::string_view issuer = bank) {
  return {role, std::string(issuer), noon() + since, noon() + confirmed, std::move(document)};
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys, store_fixture)

BOOST_AUTO_TEST_CASE(kept_sets_are_there_after_a_restart_by_role_and_issuer) {
  open();
  BOOST_REQUIRE(await(store->keep(set_of("second", 10s, 10s), 16)));
  BOOST_REQUIRE(await(store->keep(set_of("first", 0s, 5s), 16)));
  BOOST_REQUIRE(await(store->keep(set_of("other", 0s, 0s, store::key_role::issuer, other_bank), 16)));
  BOOST_REQUIRE(await(store->keep(set_of("hub", 0s, 0s, store::key_role::hub), 16)));
  close();
  open();
  auto const kept = await(store->kept_key_sets()).value();
  BOOST_REQUIRE(kept.size() == 4U);
  BOOST_TEST((kept[0].role == store::key_role::hub));
  BOOST_TEST(kept[0].document == "hub");
  BOOST_TEST(kept[1].document == "first");
  BOOST_TEST((kept[1].since == noon()));
  BOOST_TEST((kept[1].confirmed == noon() + 5s));
  BOOST_TEST(kept[2].document == "second");
  BOOST_TEST(kept[3].issuer == other_bank);
}

BOOST_AUTO_TEST_CASE(confirming_a_set_never_takes_its_time_back) {
  open();
  for (auto const confirmed : {0s, 100s, 50s}) {
    BOOST_REQUIRE(await(store->keep(set_of("set", 0s, confirmed), 16)));
  }
  auto const kept = await(store->kept_key_sets()).value();
  BOOST_REQUIRE(kept.size() == 1U);
  BOOST_TEST((kept[0].confirmed == noon() + 100s));
}

BOOST_AUTO_TEST_CASE(kept_sets_are_bounded_for_each_issuer) {
  open();
  BOOST_REQUIRE(await(store->keep(set_of("other", 0s, 0s, store::key_role::issuer, other_bank), 3)));
  for (int turn = 0; turn < 10; ++turn) {
    BOOST_REQUIRE(await(store->keep(set_of(std::to_string(turn), 1s * turn, 1s * turn), 3)));
  }
  auto const kept = await(store->kept_key_sets()).value();
  BOOST_REQUIRE(kept.size() == 4U);
  BOOST_TEST(kept[0].document == "7");
  BOOST_TEST(kept[2].document == "9");
  BOOST_TEST(kept[3].document == "other");
}

BOOST_AUTO_TEST_CASE(issuer_without_keys_has_a_quota_and_takes_no_room_from_others) {
  settings.waiting_rows = 2;
  settings.inbox_rows = 3;
  settings.inbox_bytes = 100;
  open();
  for (int turn = 0; turn < 3; ++turn) {
    append(std::string(40, 'x'));
    auto const taken = take_ids();
    BOOST_REQUIRE(taken.size() == 1U);
    BOOST_REQUIRE(await(store->wait_for_keys(taken[0], std::string(bank))));
  }
  BOOST_TEST(count().waiting_for_keys == 2U);
  auto const aside = await(store->quarantined(std::nullopt, 0, 10)).value();
  BOOST_REQUIRE(aside.size() == 1U);
  BOOST_TEST((aside[0].why.code == reason::keys_unavailable));
  // Another issuer has its own, and the inbox all of its room.
  append(std::string(40, 'y'));
  auto const theirs = take_ids();
  BOOST_REQUIRE(await(store->wait_for_keys(theirs.at(0), std::string(other_bank))));
  BOOST_TEST(count().waiting_for_keys == 3U);
  append(std::string(40, 'z'));
  append(std::string(40, 'z'));
  // The quota is free again once the keys have come, also over a restart.
  close();
  open();
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 2U);
  auto const again = take_ids();
  BOOST_TEST(again.size() == 4U);
  BOOST_REQUIRE(await(store->wait_for_keys(again[0], std::string(bank))));
  BOOST_TEST(count().waiting_for_keys == 2U);
}

BOOST_AUTO_TEST_CASE(what_comes_back_from_waiting_takes_its_room_in_the_inbox_again) {
  settings.inbox_bytes = 100;
  open();
  for (int turn = 0; turn < 3; ++turn) {
    append(std::string(40, 'x'));
    BOOST_REQUIRE(await(store->wait_for_keys(take_ids().at(0), std::string(bank))));
  }
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 3U);
  BOOST_TEST(await(store->append(delivery_of(std::string(40, 'x')))).error().code == reason::inbox_full);
}

BOOST_AUTO_TEST_SUITE_END()
