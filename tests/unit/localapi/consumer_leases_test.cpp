// Who may follow a consumer, and what of others does not reach them.
#include "localapi/consumer_leases.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd::localapi;
using std::chrono::milliseconds;

namespace {

struct leases_fixture {
  boost::asio::io_context context;
  std::shared_ptr<journal_bell> bell = std::make_shared<journal_bell>(context.get_executor());
  consumer_leases leases{*bell, milliseconds(1000)};
  consumer_leases::time_point const now = std::chrono::steady_clock::now();

  std::unique_ptr<consumer_leases::lease> take(std::uint64_t generation, std::uint64_t place) {
    auto taken = leases.take("a", now);
    BOOST_TEST_REQUIRE(taken.has_value());
    (*taken)->begin(generation, place);
    return std::move(*taken);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(leases_of_one_consumer, leases_fixture)

BOOST_AUTO_TEST_CASE(word_of_a_change_that_comes_late_does_not_end_who_follows_since) {
  auto const held = take(5, 0);
  leases.end("a", 4, "seek");
  leases.end("a", 5, "paused");
  BOOST_TEST(held->ended() == "");
  BOOST_TEST(leases.is_held("a"));
  leases.end("a", 6, "filter");
  BOOST_TEST(held->ended() == "filter");
  BOOST_TEST(!leases.is_held("a"));
}

BOOST_AUTO_TEST_CASE(acknowledgement_of_before_a_change_settles_nothing_that_was_sent_since) {
  auto const held = take(5, 10);
  held->sent(20);
  leases.acknowledged("a", 4, 30, now);
  BOOST_TEST(!held->settled().has_value());
  leases.acknowledged("a", 5, 15, now);
  BOOST_TEST(!held->settled().has_value());
  leases.acknowledged("a", 5, 20, now);
  BOOST_TEST((held->settled() == 20U));
}

// A journal whose first entry is still there goes on after place 0.
BOOST_AUTO_TEST_CASE(reset_to_the_journals_beginning_is_owed_until_it_is_acknowledged) {
  auto const held = take(1, 0);
  BOOST_TEST((held->settled() == 0U));
  held->sent(0);
  BOOST_TEST(!held->settled().has_value());
  leases.acknowledged("a", 1, 0, now);
  BOOST_TEST((held->settled() == 0U));
}

BOOST_AUTO_TEST_CASE(who_asks_while_another_holds_it_is_told_for_how_long) {
  auto const held = take(1, 0);
  auto const refused = leases.take("a", now);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().count() == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
