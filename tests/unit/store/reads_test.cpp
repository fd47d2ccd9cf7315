#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

std::string ids_of(std::vector<store::consent_record> const& records) {
  std::string all;
  for (auto const& one : records) {
    all += one.state.consent_id + " ";
  }
  return all;
}

// A filter of the members given; designated initialisers would have to name them all.
template <class... Members>
store::consent_filter only(Members const&... members) {
  store::consent_filter made;
  (members(made), ...);
  return made;
}
auto of_status(status value) {
  return [value](store::consent_filter& into) { into.status = value; };
}
auto of_kind(consent::kind value) {
  return [value](store::consent_filter& into) { into.kind = value; };
}
auto of_issuer(std::string_view value) {
  return [value](store::consent_filter& into) { into.issuer = value; };
}
auto renewing(std::string_view value) {
  return [value](store::consent_filter& into) { into.base_consent_id = value; };
}
auto updated_after(timestamp value) {
  return [value](store::consent_filter& into) { into.updated_after = value; };
}
auto expires_before(timestamp value) {
  return [value](store::consent_filter& into) { into.expires_before = value; };
}

struct listing : store_fixture {
  // Up to `limit`, or all there are: a page may be short.
  std::string list(store::consent_filter const& filter, std::string const& after = "", std::size_t limit = 100) {
    std::string ids;
    std::optional<std::string> next = after;
    while (next && limit > 0) {
      auto page = await(store->list(filter, *next, limit));
      BOOST_REQUIRE(page);
      ids += ids_of(page->consents);
      limit -= page->consents.size();
      next = std::move(page->next);
    }
    return ids;
  }

