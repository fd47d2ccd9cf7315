// Waiting for outcomes, with the real store behind it.
#include "ingress/outcomes.hpp"

#include "tests/unit/store/store_fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <set>

namespace {

using namespace consentd;
using namespace std::chrono_literals;

struct waiting_fixture : test::store_fixture {
  // Far beyond any expectation: where it counts, the test sets another.
  ingress::outcome_terms terms{.patience = 1min};
  std::unique_ptr<ingress::outcomes> waiting;
  std::vector<std::string> told;

  void begin() {
    open();
    waiting = std::make_unique<ingress::outcomes>(*store, terms);
    store->on_outcome([this](auto const& deliveries) { waiting->settled(deliveries); });
  }

  std::string now_of(std::int64_t delivery) { return word_of(await(waiting->of(delivery))); }

  // Begins to wait; `told` has the word in the end.
  void wait_for(std::int64_t delivery) {
    boost::asio::co_spawn(io, waiting->of(delivery),
                          [this](std::exception_ptr const& thrown, result<void> const& became) {
                            BOOST_TEST((thrown == nullptr));
                            told.push_back(word_of(became));
                          });
  }
  // Runs until that many wait.
  void run_until_waiting(std::size_t many) {
    io.restart();
    while (waiting->waiting() != many) {
      io.run_one();
    }
  }

  static std::string word_of(result<void> const& became) {
    return became ? "acknowledged" : std::string(to_string(became.error().code));
  }
};

store::refusal refusal_of(std::int64_t delivery, reason why) {
  store::refusal refused;
  refused.delivery = delivery;
  refused.why = failure{why, "detail"};
  return refused;
}

using words = std::vector<std::string>;

} // namespace

BOOST_FIXTURE_TEST_SUITE(outcomes, waiting_fixture)

BOOST_AUTO_TEST_CASE(outcome_that_was_there_before_anybody_asked_is_told) {
  begin();
  announce("c-1");
  auto const decided = append("a");
  auto const held = append("b");
  auto const refused = append("c");
  auto const keyless = append("d");
  BOOST_REQUIRE(take().size() == 4U);
  BOOST_REQUIRE(
      await(store->settle(test::settlement_of(decided, test::report_of("c-1", consent::status::authorized, 0)))));
  BOOST_REQUIRE(
      await(store->settle(test::settlement_of(held, test::report_of("c-2", consent::status::authorized, 0)))));
  BOOST_REQUIRE(await(store->set_aside(refusal_of(refused, reason::signature))));
  BOOST_REQUIRE(await(store->wait_for_keys(keyless, std::string(test::bank))));
  BOOST_TEST(now_of(decided) == "acknowledged");
  BOOST_TEST(now_of(held) == "acknowledged");
  BOOST_TEST(now_of(refused) == "signature");
  BOOST_TEST(now_of(keyless) == "keys-unavailable");
  BOOST_TEST(waiting->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(outcome_ends_every_wait_for_it_and_no_other) {
  terms.patience = 1h;
  begin();
  announce("c-1");
  auto const first = append("a");
  auto const second = append("b");
  BOOST_REQUIRE(take().size() == 2U);
  wait_for(first);
  wait_for(first);
  wait_for(second);
  run_until_waiting(3);
  BOOST_TEST(told.empty());
  boost::asio::co_spawn(
      io, store->settle(test::settlement_of(first, test::report_of("c-1", consent::status::authorized, 0))),
      [](std::exception_ptr const&, result<store::outcome> const&) {});
  while (told.size() != 2) {
    io.run_one();
  }
  BOOST_TEST((told == words{"acknowledged", "acknowledged"}));
  BOOST_TEST(waiting->waiting() == 1U);
  BOOST_REQUIRE(await(store->set_aside(refusal_of(second, reason::replay))));
  BOOST_TEST(told.back() == "replay");
  BOOST_TEST(waiting->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(what_is_not_decided_in_time_is_undecided_and_stays) {
  terms.patience = 1ms;
  begin();
  auto const delivery = append("a");
  BOOST_TEST(now_of(delivery) == "undecided");
  BOOST_TEST(count().pending == 1U);
  BOOST_TEST(waiting->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(no_more_than_the_bound_wait) {
  terms.patience = 1h;
  terms.most_waiting = 1;
  begin();
  auto const delivery = append("a");
  BOOST_REQUIRE(take().size() == 1U);
  wait_for(delivery);
  run_until_waiting(1);
  wait_for(delivery);
  while (told.empty()) {
    io.run_one();
  }
  BOOST_TEST((told == words{"undecided"}));
  BOOST_REQUIRE(await(store->set_aside(refusal_of(delivery, reason::signature))));
  BOOST_TEST((told == words{"undecided", "signature"}));
}

BOOST_AUTO_TEST_CASE(cancelled_wait_leaves_nothing_behind) {
  terms.patience = 1h;
  begin();
  auto const delivery = append("a");
  boost::asio::cancellation_signal cut;
  bool ended = false;
  boost::asio::co_spawn(io, waiting->of(delivery),
                        boost::asio::bind_cancellation_slot(
                            cut.slot(), [&ended](std::exception_ptr const&, result<void> const&) { ended = true; }));
  run_until_waiting(1);
  boost::asio::post(io, [&cut] { cut.emit(boost::asio::cancellation_type::terminal); });
  io.run();
  BOOST_TEST(ended);
  BOOST_TEST(waiting->waiting() == 0U);
}

BOOST_AUTO_TEST_CASE(delivery_that_nobody_knows_is_no_acknowledgement) {
  begin();
  BOOST_TEST(now_of(4711) == "storage");
}

// The seam that all of this rests on.
BOOST_AUTO_TEST_CASE(store_tells_of_outcomes_and_of_nothing_else) {
  open();
  std::mutex guard;
  std::set<std::int64_t> seen;
  store->on_outcome([&](std::vector<std::int64_t> const& deliveries) {
    std::lock_guard const lock(guard);
    seen.insert(deliveries.begin(), deliveries.end());
  });
  announce("c-1");
  auto const pending = append("a");
  auto const settled = append("b");
  auto const refused = append("c");
  auto const keyless = append("d");
  BOOST_REQUIRE(take().size() == 4U);
  BOOST_REQUIRE(
      await(store->settle(test::settlement_of(settled, test::report_of("c-1", consent::status::authorized, 0)))));
  BOOST_REQUIRE(await(store->set_aside(refusal_of(refused, reason::signature))));
  BOOST_REQUIRE(await(store->wait_for_keys(keyless, std::string(test::bank))));
  close(); // so that the writer has told all
  BOOST_TEST((seen == std::set<std::int64_t>{settled, refused, keyless}));
  BOOST_TEST(!seen.contains(pending));
}

BOOST_AUTO_TEST_SUITE_END()
