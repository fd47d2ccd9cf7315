// Named subscribers and their places.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <thread>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

constexpr store::consumer_caller owner{1000, false};
constexpr store::consumer_caller stranger{1001, false};
constexpr store::consumer_caller operating{0, true};

struct consumer_fixture : store_fixture {
  consumer_fixture() { open(); }

  store::kept_consumer keep(std::string const& name, std::uint64_t after = 0, store::entry_filter filter = {}) {
    auto kept = await(store->keep(name, std::move(filter), after, owner));
    BOOST_REQUIRE_MESSAGE(kept, describe(kept.error()));
    return std::move(*kept);
  }
  std::optional<store::consumer_record> find(std::string const& name) {
    auto found = await(store->find_consumer(name));
    BOOST_REQUIRE(found);
    return std::move(*found);
  }
  // As whoever was sent everything up to there.
  result<store::consumer_record> acknowledge(std::string const& name, std::uint64_t sequence) {
    send(name, sequence);
    return acknowledge_unsent(name, sequence);
  }
  result<store::consumer_record> acknowledge_unsent(std::string const& name, std::uint64_t sequence) {
    return await(store->acknowledge(name, sequence, owner));
  }
  void send(std::string const& name, std::uint64_t sequence) {
    if (auto const known = find(name)) {
      BOOST_REQUIRE(await(store->note_sent(name, known->generation, sequence)));
    }
  }
  bool advance(std::string const& name, std::uint64_t generation, std::uint64_t from, std::uint64_t to) {
    return await(store->advance(name, generation, from, to)).value();
  }
  void announce_some(int count) {
    for (int i = 0; i < count; ++i) {
      announce("c-" + std::to_string(++announced_));
    }
  }

private:
  int announced_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_consumers, consumer_fixture)

BOOST_AUTO_TEST_CASE(consumer_outlives_a_restart_with_filter_and_place) {
  announce_some(3);
  store::entry_filter const filter{store::entry_type::status, "c-1", "Revoked", consent::kind::insurance,
                                   std::string(bank)};
  auto const made = keep("a", 1, filter);
  BOOST_TEST(made.created);
  BOOST_REQUIRE(acknowledge("a", 2));
  reopen();
  auto const found = find("a");
  BOOST_REQUIRE(found);
  BOOST_TEST((found->of.filter == filter));
  BOOST_TEST(found->of.uid == 1000U);
  BOOST_TEST(found->place == 2U);
  BOOST_TEST(found->epoch == store->extent().epoch);
  BOOST_TEST(!found->paused);
}

BOOST_AUTO_TEST_CASE(keeping_one_that_is_there_changes_the_filter_alone) {
  announce_some(3);
  keep("a", 1);
  BOOST_REQUIRE(acknowledge("a", 2));
  store::entry_filter filter;
  filter.kind = consent::kind::payment;
  auto const again = keep("a", 0, filter);
  BOOST_TEST(!again.created);
  BOOST_TEST(again.consumer.place == 2U);
  BOOST_TEST((find("a")->of.filter == filter));
}

BOOST_AUTO_TEST_CASE(acknowledged_places_go_forward_alone) {
  announce_some(5);
  keep("a");
  BOOST_TEST(acknowledge("a", 4)->place == 4U);
  BOOST_TEST(acknowledge("a", 2)->place == 4U);
  BOOST_TEST(acknowledge("a", 5)->place == 5U);
  auto const beyond = acknowledge("a", 6);
  BOOST_REQUIRE(!beyond);
  BOOST_TEST(beyond.error().code == reason::invalid_argument);
  BOOST_TEST(acknowledge("b", 1).error().code == reason::not_found);
}

BOOST_AUTO_TEST_CASE(place_that_was_sought_meanwhile_is_not_advanced) {
  announce_some(5);
  keep("a");
  auto const made = find("a")->generation;
  BOOST_TEST(advance("a", made, 0, 3));
  BOOST_TEST(find("a")->place == 3U);
  BOOST_TEST(!advance("a", made, 0, 2));
  BOOST_TEST(advance("a", made, 0, 4));  // what was acknowledged meanwhile is behind it
  BOOST_TEST(!advance("a", made, 5, 5)); // it has not been there
  BOOST_REQUIRE(await(store->seek("a", 3, owner)));
  BOOST_TEST(!advance("a", made, 3, 5));
  BOOST_TEST(find("a")->place == 3U);
  BOOST_TEST(!advance("nobody", made, 0, 1));
}

