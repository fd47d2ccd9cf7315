// How long a token is remembered, and what keeps it in memory.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using namespace std::chrono_literals;
using consent::status;

namespace {

struct spending_store : store_fixture {
  // A delivery with this token that went through quarantine and was dropped: nothing names the token any more.
  void finished(std::string const& token) {
    auto const id = append(delivery_of("body", token));
    take();
    store::refusal what;
    what.delivery = id;
    what.why = {reason::audience, ""};
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
    BOOST_REQUIRE(await(store->drop(id, 1000)));
  }

  // Enough new tokens that the walk comes round.
  void walk_round() {
    for (int i = 0; i < 60; ++i) {
      auto fresh = delivery_of("body", "walk" + std::to_string(walked_++));
      fresh.received = now.now();
      fresh.token->spent_until = now.now() + 60s;
      append(std::move(fresh));
    }
    take();
  }

  std::int64_t spent(std::string const& where) {
    close();
    auto const found = raw_database(settings.path).integer("SELECT count(*) FROM spent WHERE " + where);
    open();
    return found;
  }

  int walked_ = 0;
};

constexpr char const* before_the_walk = "delivery <= 5";

} // namespace

BOOST_FIXTURE_TEST_SUITE(spent_tokens, spending_store)

BOOST_AUTO_TEST_CASE(bearer_tokens_are_forgotten_after_a_day_and_not_before) {
  open();
  for (int i = 0; i < 5; ++i) {
    finished("old" + std::to_string(i));
  }
  now.advance(24h); // the last moment
  walk_round();
  BOOST_TEST(spent(before_the_walk) == 5);
  BOOST_TEST(await(store->append(delivery_of("other", "old0"))).error().code == reason::bearer_replay);
  for (auto const& one : take()) { // what is to be opened may be of any token
    store::refusal what;
    what.delivery = one.delivery;
    what.why = {reason::audience, ""};
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
  }
  now.advance(1us);
  walk_round();
  BOOST_TEST(spent(before_the_walk) == 0);
}

BOOST_AUTO_TEST_CASE(bearer_token_that_lives_longer_than_a_day_is_remembered_to_its_end) {
  open();
  auto delivery = delivery_of("body", "long");
  delivery.token->spent_until = noon() + 72h;
  append(std::move(delivery));
  auto const end = std::to_string((noon() + 72h).time_since_epoch().count());
  BOOST_TEST(spent("until = " + end) == 1);
}

BOOST_AUTO_TEST_CASE(bearer_token_is_remembered_while_its_delivery_is_kept) {
  open();
  auto const id = append(delivery_of("body", "kept"));
  take();
  store::refusal what;
  what.delivery = id;
  what.why = {reason::audience, ""};
  BOOST_REQUIRE(await(store->set_aside(std::move(what))));
  now.advance(48h);
  walk_round();
  BOOST_TEST(spent("delivery = 1") == 1);
  auto const again = await(store->append(delivery_of("body", "kept")));
  BOOST_TEST((again->already && again->delivery == id));
  BOOST_REQUIRE(await(store->drop(id, 1000)));
}

// A second event under a spent jti is kept for a retry: however late that comes, it is a replay.
BOOST_AUTO_TEST_CASE(jti_is_remembered_while_quarantine_names_it) {
  open();
  announce("c");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j")) == "applied");
  auto const id = append("second");
  take();
  store::refusal what;
  what.delivery = id;
  what.why = {reason::audience, ""};
  what.issuer = bank;
  what.jti = "j";
  BOOST_REQUIRE(await(store->set_aside(std::move(what))));
  now.advance(72h);
  walk_round();
  BOOST_TEST(spent("kind = 2") == 1);
  BOOST_REQUIRE(await(store->retry(id, 1000)));
  walk_round();
  BOOST_TEST(spent("kind = 2") == 1); // the inbox names it now
  BOOST_TEST(take_ids(1).at(0) == id);
  auto event = settlement_of(id, report_of("c", status::revoked, 9));
  event.token.jti = "j";
  auto const became = settle(event);
  BOOST_TEST(word(became) == "replay");
  BOOST_TEST((find("c")->state.status == status::authorized));
}

BOOST_AUTO_TEST_CASE(jti_is_remembered_while_a_delivery_that_waits_for_keys_names_it) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j");
  auto const id = append("second");
  take();
  BOOST_REQUIRE(await(store->wait_for_keys(id, std::string(bank), "j")));
  now.advance(72h);
  walk_round();
  BOOST_TEST(spent("kind = 2") == 1);
}

BOOST_AUTO_TEST_CASE(jti_is_remembered_while_something_older_is_still_to_be_opened) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j");
  append("unopened"); // received at noon, of nobody knows which token
  now.advance(72h);
  walk_round();
  BOOST_TEST(spent("kind = 2") == 1);
}

BOOST_AUTO_TEST_CASE(jti_that_nothing_names_is_forgotten_a_day_after_its_end) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j");
  now.advance(24h + 5min + 1us);
  walk_round();
  BOOST_TEST(spent("kind = 2") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