  // a, b, c of one bank, d of another; a authorized, b suspended, the others without a status.
  void fill() {
    open();
    announce("a");
    settle(report_of("a", status::authorized, 0));
    now.advance(std::chrono::seconds(10));
    announce("b");
    settle(report_of("b", status::suspended, 0));
    store::announcement renewal;
    renewal.consent_id = "c";
    renewal.issuer = bank;
    renewal.base_consent_id = "a";
    renewal.expiry = noon() + std::chrono::hours(1);
    BOOST_REQUIRE(await(store->announce(renewal)));
    now.advance(std::chrono::seconds(10));
    announce("d", other_bank, consent::kind::payment);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(reads, listing)

BOOST_AUTO_TEST_CASE(list_is_ordered_and_paged_by_id) {
  fill();
  BOOST_TEST(list({}) == "a b c d ");
  BOOST_TEST(list({}, "", 2) == "a b ");
  BOOST_TEST(list({}, "b", 2) == "c d ");
  BOOST_TEST(list({}, "d", 2).empty());
}

BOOST_AUTO_TEST_CASE(each_filter_narrows_the_list) {
  fill();
  BOOST_TEST(list(only(of_status(status::authorized))) == "a ");
  BOOST_TEST(list(only(of_kind(consent::kind::payment))) == "d ");
  BOOST_TEST(list(only(of_issuer(bank))) == "a b c ");
  BOOST_TEST(list(only(of_issuer(bank)), "a", 1) == "b ");
  BOOST_TEST(list(only(renewing("a"))) == "c ");
  BOOST_TEST(list(only(updated_after(noon()))) == "b c d ");
  BOOST_TEST(list(only(updated_after(noon() + std::chrono::seconds(10)))) == "d ");
  BOOST_TEST(list(only(updated_after(noon() + std::chrono::seconds(20)))).empty());
  BOOST_TEST(list(only(updated_after(noon() - std::chrono::seconds(1)))) == "a b c d ");
  BOOST_TEST(list(only(expires_before(noon() + std::chrono::hours(1)))).empty());
  BOOST_TEST(list(only(expires_before(noon() + std::chrono::hours(2)))) == "c ");
  BOOST_TEST(list(only(expires_before(noon() + std::chrono::hours(25)))) == "a b c ");
  BOOST_TEST(list(only(of_status(status::authorized), of_issuer(other_bank))).empty());
  BOOST_TEST(list(only(of_issuer(bank), updated_after(noon()))) == "b c ");
}

BOOST_AUTO_TEST_CASE(filters_find_the_same_when_most_consents_meet_them) {
  // More than any index is worth: the list goes through the ids.
  open();
  constexpr int many = 2100;
  std::vector<boost::asio::awaitable<result<store::announced>>> all;
  for (int i = 0; i < many; ++i) {
    store::announcement asked;
    asked.consent_id = "c" + std::to_string(10000 + i);
    asked.issuer = bank;
    asked.expiry = noon() + std::chrono::hours(1);
    all.push_back(store->announce(std::move(asked)));
  }
  for (auto const& one : await_all(std::move(all))) {
    BOOST_REQUIRE(one);
  }
  now.advance(std::chrono::seconds(1));
  announce("z", other_bank);
  BOOST_TEST(list(only(of_issuer(bank)), "", 2) == "c10000 c10001 ");
  BOOST_TEST(list(only(expires_before(noon() + std::chrono::hours(2))), "c10007", 2) == "c10008 c10009 ");
  BOOST_TEST(list(only(updated_after(noon() - std::chrono::seconds(1))), "c12098", 5) == "c12099 z ");
  BOOST_TEST(list(only(updated_after(noon()))) == "z ");
  BOOST_TEST(list(only(of_issuer(bank), updated_after(noon()))).empty());
  BOOST_TEST(count().consents == many + 1U);
}

BOOST_AUTO_TEST_CASE(what_changed_is_found_although_the_journal_is_pruned) {
  fill();
  close();
  raw_database(settings.path).execute("DELETE FROM journal WHERE sequence < 4");
  open();
  BOOST_TEST(list(only(updated_after(noon() - std::chrono::seconds(1)))) == "a b c d ");
  BOOST_TEST(list(only(updated_after(noon()))) == "b c d ");
}

BOOST_AUTO_TEST_CASE(history_is_of_one_consent_in_order_and_paged) {
  fill();
  settle(report_of("a", status::revoked, 30));
  auto const all = await(store->history("a", 0, 10));
  BOOST_REQUIRE(all);
  BOOST_REQUIRE_EQUAL(all->size(), 3U);
  BOOST_TEST((*all)[0].sequence < (*all)[1].sequence);
  BOOST_TEST((*all)[1].sequence < (*all)[2].sequence);
  auto const first = await(store->history("a", 0, 1));
  BOOST_REQUIRE_EQUAL(first->size(), 1U);
  BOOST_TEST(first->at(0).sequence == (*all)[0].sequence);
  auto const rest = await(store->history("a", first->at(0).sequence, 10));
  BOOST_TEST(rest->size() == 2U);
  BOOST_TEST(await(store->history("nobody", 0, 10))->empty());
}

BOOST_AUTO_TEST_CASE(journal_page_holds_what_is_told_and_says_how_far_it_looked) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  settle(report_of("c", status::authorized, 0)); // duplicate: 3, not told
  settle(report_of("c", status::suspended, 1));
  settle(report_of("c", status::suspended, 1)); // 5, not told
  auto const page = [this](std::uint64_t after, std::size_t limit) { return *await(store->read(after, limit)); };
  auto const all = page(0, 10);
  BOOST_REQUIRE_EQUAL(all.entries.size(), 3U);
  BOOST_TEST(all.entries[2].sequence == 4U);
  BOOST_TEST(all.examined == 5U);
  auto const two = page(0, 2);
  BOOST_TEST(two.entries.size() == 2U);
  BOOST_TEST(two.examined == 2U);
  auto const rest = page(2, 10);
  BOOST_TEST(rest.entries.size() == 1U);
  auto const none = page(4, 10);
  BOOST_TEST(none.entries.empty());
  BOOST_TEST(none.examined == 5U);
  BOOST_TEST(page(5, 10).examined == 5U);
  BOOST_TEST(page(99, 10).examined == 99U);
}

BOOST_AUTO_TEST_CASE(page_of_large_entries_ends_early) {
  open();
  announce("c");
  for (int i = 1; i <= 5; ++i) {
    auto event = report_of("c", i % 2 == 1 ? status::authorized : status::suspended, i);
    event.resource = "{\"x\":\"" + std::string(100'000, 'x') + "\"}";
    event.resource_digest = sha256(event.resource + std::to_string(i));
    settle(event);
  }
  auto const page = await(store->read(0, 1000)).value();
  BOOST_TEST(page.entries.size() == 4U); // the third large one is the first beyond 256 KiB
  BOOST_TEST(page.examined == 4U);
  BOOST_TEST(await(store->read(4, 1000)).value().entries.size() == 2U);
}

BOOST_AUTO_TEST_CASE(entries_are_recorded_in_the_order_of_their_times_although_the_clock_was_ahead) {
  open();
  now.advance(std::chrono::hours(2));
  announce("a");
  close();
  now.advance(-std::chrono::hours(2)); // somebody has put it right
  open();
  announce("b");
  announce("c");
  auto const entries = told();
  BOOST_REQUIRE_EQUAL(entries.size(), 3U);
  BOOST_TEST((entries[1].recorded >= entries[0].recorded));
  BOOST_TEST((entries[2].recorded >= entries[1].recorded));
  // What is sought by time is found by halving: no entry may lie on the wrong side.
  BOOST_TEST(await(store->place_before(noon() + std::chrono::hours(1))).value() == 0U);
  // The consents have the time of the clock.
  BOOST_TEST((find("b")->updated == noon()));
}

BOOST_AUTO_TEST_CASE(sequence_never_repeats_even_when_every_entry_is_gone) {
  open();
  announce("a");
  announce("b");
  close();
  raw_database(settings.path).execute("DELETE FROM journal; UPDATE meta SET value = 2 WHERE name = 'pruned'");
  open();
  auto const before = store->extent();
  BOOST_TEST(before.last == 2U);
  BOOST_TEST(before.pruned == 2U);
  BOOST_TEST(announce("c").consent.sequence == 3U);
  BOOST_TEST(store->extent().last == 3U);
}

BOOST_AUTO_TEST_CASE(epoch_is_random_and_stays) {
  open();
  auto const epoch = store->extent().epoch;
  BOOST_TEST(epoch.size() == 32U);
  reopen();
  BOOST_TEST(store->extent().epoch == epoch);
  close();
  settings.path = folder / "another.db";
  open();
  BOOST_TEST(store->extent().epoch != epoch);
}

BOOST_AUTO_TEST_CASE(quarantine_is_listed_newest_first_by_reason_and_paged) {
  open();
  std::vector<std::int64_t> ids;
  for (auto const why : {reason::signature, reason::audience, reason::signature}) {
    ids.push_back(append("body"));
    take();
    now.advance(std::chrono::seconds(1));
    BOOST_REQUIRE(await(store->set_aside({ids.back(), {why, "detail"}, "https://claimed.example", "claimed-id"})));
  }
  auto const list = [this](std::optional<reason> why, std::int64_t before, std::size_t limit) {
    std::vector<std::int64_t> found;
    auto const page = *await(store->quarantined(why, before, limit));
    for (auto const& one : page) {
      found.push_back(one.id);
    }
    return found;
  };
  BOOST_TEST((list({}, 0, 10) == std::vector{ids[2], ids[1], ids[0]}));
  BOOST_TEST((list({}, ids[2], 1) == std::vector{ids[1]}));
  BOOST_TEST((list(reason::signature, 0, 10) == std::vector{ids[2], ids[0]}));
  BOOST_TEST((list(reason::signature, ids[2], 10) == std::vector{ids[0]}));
  BOOST_TEST(list(reason::expired, 0, 10).empty());

  auto const one = *await(store->find_quarantined(ids[1]));
  BOOST_REQUIRE(one);
  BOOST_TEST(one->why.code == reason::audience);
  BOOST_TEST(one->why.detail == "detail");
  BOOST_TEST(one->issuer == "https://claimed.example");
  BOOST_TEST(one->consent_id == "claimed-id");
  BOOST_TEST((one->received == noon()));
  BOOST_TEST((one->recorded == noon() + std::chrono::seconds(2)));
  BOOST_TEST(one->attempts == 1U);
  BOOST_TEST(one->body_bytes == 4U);
  BOOST_TEST(one->body == "body");
  BOOST_TEST((*await(store->quarantined({}, 0, 1))).at(0).body.empty());
  BOOST_TEST(counters.of("quarantined signature") == 2U);
}

BOOST_AUTO_TEST_CASE(deliveries_are_found_by_interaction_id_wherever_they_stand) {
  open();
  announce("c");
  auto const one_of = [this](std::string const& body) {
    auto made = delivery_of(body);
    made.interaction_id = "5f0c3b52-0000-4000-8000-000000000001";
    return append(std::move(made));
  };
  auto const decided = one_of("1");
  auto const aside = one_of("2");
  auto const held = one_of("3");
  auto const keyless = one_of("4");
  auto const pending = one_of("5");
  append("another");
  take(4);
  settle(settlement_of(decided, report_of("c", status::authorized, 0)));
  BOOST_REQUIRE(await(store->set_aside({aside, {reason::decryption, "why"}, "", ""})));
  settle(settlement_of(held, report_of("unknown", status::authorized, 0)));
  BOOST_REQUIRE(await(store->wait_for_keys(keyless, std::string(bank))));

  auto const found = *await(store->deliveries("5f0c3b52-0000-4000-8000-000000000001", 10));
  BOOST_REQUIRE_EQUAL(found.size(), 5U);
  BOOST_TEST(found[0].id == decided);
  BOOST_TEST(found[0].state == store::delivery_state::decided);
  BOOST_TEST((found[0].sequence == 2U));
  BOOST_TEST((found[0].disposition == consent::disposition::applied));
  BOOST_TEST((found[0].finished == noon()));
  BOOST_TEST(found[0].issuer == bank);
  BOOST_TEST(found[0].consent_id == "c");
  BOOST_TEST(found[0].jwe_kid == "our-key");
  BOOST_TEST(found[0].jws_kid == "their-key");
  BOOST_TEST(!found[0].why);
  BOOST_TEST(found[1].state == store::delivery_state::quarantined);
  BOOST_TEST((found[1].why == reason::decryption));
  BOOST_TEST(found[1].detail == "why");
  BOOST_TEST(!found[1].sequence);
  BOOST_TEST(found[2].state == store::delivery_state::waiting_for_consent);
  BOOST_TEST(found[2].waits_for == "unknown");
  BOOST_TEST(found[3].state == store::delivery_state::waiting_for_keys);
  BOOST_TEST(found[3].waits_for == bank);
  BOOST_TEST(found[4].id == pending);
  BOOST_TEST(found[4].state == store::delivery_state::pending);
  BOOST_TEST(!found[4].finished);
  BOOST_TEST(await(store->deliveries("5f0c3b52-0000-4000-8000-000000000001", 2))->size() == 2U);
  BOOST_TEST(await(store->deliveries("5f0c3b52-0000-4000-8000-000000000002", 2))->empty());

  BOOST_TEST((*await(store->find_delivery(keyless)))->state == store::delivery_state::waiting_for_keys);
  BOOST_TEST((*await(store->find_delivery(aside)))->state == store::delivery_state::quarantined);
  BOOST_TEST(!*await(store->find_delivery(999)));
}

BOOST_AUTO_TEST_CASE(standing_tells_how_far_processing_lags) {
  open();
  announce("c");
  announce("d", other_bank);
  auto const standing = [this](std::string const& id) { return *await(store->find_standing(id)); };
  BOOST_TEST(!standing("c").backlog.oldest_unopened);
  auto late = delivery_of("body");
  late.received = noon() - std::chrono::seconds(30);
  auto const first = append(std::move(late));
  append("second");
  BOOST_TEST((standing("c").backlog.oldest_unopened == noon() - std::chrono::seconds(30)));
  take(1); // in hand is not opened yet
  BOOST_TEST((standing("c").backlog.oldest_unopened == noon() - std::chrono::seconds(30)));
  BOOST_TEST((count().oldest_pending == noon() - std::chrono::seconds(30)));
  BOOST_REQUIRE(await(store->wait_for_keys(first, std::string(bank))));
  BOOST_TEST((standing("c").backlog.oldest_unopened == noon()));
  BOOST_TEST(standing("c").backlog.issuer_waits_for_keys);
  BOOST_TEST(!standing("d").backlog.issuer_waits_for_keys);
  BOOST_TEST(!standing("unknown").backlog.issuer_waits_for_keys);
  BOOST_TEST(!standing("unknown").consent);
  BOOST_REQUIRE(await(store->keys_arrived(std::string(bank))));
  BOOST_TEST(!standing("c").backlog.issuer_waits_for_keys);
}

BOOST_AUTO_TEST_CASE(counts_are_those_of_the_rows_before_and_after_a_restart) {
  fill();
  auto const aside = append("x");
  append("y");
  take(1);
  BOOST_REQUIRE(await(store->set_aside({aside, {reason::signature, ""}, "", ""})));
  for (int i = 0; i < 2; ++i) {
    auto const counted = count();
    BOOST_TEST(counted.pending == 1U);
    BOOST_TEST(counted.consents == 4U);
    BOOST_TEST(counted.quarantined == 1U);
    BOOST_TEST(counted.waiting_for_consent == 0U);
    BOOST_TEST(counted.database_bytes > 4096U);
    reopen();
  }
}

// The moment between a commit and the writer's word of it, made long: another connection commits.
BOOST_AUTO_TEST_CASE(place_that_was_read_is_within_the_journal) {
  open();
  announce("c-1");
  auto const before = store->extent().last;
  raw_database(settings.path)
      .execute("UPDATE journal SET sequence = sequence + 1; UPDATE consents SET sequence = sequence + 1");
  BOOST_TEST(store->extent().last == before);
  BOOST_TEST(find("c-1")->sequence == before + 1);
  BOOST_TEST(store->extent().last == before + 1);
}

BOOST_AUTO_TEST_CASE(page_of_the_journal_does_not_lead_beyond_it) {
  open();
  announce("c-1");
  auto const before = store->extent().last;
  raw_database(settings.path).execute("UPDATE journal SET sequence = sequence + 1");
  BOOST_TEST(await(store->read(0, 10)).value().examined == before + 1);
  BOOST_TEST(store->extent().last == before + 1);
  // Nor does a place make the journal longer that nobody has.
  BOOST_TEST(await(store->read(99, 10)).value().examined == 99U);
  BOOST_TEST(store->extent().last == before + 1);
}

BOOST_AUTO_TEST_SUITE_END()
