#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;

BOOST_FIXTURE_TEST_SUITE(append, store_fixture)

BOOST_AUTO_TEST_CASE(acknowledged_delivery_survives_a_restart_as_it_came) {
  open();
  std::string const body("with\0zero and \xff bytes", 21);
  auto delivery = delivery_of(body);
  auto const interaction = delivery.interaction_id;
  auto const id = append(std::move(delivery));
  reopen();
  auto const taken = take();
  BOOST_REQUIRE_EQUAL(taken.size(), 1U);
  BOOST_TEST(taken[0].delivery == id);
  BOOST_TEST(taken[0].body == body);
  BOOST_TEST(taken[0].interaction_id == interaction);
  BOOST_TEST((taken[0].received == noon()));
}

BOOST_AUTO_TEST_CASE(same_token_with_same_body_is_kept_once) {
  open();
  auto const first = await(store->append(delivery_of("body", "t")));
  auto const again = await(store->append(delivery_of("body", "t")));
  BOOST_REQUIRE(first && again);
  BOOST_TEST(!first->already);
  BOOST_TEST(again->already);
  BOOST_TEST(again->delivery == first->delivery);
  BOOST_TEST(count().pending == 1U);
}

BOOST_AUTO_TEST_CASE(same_token_with_same_body_is_known_after_restart_and_after_its_delivery_is_done) {
  open();
  auto const first = append(delivery_of("body", "t"));
  BOOST_REQUIRE_EQUAL(take_ids().size(), 1U);
  settle(settlement_of(first, report_of("c", consent::status::authorized, 0)));
  reopen();
  auto const again = await(store->append(delivery_of("body", "t")));
  BOOST_REQUIRE(again);
  BOOST_TEST(again->already);
  BOOST_TEST(again->delivery == first);
}

BOOST_AUTO_TEST_CASE(same_token_with_another_body_is_a_replay_and_keeps_nothing) {
  open();
  append(delivery_of("body", "t"));
  auto const replayed = await(store->append(delivery_of("another body", "t")));
  BOOST_REQUIRE(!replayed);
  BOOST_TEST(replayed.error().code == reason::bearer_replay);
  BOOST_TEST(count().pending == 1U);
  reopen();
  BOOST_TEST(take().size() == 1U);
  BOOST_TEST(await(store->append(delivery_of("another body", "t"))).error().code == reason::bearer_replay);
}

BOOST_AUTO_TEST_CASE(tokens_of_two_issuers_with_one_identity_do_not_meet) {
  open();
  append(delivery_of("body", "t"));
  auto other = delivery_of("another body", "t");
  other.token->issuer = "https://other-hub.example";
  append(std::move(other));
  BOOST_TEST(count().pending == 2U);
}

BOOST_AUTO_TEST_CASE(issuer_and_identity_cannot_be_shifted_into_each_other) {
  open();
  auto one = delivery_of("body");
  one.token = store::bearer_token{"a", "bc", noon()};
  auto two = delivery_of("another body");
  two.token = store::bearer_token{"ab", "c", noon()};
  append(std::move(one));
  append(std::move(two));
  BOOST_TEST(count().pending == 2U);
}

BOOST_AUTO_TEST_CASE(inbox_takes_its_bound_of_rows_and_no_more) {
  settings.inbox_rows = 3;
  open();
  for (int i = 0; i < 3; ++i) {
    append("body");
  }
  auto const refused = await(store->append(delivery_of("body", "t")));
  BOOST_REQUIRE(!refused);
  BOOST_TEST(refused.error().code == reason::inbox_full);
  // Also after a restart, when the rows are counted anew.
  reopen();
  BOOST_TEST(await(store->append(delivery_of("body", "t"))).error().code == reason::inbox_full);
  auto const taken = take(1);
  settle(settlement_of(taken.at(0).delivery, report_of("c", consent::status::authorized, 0)));
  // The refusal has not spent the token.
  BOOST_TEST(append(delivery_of("body", "t")) > 0);
}

BOOST_AUTO_TEST_CASE(inbox_takes_its_bound_of_bytes_and_no_more) {
  settings.inbox_bytes = 10;
  open();
  append("12345");
  append("12345");
  BOOST_TEST(await(store->append(delivery_of("1"))).error().code == reason::inbox_full);
  reopen();
  BOOST_TEST(await(store->append(delivery_of("1"))).error().code == reason::inbox_full);
}

BOOST_AUTO_TEST_CASE(redelivery_is_recognised_while_the_inbox_is_full) {
  settings.inbox_rows = 1;
  open();
  append(delivery_of("body", "t"));
  auto const again = await(store->append(delivery_of("body", "t")));
  BOOST_REQUIRE(again);
  BOOST_TEST(again->already);
}

BOOST_AUTO_TEST_CASE(held_deliveries_count_in_bytes_but_not_in_rows) {
  settings.inbox_rows = 1;
  settings.inbox_bytes = 9;
  open();
  auto const first = append("12345");
  BOOST_REQUIRE_EQUAL(take_ids().size(), 1U);
  BOOST_TEST(word(settle(settlement_of(first, report_of("c", consent::status::authorized, 0)))) == "held");
  BOOST_TEST(append("1234") > 0);
  BOOST_TEST(await(store->append(delivery_of("1"))).error().code == reason::inbox_full);
}

BOOST_AUTO_TEST_CASE(delivery_ids_never_come_twice) {
  open();
  announce("c");
  settle(report_of("c", consent::status::authorized, 0));
  auto const second = append("body");
  reopen();
  BOOST_REQUIRE_EQUAL(take_ids().size(), 1U);
  settle(settlement_of(second, report_of("c", consent::status::suspended, 1)));
  BOOST_TEST(count().pending == 0U);
  close();
  {
    raw_database db(settings.path);
    BOOST_TEST(db.integer("SELECT count(*) FROM bodies") == 0);
  }
  open();
  BOOST_TEST(append("body") > second);
}

BOOST_AUTO_TEST_SUITE_END()