// What the old one kept out the new one may let pass.
BOOST_AUTO_TEST_CASE(place_is_not_advanced_past_what_another_filter_lets_through) {
  announce_some(5);
  store::entry_filter payments;
  payments.kind = consent::kind::payment;
  auto const made = keep("a", 0, payments).consumer.generation;
  BOOST_TEST(keep("a", 0, payments).consumer.generation == made); // the same again
  auto const widened = keep("a").consumer.generation;
  BOOST_TEST(!advance("a", made, 0, 5));
  BOOST_TEST(advance("a", widened, 0, 5));
}

BOOST_AUTO_TEST_CASE(acknowledgements_of_what_was_sent_before_a_seek_do_not_undo_it) {
  announce_some(5);
  keep("a");
  BOOST_REQUIRE(acknowledge("a", 2));
  send("a", 4);
  BOOST_REQUIRE(await(store->seek("a", 1, owner)));
  auto const late = acknowledge_unsent("a", 3);
  BOOST_REQUIRE(!late);
  BOOST_TEST(late.error().code == reason::conflict);
  BOOST_TEST(find("a")->place == 1U);
  BOOST_TEST(acknowledge_unsent("a", 1)->place == 1U);
  send("a", 3);
  reopen(); // whoever was sent it may say so to another process
  BOOST_TEST(acknowledge_unsent("a", 4).error().code == reason::conflict);
  BOOST_TEST(acknowledge_unsent("a", 3)->place == 3U);
  // Past what was there when it was sought, and one more, nothing can be from before.
  send("a", 5);
  announce_some(2);
  BOOST_TEST(acknowledge_unsent("a", 6).error().code == reason::conflict);
  send("a", 6);
  BOOST_TEST(acknowledge_unsent("a", 7)->place == 7U);
}

BOOST_AUTO_TEST_CASE(acknowledgements_of_what_was_sent_through_another_filter_pass_over_nothing) {
  announce_some(3);
  store::entry_filter payments;
  payments.kind = consent::kind::payment;
  keep("a", 0, payments);
  send("a", 3);
  keep("a");
  BOOST_TEST(acknowledge_unsent("a", 3).error().code == reason::conflict);
  BOOST_TEST(find("a")->place == 0U);
}

BOOST_AUTO_TEST_CASE(acknowledgements_of_one_that_was_removed_do_not_move_its_successor) {
  announce_some(3);
  auto const first = keep("a").consumer.generation;
  send("a", 3);
  auto const removed = await(store->remove_consumer("a", owner))->generation;
  auto const second = keep("a").consumer.generation;
  BOOST_TEST(first < removed);
  BOOST_TEST(removed < second);
  BOOST_TEST(acknowledge_unsent("a", 3).error().code == reason::conflict);
  BOOST_TEST(!advance("a", first, 0, 3));
  BOOST_TEST(await(store->note_sent("a", first, 3)).error().code == reason::conflict);
  BOOST_TEST(find("a")->place == 0U);
}

BOOST_AUTO_TEST_CASE(places_are_known_without_asking_the_database) {
  using places = std::map<std::string, std::uint64_t>;
  announce_some(3);
  keep("a");
  keep("b", 2);
  BOOST_TEST((store->consumer_places() == places{{"a", 0}, {"b", 2}}));
  BOOST_REQUIRE(acknowledge("a", 3));
  BOOST_REQUIRE(await(store->seek("b", 1, owner)));
  BOOST_TEST((store->consumer_places() == places{{"a", 3}, {"b", 1}}));
  reopen();
  BOOST_TEST((store->consumer_places() == places{{"a", 3}, {"b", 1}}));
  BOOST_REQUIRE(await(store->remove_consumer("b", owner)));
  BOOST_TEST((store->consumer_places() == places{{"a", 3}}));
  close();
  std::filesystem::remove(settings.path + ".hand"); // as after a restore
  open();
  BOOST_TEST((store->consumer_places() == places{{"a", 0}}));
}

BOOST_AUTO_TEST_CASE(sought_places_go_back_too) {
  announce_some(5);
  keep("a");
  BOOST_REQUIRE(acknowledge("a", 4));
  BOOST_TEST(await(store->seek("a", 1, owner))->place == 1U);
  BOOST_TEST(await(store->seek("a", 5, owner))->place == 5U);
  BOOST_TEST(await(store->seek("a", 6, owner)).error().code == reason::invalid_argument);
  BOOST_TEST(await(store->seek("b", 1, owner)).error().code == reason::not_found);
}

