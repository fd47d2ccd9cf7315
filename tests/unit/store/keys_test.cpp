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

struct overflow : store_fixture {
  overflow() {
    settings.waiting_rows = 2;
    open();
  }
  // Each finds no keys, and beyond the second no room to wait for them.
  std::vector<std::int64_t> wait(int count, std::string_view issuer = bank) {
    std::vector<std::int64_t> all;
    for (int turn = 0; turn < count; ++turn) {
      all.push_back(append("body " + std::to_string(turn)));
      BOOST_REQUIRE((take_ids() == std::vector{all.back()}));
      BOOST_REQUIRE(await(store->wait_for_keys(all.back(), std::string(issuer))));
    }
    return all;
  }
  bool waits(std::string_view issuer = bank) {
    announce("c of " + std::string(issuer), issuer);
    return await(store->find_standing("c of " + std::string(issuer))).value().backlog.issuer_waits_for_keys;
  }
  std::size_t retry(std::size_t at_most = 100, std::optional<timestamp> refused_until = std::nullopt) {
    return await(
               store->retry(store::remedy{reason::keys_unavailable, std::string(bank), {}, {}, refused_until}, at_most))
        .value();
  }
  std::size_t keys_arrived() { return *await(store->keys_arrived(std::string(bank))); }
};

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

BOOST_FIXTURE_TEST_SUITE(keys_beyond_the_room_to_wait, overflow)

BOOST_AUTO_TEST_CASE(events_that_found_no_room_to_wait_are_opened_when_the_keys_come) {
  auto const all = wait(7);
  BOOST_TEST(keys_arrived() == 2U);
  BOOST_TEST((take_ids() == std::vector{all[0], all[1]}));
  // In batches, in the order in which they came.
  BOOST_TEST(retry(3) == 3U);
  BOOST_TEST((take_ids() == std::vector{all[2], all[3], all[4]}));
  BOOST_TEST(retry(3) == 2U);
  BOOST_TEST((take_ids() == std::vector{all[5], all[6]}));
  BOOST_TEST(retry(3) == 0U);
  BOOST_TEST(count().quarantined == 0U);
}

BOOST_AUTO_TEST_CASE(issuer_is_behind_until_the_last_event_that_lacked_its_keys_is_taken_up) {
  wait(4);
  BOOST_TEST(waits());
  BOOST_TEST(!waits(other_bank));
  keys_arrived();
  BOOST_TEST(waits());
  reopen();
  BOOST_TEST(waits());
  retry(1);
  BOOST_TEST(waits());
  retry(1);
  BOOST_TEST(!waits());
  reopen();
  BOOST_TEST(!waits());
}

BOOST_AUTO_TEST_CASE(issuer_is_behind_no_more_when_an_operator_has_dropped_what_lacked_its_keys) {
  auto const all = wait(4);
  keys_arrived();
  BOOST_REQUIRE(await(store->drop(all[2], 1000)));
  BOOST_TEST(waits());
  BOOST_REQUIRE(await(store->retry(all[3], 1000)));
  BOOST_TEST(!waits());
}

// Or everybody's deliveries would be refused until all of them are opened.
BOOST_AUTO_TEST_CASE(events_that_come_back_leave_half_of_the_inbox_to_new_ones) {
  close();
  settings.inbox_rows = 6;
  open();
  wait(7);
  BOOST_TEST(retry(100) == 3U);
  BOOST_TEST(count().pending == 3U);
  store::remedy const more{.lacked = reason::keys_unavailable, .issuer = std::string(bank)};
  BOOST_TEST(await(store->retry(more, 100)).error().code == reason::inbox_full);
  for (int each = 0; each < 3; ++each) {
    append("new " + std::to_string(each));
  }
  BOOST_TEST(count().pending == 6U);
}

BOOST_AUTO_TEST_CASE(event_that_lacks_its_keys_once_more_is_not_retried_without_end) {
  wait(3);
  auto const keys_came = now.now();
  now.advance(1s);
  BOOST_TEST(retry(100, keys_came) == 1U);
  auto const again = take_ids();
  BOOST_REQUIRE(again.size() == 1U);
  BOOST_REQUIRE(await(store->wait_for_keys(again[0], std::string(bank)))); // to quarantine: there is no room still
  BOOST_TEST(retry(100, keys_came) == 0U);
  BOOST_TEST(retry(100, now.now()) == 1U);
}

BOOST_AUTO_TEST_CASE(events_of_another_issuer_wait_on) {
  wait(3);
  wait(3, other_bank);
  BOOST_TEST(retry() == 1U);
  BOOST_TEST(waits(other_bank));
}

BOOST_AUTO_TEST_CASE(full_quarantine_lets_go_of_events_that_wait_for_keys_last) {
  close();
  settings.quarantine_rows = 2;
  open();
  auto const all = wait(3); // one in quarantine
  for (int turn = 0; turn < 3; ++turn) {
    auto const id = append("bad " + std::to_string(turn));
    BOOST_REQUIRE((take_ids() == std::vector{id}));
    BOOST_REQUIRE(await(store->set_aside(store::refusal{id, {reason::signature, ""}, std::string(bank), {}})));
  }
  BOOST_TEST(count().quarantined == 2U);
  BOOST_TEST(await(store->find_quarantined(all[2])).value().has_value());
  // Where there is nothing else the oldest of them goes, and is waited for no more.
  wait(3, other_bank);
  BOOST_TEST(await(store->find_quarantined(all[2])).value().has_value());
  wait(1, other_bank);
  BOOST_TEST(!await(store->find_quarantined(all[2])).value().has_value());
  keys_arrived();
  BOOST_TEST(!waits());
  BOOST_TEST(waits(other_bank));
}

BOOST_AUTO_TEST_SUITE_END()
