// Who had what done.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using store::operation;
using strings = std::vector<std::string>;

namespace {

// Somebody who may deal with everybody's.
store::consumer_caller by(std::uint32_t uid) {
  return {uid, true};
}

struct operations_fixture : store_fixture {
  std::vector<store::operation_record> listed(store::operation_filter filter = {}, std::int64_t before = 0,
                                              std::size_t limit = 100) {
    auto found = await(store->list_operations(std::move(filter), before, limit));
    BOOST_REQUIRE(found);
    return std::move(*found);
  }
  // "operation subject detail", oldest first.
  strings told(store::operation_filter filter = {}) {
    strings all;
    for (auto const& one : listed(std::move(filter))) {
      all.insert(all.begin(), std::to_string(one.uid) + " " + std::string(to_string(one.what)) + " " + one.subject +
                                  (one.detail.empty() ? "" : ": " + one.detail));
    }
    return all;
  }
  void set_aside(std::int64_t id, reason why) {
    store::refusal what;
    what.delivery = id;
    what.why = {why, "a detail"};
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
  }
  void keep(std::string const& name, std::optional<consent::kind> kind = {}, std::uint32_t uid = 1000) {
    store::entry_filter filter;
    filter.kind = kind;
    auto const kept = await(store->keep(name, filter, 0, {uid, false}));
    BOOST_REQUIRE(kept);
    // Everything was sent, and may be acknowledged.
    BOOST_REQUIRE(await(store->note_sent(name, kept->consumer.generation, store->extent().last)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(kept_operations, operations_fixture)

BOOST_AUTO_TEST_CASE(each_change_of_a_consumer_says_who_asked_for_it_and_outlives_a_restart) {
  open();
  for (auto const* id : {"c-1", "c-2", "c-3"}) {
    announce(id);
  }
  keep("a");
  keep("a", consent::kind::payment);
  BOOST_REQUIRE(await(store->seek("a", 2, by(1000))));
  BOOST_REQUIRE(await(store->seek("a", 1, by(0))));
  BOOST_REQUIRE(await(store->pause("a", true, by(1001))));
  BOOST_REQUIRE(await(store->pause("a", false, by(1001))));
  BOOST_REQUIRE(await(store->remove_consumer("a", by(1002))));
  reopen();
  strings const expected{"1000 keep-consumer a: new",
                         "1000 keep-consumer a: its filter",
                         "1000 seek-consumer a: from 0 to 2",
                         "0 seek-consumer a: from 2 to 1",
                         "1001 pause-consumer a",
                         "1001 resume-consumer a",
                         "1002 remove-consumer a: at 1, of user 1000"};
  BOOST_TEST(told() == expected, boost::test_tools::per_element());
  BOOST_TEST((listed().front().recorded == now.now()));
}

// Its own come with every page: they would bury what matters.
BOOST_AUTO_TEST_CASE(acknowledgements_are_recorded_when_they_are_somebody_elses) {
  open();
  announce("c-1");
  announce("c-2");
  keep("a");
  BOOST_REQUIRE(await(store->acknowledge("a", 1, by(1000))));
  BOOST_REQUIRE(await(store->acknowledge("a", 2, by(0))));
  BOOST_TEST(told({operation::acknowledge_consumer, {}, {}}) == strings{"0 acknowledge-consumer a: from 1 to 2"},
             boost::test_tools::per_element());
}

// Who follows somebody else's consumer all day leaves one line.
BOOST_AUTO_TEST_CASE(acknowledgements_one_after_the_other_are_one_operation) {
  open();
  for (auto const* id : {"c-1", "c-2", "c-3", "c-4"}) {
    announce(id);
  }
  keep("a");
  keep("b");
  BOOST_REQUIRE(await(store->acknowledge("a", 1, by(0))));
  BOOST_REQUIRE(await(store->acknowledge("b", 3, by(1))));
  BOOST_REQUIRE(await(store->acknowledge("a", 3, by(0))));
  BOOST_REQUIRE(await(store->acknowledge("b", 4, by(0))));
  BOOST_REQUIRE(await(store->acknowledge("a", 4, by(0))));
  strings const expected{"1 acknowledge-consumer b: from 0 to 3", "0 acknowledge-consumer a: from 0 to 3",
                         "0 acknowledge-consumer b: from 3 to 4", "0 acknowledge-consumer a: from 3 to 4"};
  BOOST_TEST(told({operation::acknowledge_consumer, {}, {}}) == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(what_changes_nothing_is_not_recorded) {
  open();
  announce("c-1");
  keep("a");
  BOOST_REQUIRE(await(store->seek("a", 1, by(7))));
  keep("a");
  BOOST_REQUIRE(await(store->seek("a", 1, by(7))));
  BOOST_REQUIRE(await(store->acknowledge("a", 1, by(7))));
  BOOST_REQUIRE(await(store->pause("a", false, by(7))));
  BOOST_TEST(listed().size() == 2U);
}

// A user who may only read can change consumers of their own as often as they like.
BOOST_AUTO_TEST_CASE(a_user_pushes_out_what_they_did_themselves_alone) {
  settings.operation_rows = 3;
  open();
  keep("mine", {}, 1);
  for (int round = 0; round < 5; ++round) {
    keep("theirs", round % 2 == 0 ? consent::kind::payment : consent::kind::insurance, 2);
  }
  BOOST_TEST(told({{}, {}, 1U}) == strings{"1 keep-consumer mine: new"}, boost::test_tools::per_element());
  BOOST_TEST(told({{}, {}, 2U}) == strings(3, "2 keep-consumer theirs: its filter"), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(retry_and_drop_say_who_asked_and_why_it_was_there) {
  open();
  auto const id = append("a body");
  BOOST_REQUIRE(take_ids(1) == std::vector{id});
  set_aside(id, reason::unknown_issuer);
  BOOST_REQUIRE(await(store->retry(id, 7)));
  BOOST_REQUIRE(take_ids(1) == std::vector{id});
  set_aside(id, reason::signature);
  BOOST_REQUIRE(await(store->drop(id, 8)));
  auto const all = told({{}, std::to_string(id), {}});
  BOOST_REQUIRE(all.size() == 2U);
  BOOST_TEST(all[0].starts_with("7 retry-delivery " + std::to_string(id) +
                                ": in quarantine for unknown-issuer, interaction "));
  BOOST_TEST(
      all[1].starts_with("8 drop-delivery " + std::to_string(id) + ": in quarantine for signature, interaction "));
}

BOOST_AUTO_TEST_CASE(what_did_not_happen_is_not_recorded) {
  open();
  BOOST_TEST(!await(store->retry(1, 7)));
  BOOST_TEST(!await(store->drop(1, 7)));
  BOOST_TEST(!await(store->seek("a", 0, by(7))));
  BOOST_TEST(!await(store->acknowledge("a", 0, by(7))));
  BOOST_TEST(!await(store->pause("a", true, by(7))));
  BOOST_TEST(!await(store->remove_consumer("a", by(7))));
  keep("a");
  BOOST_TEST(!await(store->seek("a", 1, by(7))));
  BOOST_TEST(told({{}, {}, 7U}).empty());
}

BOOST_AUTO_TEST_CASE(they_are_found_by_what_whom_and_about_what_in_pages) {
  open();
  keep("a");
  keep("b");
  BOOST_REQUIRE(await(store->note(operation::reload, 5, "")));
  BOOST_REQUIRE(await(store->pause("b", true, by(5))));
  BOOST_TEST(told({{}, {}, 5U}) == (strings{"5 reload ", "5 pause-consumer b"}), boost::test_tools::per_element());
  BOOST_TEST(told({operation::keep_consumer, "b", {}}) == strings{"1000 keep-consumer b: new"},
             boost::test_tools::per_element());
  auto const newest = listed({}, 0, 3);
  BOOST_REQUIRE(newest.size() == 3U);
  auto const rest = listed({}, newest.back().id, 3);
  BOOST_REQUIRE(rest.size() == 1U);
  BOOST_TEST(rest.front().subject == "a");
}

BOOST_AUTO_TEST_CASE(they_go_when_the_journal_of_their_day_does) {
  settings.history_for = std::chrono::days(10);
  open();
  for (int i = 0; i < 100; ++i) {
    keep("a-" + std::to_string(i)); // more than go at once
  }
  now.advance(std::chrono::days(9));
  keep("b");
  now.advance(std::chrono::days(1) + std::chrono::hours(1));
  for (int i = 0; i < 100; ++i) {
    announce("c-" + std::to_string(i)); // any write takes some of what is due along
  }
  BOOST_TEST(told() == strings{"1000 keep-consumer b: new"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