BOOST_AUTO_TEST_CASE(first_entry_that_is_left_says_how_far_behind_it_is) {
  announce_some(1);
  now.advance(std::chrono::minutes(1));
  announce_some(1);
  keep("a");
  BOOST_TEST((find("a")->oldest_unhandled == noon()));
  BOOST_REQUIRE(acknowledge("a", 1));
  BOOST_TEST((find("a")->oldest_unhandled == noon() + std::chrono::minutes(1)));
  BOOST_REQUIRE(acknowledge("a", 2));
  BOOST_TEST(!find("a")->oldest_unhandled.has_value());
}

BOOST_AUTO_TEST_CASE(place_of_another_journal_counts_as_nothing_and_is_left_by_the_next_acknowledgement) {
  announce_some(3);
  keep("a");
  BOOST_REQUIRE(acknowledge("a", 3));
  close();
  std::filesystem::remove(settings.path + ".hand"); // as after a restore
  open();
  BOOST_TEST(find("a")->epoch != store->extent().epoch);
  BOOST_TEST((find("a")->oldest_unhandled == noon()));
  // Also by that of the place that it was told to go on from.
  BOOST_TEST(acknowledge("a", 0)->place == 0U);
  BOOST_TEST(find("a")->epoch == store->extent().epoch);
  BOOST_TEST(acknowledge("a", 1)->place == 1U);
}

// The entry may be there with the change, and reach the stream of before before that hears of its end.
BOOST_AUTO_TEST_CASE(entry_that_comes_with_another_filter_is_not_acknowledged_through_the_old_one) {
  announce_some(3);
  keep("a");
  BOOST_REQUIRE(acknowledge("a", 3));
  store::entry_filter payments;
  payments.kind = consent::kind::payment;
  auto const changed = keep("a", 0, payments);
  announce_some(1);
  BOOST_TEST(acknowledge_unsent("a", 4).error().code == reason::conflict);
  BOOST_REQUIRE(await(store->note_sent("a", changed.consumer.generation, 4)));
  BOOST_TEST(acknowledge_unsent("a", 4)->place == 4U);
}

BOOST_AUTO_TEST_CASE(late_acknowledgement_does_not_undo_another_filter_in_a_new_journal) {
  announce_some(3);
  keep("a");
  BOOST_REQUIRE(acknowledge("a", 3));
  close();
  std::filesystem::remove(settings.path + ".hand"); // as after a restore
  open();
  store::entry_filter payments;
  payments.kind = consent::kind::payment;
  auto const changed = keep("a", 0, payments);
  BOOST_TEST(find("a")->epoch != store->extent().epoch); // a reset is still owed
  BOOST_TEST(acknowledge_unsent("a", 3).error().code == reason::conflict);
  BOOST_REQUIRE(await(store->note_sent("a", changed.consumer.generation, 2)));
  BOOST_TEST(acknowledge_unsent("a", 2)->place == 2U);
  BOOST_TEST(acknowledge_unsent("a", 3).error().code == reason::conflict);
}

