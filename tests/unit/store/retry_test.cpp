// The way back from quarantine.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sys/wait.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

struct quarantine_store : store_fixture {
  // A delivery that was refused; its number.
  std::int64_t refused(reason why, std::string const& body = "body") {
    auto const id = append(body);
    BOOST_REQUIRE(take_ids(1) == std::vector{id});
    set_aside(id, why);
    return id;
  }

  void set_aside(std::int64_t id, reason why) {
    store::refusal what;
    what.delivery = id;
    what.why = {why, "a detail"};
    what.issuer = bank;
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
  }

  store::released_delivery retry(std::int64_t id) {
    auto left = await(store->retry(id, 1000));
    BOOST_REQUIRE_MESSAGE(left, "retry");
    return std::move(*left);
  }

  failure retry_fails(std::int64_t id) {
    auto const left = await(store->retry(id, 1000));
    BOOST_REQUIRE(!left);
    return left.error();
  }

  store::delivery_record record(std::int64_t id) { return await(store->find_delivery(id)).value().value(); }
  std::optional<store::quarantine_entry> kept(std::int64_t id) { return *await(store->find_quarantined(id)); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(retrying, quarantine_store)

BOOST_AUTO_TEST_CASE(retried_delivery_is_pending_with_all_that_it_came_with) {
  open();
  auto delivery = delivery_of("the body", "token");
  delivery.received = noon() - std::chrono::hours(30);
  auto const sent = delivery;
  auto const id = append(std::move(delivery));
  take();
  set_aside(id, reason::unknown_issuer);
  auto const left = retry(id);
  BOOST_TEST(left.why == reason::unknown_issuer);
  BOOST_TEST(left.attempts == 1U);
  BOOST_TEST(left.interaction_id == sent.interaction_id);
  BOOST_TEST(!kept(id));
  BOOST_TEST(count().quarantined == 0U);
  BOOST_TEST(count().pending == 1U);
  auto const pending = record(id);
  BOOST_TEST(pending.state == store::delivery_state::pending);
  BOOST_TEST(!pending.why);
  BOOST_TEST(!pending.finished);
  BOOST_TEST(pending.attempts == 1U);
  auto const again = take();
  BOOST_REQUIRE_EQUAL(again.size(), 1U);
  BOOST_TEST(again[0].delivery == id);
  BOOST_TEST(again[0].interaction_id == sent.interaction_id);
  BOOST_TEST((again[0].received == sent.received));
  BOOST_TEST(again[0].body == "the body");
}

BOOST_AUTO_TEST_CASE(retried_delivery_that_is_accepted_has_the_record_of_its_new_outcome) {
  open();
  announce("c");
  auto const id = refused(reason::unknown_signing_key);
  retry(id);
  take();
  now.advance(std::chrono::seconds(9));
  auto const became = settle(settlement_of(id, report_of("c", status::authorized, 0)));
  BOOST_TEST(word(became) == "applied");
  auto const done = record(id);
  BOOST_TEST(done.state == store::delivery_state::decided);
  BOOST_TEST((done.disposition == consent::disposition::applied));
  BOOST_TEST((done.finished == noon() + std::chrono::seconds(9)));
  BOOST_TEST(!done.why);
  BOOST_TEST(done.detail.empty());
  BOOST_TEST(done.consent_id == "c");
  BOOST_TEST(done.attempts == 2U);
  BOOST_TEST(retry_fails(id).code == reason::not_found);
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM bodies") == 0);
}

BOOST_AUTO_TEST_CASE(retried_delivery_that_fails_again_is_back_with_one_attempt_more) {
  open();
  auto const id = refused(reason::unknown_issuer);
  for (std::uint32_t attempts = 2; attempts < 5; ++attempts) {
    retry(id);
    reopen(); // between the retry and the next look
    BOOST_REQUIRE(take_ids() == std::vector{id});
    set_aside(id, reason::audience);
    BOOST_TEST(kept(id)->attempts == attempts);
    BOOST_TEST(kept(id)->why.code == reason::audience);
    BOOST_TEST(record(id).attempts == attempts);
    BOOST_TEST(record(id).state == store::delivery_state::quarantined);
  }
}

BOOST_AUTO_TEST_CASE(waiting_counts_as_an_attempt_as_well) {
  open();
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "held");
  announce("c");
  auto const id = take_ids().at(0);
  BOOST_TEST(record(id).attempts == 1U);
  set_aside(id, reason::kind_mismatch);
  BOOST_TEST(kept(id)->attempts == 2U);
}

BOOST_AUTO_TEST_CASE(final_reasons_are_refused_with_the_reason_and_stay) {
  open();
  for (auto const why : {reason::replay, reason::signature, reason::expired}) {
    auto const id = refused(why);
    auto const refusal = retry_fails(id);
    BOOST_TEST(refusal.code == reason::conflict);
    BOOST_TEST(refusal.detail.find(to_string(why)) != std::string::npos);
    BOOST_TEST(kept(id)->attempts == 1U);
    BOOST_TEST(kept(id)->body == "body");
  }
  BOOST_TEST(take().empty());
}

BOOST_AUTO_TEST_CASE(every_other_reason_can_be_retried) {
  open();
  std::size_t retried = 0;
  for (auto const why : all_reasons()) {
    if (is_final(why)) {
      continue;
    }
    auto const id = refused(why);
    BOOST_TEST(retry(id).why == why);
    BOOST_REQUIRE(take_ids() == std::vector{id});
    set_aside(id, why);
    ++retried;
  }
  BOOST_TEST(retried + 3 == all_reasons().size());
}

BOOST_AUTO_TEST_CASE(what_is_not_in_quarantine_cannot_be_retried_or_dropped) {
  open();
  auto const pending = append("pending");
  for (auto const id : {pending, std::int64_t{99}}) {
    BOOST_TEST(retry_fails(id).code == reason::not_found);
    BOOST_TEST(await(store->drop(id, 1000)).error().code == reason::not_found);
  }
  BOOST_TEST(take_ids() == std::vector{pending});
}

BOOST_AUTO_TEST_CASE(retry_respects_the_bounds_of_the_inbox) {
  settings.inbox_rows = 1;
  open();
  auto const id = refused(reason::audience);
  append("another");
  BOOST_TEST(retry_fails(id).code == reason::inbox_full);
  BOOST_TEST(kept(id)->body == "body");
  close();
  settings.inbox_rows = 10;
  settings.inbox_bytes = std::string_view("another").size() + std::string_view("body").size() - 1;
  open();
  BOOST_TEST(retry_fails(id).code == reason::inbox_full);
  close();
  ++settings.inbox_bytes;
  open();
  retry(id);
}

BOOST_AUTO_TEST_CASE(a_remedy_takes_those_back_that_lacked_it_and_no_others) {
  open();
  auto const lacked = [&](reason why, std::string const& issuer, std::string const& jwe_kid,
                          std::string const& jws_kid) {
    auto const id = append("body of " + issuer + jwe_kid + jws_kid + std::string(to_string(why)));
    take();
    store::refusal what;
    what.delivery = id;
    what.why = {why, ""};
    what.issuer = issuer;
    what.jwe_kid = jwe_kid;
    what.jws_kid = jws_kid;
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
    return id;
  };
  auto const sealed_1 = lacked(reason::unknown_decryption_key, "", "k1", "");
  auto const sealed_2 = lacked(reason::unknown_decryption_key, "", "k2", "");
  auto const signed_a = lacked(reason::unknown_signing_key, "https://a.example", "k1", "s1");
  auto const signed_b = lacked(reason::unknown_signing_key, "https://b.example", "k1", "s1");
  auto const stranger = lacked(reason::unknown_issuer, "https://c.example", "k1", "s1");
  auto const forged = lacked(reason::decryption, "", "k1", "");
  auto const helped = [&](store::remedy what) { return await(store->retry(std::move(what), 10)).value(); };

  BOOST_TEST(helped({reason::unknown_decryption_key, {}, {"k3"}, {}}) == 0U);
  BOOST_TEST(helped({reason::unknown_decryption_key, {}, {"k1"}, noon() - std::chrono::hours(1)}) == 0U);
  BOOST_TEST(helped({reason::unknown_decryption_key, {}, {"k1"}, noon()}) == 1U);
  BOOST_TEST(!kept(sealed_1));
  BOOST_TEST(helped({reason::unknown_signing_key, "https://a.example", {"s1", "s2"}, {}}) == 1U);
  BOOST_TEST(!kept(signed_a));
  BOOST_TEST(helped({reason::unknown_issuer, "https://d.example", {}, {}}) == 0U);
  BOOST_TEST(helped({reason::unknown_issuer, "https://c.example", {}, {}}) == 1U);
  BOOST_TEST(!kept(stranger));
  for (auto const id : {sealed_2, signed_b, forged}) {
    BOOST_TEST(kept(id).has_value());
  }
  BOOST_TEST(count().pending == 3U);
  BOOST_TEST(take().size() == 3U);
}

BOOST_AUTO_TEST_CASE(a_remedy_helps_oldest_first_and_as_far_as_there_is_room) {
  settings.inbox_rows = 4; // half of it is for new deliveries
  open();
  std::vector<std::int64_t> ids;
  for (auto const* body : {"one", "two", "three"}) {
    ids.push_back(refused(reason::unknown_issuer, body));
  }
  store::remedy const bank_is_known{reason::unknown_issuer, std::string(bank), {}, {}};
  BOOST_TEST(await(store->retry(bank_is_known, 1)).value() == 1U);
  BOOST_TEST(!kept(ids[0]));
  BOOST_TEST(await(store->retry(bank_is_known, 10)).value() == 1U);
  BOOST_TEST(!kept(ids[1]));
  auto const full = await(store->retry(bank_is_known, 10));
  BOOST_TEST((full.error().code == reason::inbox_full));
  BOOST_TEST(kept(ids[2]).has_value());
}

BOOST_AUTO_TEST_CASE(dropped_delivery_is_gone_and_its_record_says_so) {
  open();
  auto const id = refused(reason::signature); // dropping knows no final reason
  auto const left = await(store->drop(id, 1000));
  BOOST_REQUIRE(left);
  BOOST_TEST(left->why == reason::signature);
  BOOST_TEST(!kept(id));
  BOOST_TEST(count().quarantined == 0U);
  BOOST_TEST(record(id).state == store::delivery_state::dropped);
  BOOST_TEST((record(id).why == reason::signature));
  BOOST_TEST(retry_fails(id).code == reason::not_found);
  reopen();
  BOOST_TEST(take().empty());
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM bodies") == 0);
}

BOOST_AUTO_TEST_CASE(one_pushed_out_by_newer_ones_is_dropped_too) {
  settings.quarantine_rows = 1;
  open();
  auto const first = refused(reason::audience);
  auto const second = refused(reason::audience);
  BOOST_TEST(record(first).state == store::delivery_state::dropped);
  BOOST_TEST(record(second).state == store::delivery_state::quarantined);
}

BOOST_AUTO_TEST_CASE(poison_that_is_retried_is_poison_again_after_one_death) {
  auto const die_in_hand = [this] {
    auto const child = ::fork();
    if (child == 0) {
      open();
      take(1);
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
  };
  open();
  auto const id = append("poison");
  close();
  die_in_hand();
  die_in_hand();
  open();
  BOOST_TEST(kept(id)->why.code == reason::poison);
  BOOST_TEST(kept(id)->attempts == 2U);
  retry(id);
  close();
  die_in_hand();
  open();
  BOOST_TEST(kept(id)->why.code == reason::poison);
  BOOST_TEST(kept(id)->attempts == 3U);
  BOOST_TEST(take().empty());
  // And one that holds this time is settled like any other.
  retry(id);
  BOOST_REQUIRE(take_ids() == std::vector{id});
  auto const became = settle(settlement_of(id, report_of("c", status::authorized, 0)));
  BOOST_TEST(word(became) == "held");
  BOOST_TEST(record(id).attempts == 4U);
}

BOOST_AUTO_TEST_CASE(refused_events_spend_no_jti_so_a_retry_is_no_redelivery) {
  open();
  announce("c", other_bank);
  auto const id = append("body");
  take();
  auto event = settlement_of(id, report_of("c", status::authorized, 0));
  event.token.jti = "j";
  auto const first = settle(event);
  BOOST_TEST(word(first) == "issuer-mismatch");
  retry(id);
  take();
  event.report.issuer = other_bank;
  event.token.issuer = other_bank;
  auto const second = settle(event);
  BOOST_TEST(word(second) == "applied");
}

// Whatever is retried, dropped, judged and reopened in whatever order: a delivery is in one place, and the counts are
// those of the rows.
BOOST_AUTO_TEST_CASE(counts_stay_those_of_the_rows) {
  settings.quarantine_rows = 5;
  open();
  announce("c");
  std::uint32_t state = 12345;
  auto const random = [&state](std::uint32_t below) {
    state = state * 1664525U + 1013904223U;
    return (state >> 16U) % below;
  };
  std::int64_t newest = 0;
  std::vector<std::int64_t> in_hand;
  for (int step = 0; step < 400; ++step) {
    switch (random(6)) {
    case 0:
      newest = append("body " + std::to_string(step));
      break;
    case 1:
      for (auto const id : take_ids(2)) {
        in_hand.push_back(id);
      }
      break;
    case 2:
      if (!in_hand.empty()) {
        set_aside(in_hand.back(), reason::audience);
        in_hand.pop_back();
      }
      break;
    case 3:
      if (!in_hand.empty()) {
        static_cast<void>(settle(settlement_of(in_hand.back(), report_of("c", status::authorized, step))));
        in_hand.pop_back();
      }
      break;
    case 4:
      static_cast<void>(await(store->retry(random(static_cast<std::uint32_t>(newest) + 1), 1000)));
      break;
    default:
      static_cast<void>(await(store->drop(random(static_cast<std::uint32_t>(newest) + 1), 1000)));
    }
  }
  for (std::int64_t id = 1; id <= newest; ++id) {
    bool const quarantined = record(id).state == store::delivery_state::quarantined;
    BOOST_TEST(kept(id).has_value() == quarantined);
  }
  auto const before = count();
  reopen();
  auto const after = count();
  BOOST_TEST(before.pending == after.pending);
  BOOST_TEST(before.quarantined == after.quarantined);
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.integer("SELECT count(*) FROM inbox") == static_cast<std::int64_t>(before.pending));
  BOOST_TEST(db.integer("SELECT count(*) FROM quarantine") == static_cast<std::int64_t>(before.quarantined));
  BOOST_TEST(db.integer("SELECT count(*) FROM bodies") ==
             static_cast<std::int64_t>(before.pending + before.quarantined));
  BOOST_TEST(db.integer("SELECT count(*) FROM inbox JOIN deliveries USING (id)") == 0);
}

BOOST_AUTO_TEST_SUITE_END()
