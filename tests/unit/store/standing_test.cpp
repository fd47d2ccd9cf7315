// How far processing lags, beside the state that is judged.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;

BOOST_FIXTURE_TEST_SUITE(standing, store_fixture)

BOOST_AUTO_TEST_CASE(oldest_delivery_is_the_one_that_was_received_first_not_the_one_that_was_numbered_first) {
  open();
  auto const oldest = [this] { return await(store->find_standing("c"))->backlog.oldest_unopened; };
  auto const quick = append("quick");
  auto slow = delivery_of("a body that took half a minute to come");
  slow.received = noon() - std::chrono::seconds(30);
  auto const second = append(std::move(slow));
  BOOST_TEST((oldest() == noon() - std::chrono::seconds(30)));
  take(1);
  BOOST_TEST((oldest() == noon() - std::chrono::seconds(30)));
  take(1);
  BOOST_TEST((oldest() == noon() - std::chrono::seconds(30)));
  BOOST_REQUIRE(await(store->set_aside({second, {reason::signature, ""}, "", ""})));
  BOOST_TEST((oldest() == noon()));
  BOOST_REQUIRE(await(store->set_aside({quick, {reason::signature, ""}, "", ""})));
  BOOST_TEST(!oldest());
}

BOOST_AUTO_TEST_CASE(receipts_of_what_was_left_behind_count_after_a_restart) {
  open();
  append("quick");
  auto slow = delivery_of("slow");
  slow.received = noon() - std::chrono::seconds(30);
  append(std::move(slow));
  take(1);
  reopen();
  BOOST_TEST((count().oldest_pending == noon() - std::chrono::seconds(30)));
}

BOOST_AUTO_TEST_CASE(counts_are_given_without_asking_the_database) {
  open();
  append("x");
  std::optional<result<store::statistics>> counted;
  boost::asio::co_spawn(io, store->count(), [&](std::exception_ptr const&, result<store::statistics> made) {
    counted.emplace(std::move(made));
  });
  io.restart();
  io.poll(); // no thread of the store's has a part in it
  BOOST_TEST_REQUIRE(counted.has_value());
  BOOST_TEST(counted->value().pending == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