BOOST_AUTO_TEST_CASE(as_many_as_may_be_and_not_one_more) {
  close();
  settings.consumers = 2;
  open();
  keep("a");
  keep("b");
  auto const refused = await(store->keep("c", {}, 0, owner));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == reason::conflict);
  BOOST_TEST(!keep("b").created);
  BOOST_REQUIRE(await(store->remove_consumer("a", owner)));
  BOOST_TEST(await(store->remove_consumer("a", owner)).error().code == reason::not_found);
  BOOST_TEST(keep("c").created);
  std::vector<std::string> names;
  for (auto const& one : await(store->list_consumers()).value()) {
    names.push_back(one.of.name);
  }
  BOOST_TEST(names == (std::vector<std::string>{"b", "c"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(one_user_leaves_room_for_others) {
  close();
  settings.consumers = 4;
  settings.consumers_per_user = 2;
  open();
  keep("a");
  keep("b");
  auto const refused = await(store->keep("c", {}, 0, owner));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == reason::conflict);
  BOOST_TEST(!keep("b").created);
  BOOST_TEST(await(store->keep("c", {}, 0, stranger))->created);
  BOOST_REQUIRE(await(store->remove_consumer("a", owner)));
  BOOST_TEST(keep("d").created);
}

// Turns without work may never come.
BOOST_AUTO_TEST_CASE(one_that_nothing_is_heard_of_is_forgotten_with_the_next_commit) {
  settings.consumers_for = std::chrono::hours(48);
  reopen();
  keep("silent");
  now.advance(std::chrono::hours(49));
  announce_some(1);
  BOOST_TEST(!find("silent").has_value());
}

BOOST_AUTO_TEST_CASE(nobody_is_forgotten_for_a_time_in_which_the_daemon_was_away) {
  settings.consumers_for = std::chrono::hours(48);
  reopen();
  keep("comes back");
  keep("stays away");
  now.advance(std::chrono::hours(49));
  reopen();
  announce_some(1);
  BOOST_REQUIRE(find("comes back").has_value());
  BOOST_REQUIRE(await(store->note_seen("comes back")));
  now.advance(std::chrono::hours(1));
  announce_some(1);
  BOOST_TEST(find("comes back").has_value());
  BOOST_TEST(!find("stays away").has_value());
}

BOOST_AUTO_TEST_CASE(paused_ones_are_not_forgotten) {
  settings.consumers_for = std::chrono::hours(48);
  reopen();
  keep("a");
  BOOST_REQUIRE(await(store->pause("a", true, owner)));
  now.advance(std::chrono::hours(49));
  announce_some(1);
  BOOST_TEST(find("a").has_value());
}

BOOST_AUTO_TEST_CASE(one_that_nothing_is_heard_of_is_forgotten) {
  settings.consumers_for = std::chrono::hours(48);
  reopen();
  keep("silent");
  keep("seen");
  announce_some(1);
  now.advance(std::chrono::hours(40));
  BOOST_REQUIRE(await(store->note_seen("seen")));
  now.advance(std::chrono::hours(9));
  while (find("silent")) { // the store's own turns
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(find("seen").has_value());
}

// Whoever asked about it before may have found another user's, or none.
BOOST_AUTO_TEST_CASE(only_its_owner_and_operators_change_it_whoever_looked_before) {
  announce_some(2);
  auto const made = keep("a");
  store::entry_filter payments;
  payments.kind = consent::kind::payment;
  for (auto const& refused :
       {await(store->keep("a", payments, 0, stranger)).error(), await(store->acknowledge("a", 1, stranger)).error(),
        await(store->seek("a", 2, stranger)).error(), await(store->pause("a", true, stranger)).error(),
        await(store->remove_consumer("a", stranger)).error()}) {
    BOOST_TEST(refused.code == reason::not_permitted);
  }
  auto const found = find("a");
  BOOST_REQUIRE(found);
  BOOST_TEST((found->of.filter == made.consumer.of.filter));
  BOOST_TEST(found->place == 0U);
  BOOST_TEST(!found->paused);
  BOOST_TEST(await(store->list_operations({}, 0, 10)).value().size() == 1U);
  BOOST_TEST(!await(store->keep("a", payments, 0, operating))->created);
  BOOST_TEST(find("a")->of.uid == owner.uid);
  BOOST_TEST(await(store->seek("a", 2, operating))->place == 2U);
  BOOST_TEST(await(store->remove_consumer("a", operating))->place == 2U);
}

BOOST_AUTO_TEST_CASE(pause_is_kept_until_it_is_resumed) {
  keep("a");
  BOOST_TEST(await(store->pause("a", true, owner))->paused);
  reopen();
  BOOST_TEST(find("a")->paused);
  BOOST_TEST(!await(store->pause("a", false, owner))->paused);
  BOOST_TEST(await(store->pause("b", true, owner)).error().code == reason::not_found);
}

BOOST_AUTO_TEST_CASE(time_leads_to_the_place_before_it) {
  announce_some(2); // at noon
  now.advance(std::chrono::minutes(10));
  announce_some(2);
  auto const before = [&](std::chrono::minutes after_noon) {
    return await(store->place_before(noon() + after_noon)).value();
  };
  BOOST_TEST(before(std::chrono::minutes(-1)) == 0U);
  BOOST_TEST(before(std::chrono::minutes(0)) == 0U); // those of that very moment are to come
  BOOST_TEST(before(std::chrono::minutes(1)) == 2U);
  BOOST_TEST(before(std::chrono::minutes(10)) == 2U);
  BOOST_TEST(before(std::chrono::minutes(11)) == 4U);
}

BOOST_AUTO_TEST_SUITE_END()
