#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::status;

BOOST_FIXTURE_TEST_SUITE(settle, store_fixture)

BOOST_AUTO_TEST_CASE(event_moves_its_consent_and_the_delivery_leaves_the_inbox) {
  open();
  announce("c");
  auto const event = report_of("c", status::authorized, 0);
  now.advance(std::chrono::seconds(2));
  auto const became = settle(event);
  BOOST_REQUIRE_EQUAL(word(became), "applied");
  auto const& decided = std::get<store::decided>(became);
  BOOST_TEST(decided.sequence == 2U);
  BOOST_TEST(decided.consent_id == "c");
  BOOST_TEST((decided.status == status::authorized));

  auto const kept = find("c");
  BOOST_REQUIRE(kept);
  BOOST_TEST((kept->state.status == status::authorized));
  BOOST_TEST((kept->state.status_time == event.status_time));
  BOOST_TEST((kept->state.expiry == event.expiry));
  BOOST_TEST(kept->state.resource == event.resource);
  BOOST_TEST((kept->state.resource_digest == event.resource_digest));
  BOOST_TEST(kept->sequence == 2U);
  BOOST_TEST((kept->created == noon()));
  BOOST_TEST((kept->updated == noon() + std::chrono::seconds(2)));
  BOOST_TEST(count().pending == 0U);
  BOOST_TEST(counters.of("decided applied") == 1U);
  BOOST_TEST((counters.last_apply() == std::chrono::seconds(2)));
}

BOOST_AUTO_TEST_CASE(outcome_survives_a_restart_and_leaves_no_body_behind) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  reopen();
  BOOST_TEST((find("c")->state.status == status::authorized));
  BOOST_TEST(take().empty());
  BOOST_TEST(store->extent().last == 2U);
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM bodies") == 0);
}

BOOST_AUTO_TEST_CASE(redelivered_event_is_applied_once) {
  open();
  announce("c");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j1")) == "applied");
  BOOST_TEST(word(settle(report_of("c", status::suspended, 1), "j2")) == "applied");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j1")) == "duplicate");
  BOOST_TEST((find("c")->state.status == status::suspended));
  // Told: the announcement and the two events.
  BOOST_TEST(told().size() == 3U);
}

BOOST_AUTO_TEST_CASE(equal_event_under_another_jti_or_none_is_a_duplicate) {
  open();
  announce("c");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j1")) == "applied");
  BOOST_TEST(word(settle(report_of("c", status::suspended, 1))) == "applied");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j3")) == "duplicate");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "duplicate");
}

BOOST_AUTO_TEST_CASE(different_message_under_a_spent_jti_is_a_replay_and_moves_nothing) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j1");
  reopen();
  auto const became = settle(report_of("c", status::revoked, 5), "j1");
  BOOST_TEST(word(became) == "replay");
  BOOST_TEST((find("c")->state.status == status::authorized));
  BOOST_TEST(counters.of("quarantined replay") == 1U);
}

BOOST_AUTO_TEST_CASE(jti_of_another_issuer_is_another_token) {
  open();
  announce("a");
  announce("b", other_bank);
  settle(report_of("a", status::authorized, 0), "j1");
  auto event = report_of("b", status::authorized, 0);
  event.issuer = other_bank;
  BOOST_TEST(word(settle(event, "j1")) == "applied");
}

BOOST_AUTO_TEST_CASE(event_of_another_issuer_is_quarantined_and_spends_nothing) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  auto event = report_of("c", status::revoked, 1);
  event.issuer = other_bank;
  BOOST_TEST(word(settle(event, "j")) == "issuer-mismatch");
  BOOST_TEST((find("c")->state.status == status::authorized));
  // The same jti with another message would be a replay, had it been spent.
  announce("d", other_bank);
  auto own = report_of("d", status::authorized, 2);
  own.issuer = other_bank;
  BOOST_TEST(word(settle(own, "j")) == "applied");
}

BOOST_AUTO_TEST_CASE(event_of_another_kind_is_quarantined) {
  open();
  announce("c", bank, consent::kind::payment);
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "kind-mismatch");
  BOOST_TEST(!find("c")->state.status);
}

BOOST_AUTO_TEST_CASE(event_of_an_unknown_consent_waits_until_it_is_announced) {
  open();
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0), "j")) == "held");
  BOOST_TEST(!find("c"));
  BOOST_TEST(count().waiting_for_consent == 1U);
  BOOST_TEST(counters.of("decided held") == 1U);
  BOOST_TEST(take().empty());
  reopen();
  BOOST_TEST(take().empty());
  auto const made = announce("c");
  BOOST_TEST(made.created);
  BOOST_TEST(made.released == 1U);
  auto const again = take_ids();
  BOOST_REQUIRE_EQUAL(again.size(), 1U);
  auto settlement = settlement_of(again[0], report_of("c", status::authorized, 0));
  settlement.token.jti = "j";
  // Holding has not spent the jti: it is no redelivery.
  auto const became = settle(std::move(settlement));
  BOOST_TEST(word(became) == "applied");
}

BOOST_AUTO_TEST_CASE(announcement_releases_what_waits_for_it_alone) {
  open();
  settle(report_of("c", status::authorized, 0));
  settle(report_of("c", status::suspended, 1));
  settle(report_of("d", status::authorized, 0));
  BOOST_TEST(announce("c").released == 2U);
  BOOST_TEST(count().waiting_for_consent == 1U);
  BOOST_TEST(take().size() == 2U);
}

BOOST_AUTO_TEST_CASE(events_are_held_up_to_the_bound_and_no_more) {
  settings.held_rows = 2;
  open();
  BOOST_TEST(word(settle(report_of("a", status::authorized, 0))) == "held");
  BOOST_TEST(word(settle(report_of("b", status::authorized, 0))) == "held");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "unknown-consent");
  reopen();
  BOOST_TEST(word(settle(report_of("d", status::authorized, 0))) == "unknown-consent");
  BOOST_TEST(count().quarantined == 2U);
}

BOOST_AUTO_TEST_CASE(first_event_binds_where_the_setting_says_so) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "applied");
  auto const kept = find("c");
  BOOST_REQUIRE(kept);
  BOOST_TEST((kept->state.bound == consent::binding::by_event));
  BOOST_TEST(kept->state.issuer == bank);
  BOOST_TEST(count().consents == 1U);
  auto stranger = report_of("c", status::revoked, 1);
  stranger.issuer = other_bank;
  BOOST_TEST(word(settle(stranger)) == "issuer-mismatch");
}

BOOST_AUTO_TEST_CASE(what_was_held_is_released_when_the_setting_changes_to_bind) {
  open();
  settle(report_of("c", status::authorized, 0));
  close();
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  BOOST_TEST(count().waiting_for_consent == 0U);
  BOOST_TEST(take().size() == 1U);
}

BOOST_AUTO_TEST_CASE(expired_event_that_names_an_end_casts_doubt_and_is_not_applied) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  auto const id = append("late");
  take();
  auto late = settlement_of(id, report_of("c", status::revoked, 1));
  late.expired = true;
  late.token.jti = "j";
  auto const became = settle(std::move(late));
  BOOST_TEST(word(became) == "expired");
  auto const kept = find("c");
  BOOST_TEST((kept->state.status == status::authorized));
  BOOST_TEST(kept->state.flags.in_doubt);
  auto const entries = told();
  BOOST_REQUIRE_EQUAL(entries.size(), 3U);
  BOOST_TEST(entries[2].alert);
  BOOST_TEST(entries[2].flags.in_doubt);
  BOOST_TEST((entries[2].reported == status::revoked));
  BOOST_TEST((entries[2].status == status::authorized));
  BOOST_TEST(!entries[2].disposition);
  BOOST_TEST(entries[2].resource == kept->state.resource);
  BOOST_TEST((entries[2].delivery == id));
  // The same again tells nothing new.
  auto const id2 = append("late again");
  take();
  auto again = settlement_of(id2, report_of("c", status::revoked, 1));
  again.expired = true;
  auto const second = settle(std::move(again));
  BOOST_TEST(word(second) == "expired");
  BOOST_TEST(told().size() == 3U);
}

BOOST_AUTO_TEST_CASE(expired_event_of_another_issuer_or_without_an_end_casts_no_doubt) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  auto const expired = [this](consent::report event) {
    auto const id = append("late");
    take();
    auto late = settlement_of(id, std::move(event));
    late.expired = true;
    return word(settle(std::move(late)));
  };
  auto foreign = report_of("c", status::revoked, 1);
  foreign.issuer = other_bank;
  BOOST_TEST(expired(foreign) == "expired");
  BOOST_TEST(expired(report_of("c", status::suspended, 1)) == "expired");
  // It waits until there is a consent that can be in doubt.
  BOOST_TEST(expired(report_of("unknown", status::revoked, 1)) == "held");
  BOOST_TEST(!find("c")->state.flags.in_doubt);
  BOOST_TEST(!find("unknown"));
  // One that has ended cannot be doubted.
  settle(report_of("c", status::revoked, 2));
  BOOST_TEST(expired(report_of("c", status::expired, 3)) == "expired");
  BOOST_TEST(!find("c")->state.flags.in_doubt);
}

BOOST_AUTO_TEST_CASE(each_disposition_is_recorded_in_the_history) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 10));
  settle(report_of("c", status::authorized, 10));            // duplicate
  settle(report_of("c", status::awaiting_authorization, 5)); // stale
  auto updated = report_of("c", status::authorized, 11);     // updated
  settle(updated);
  settle(report_of("c", status::consumed, 12));   // gap: not for this kind
  settle(report_of("c", status::authorized, 13)); // refused
  auto const entries = await(store->history("c", 0, 100));
  BOOST_REQUIRE(entries);
  std::string words;
  for (auto const& entry : *entries) {
    words += entry.disposition ? std::string(consent::to_string(*entry.disposition)) : std::string("announced");
    words += entry.told ? "! " : " ";
  }
  BOOST_TEST(words == "announced! applied! duplicate stale updated! gap! refused ");
  BOOST_TEST(entries->back().alert);
  BOOST_TEST((entries->back().status == status::consumed));
  BOOST_TEST((entries->back().reported == status::authorized));
}

BOOST_AUTO_TEST_CASE(entry_carries_what_its_event_said) {
  open();
  announce("c");
  auto event = report_of("c", status::revoked, 10);
  event.revoked_by = "LFI.InitiatedByUser";
  event.event_time = noon() + std::chrono::seconds(12);
  auto delivery = delivery_of("body");
  auto const interaction = delivery.interaction_id;
  auto const id = append(std::move(delivery));
  take();
  settle(settlement_of(id, event));
  auto const entry = told().at(1);
  BOOST_TEST((entry.type == store::entry_type::status));
  BOOST_TEST((entry.recorded == noon()));
  BOOST_TEST(entry.issuer == bank);
  BOOST_TEST((entry.kind == consent::kind::account_access));
  BOOST_TEST((entry.disposition == consent::disposition::applied));
  BOOST_TEST(!entry.previous);
  BOOST_TEST((entry.status_time == event.status_time));
  BOOST_TEST((entry.event_time == event.event_time));
  BOOST_TEST((entry.expiry == event.expiry));
  BOOST_TEST((entry.revoked_by == event.revoked_by));
  BOOST_TEST(entry.resource == event.resource);
  BOOST_TEST((entry.delivery == id));
  BOOST_TEST(entry.interaction_id == interaction);
  BOOST_TEST(!entry.uid);
}

BOOST_AUTO_TEST_CASE(deletion_with_data_is_not_taken_for_the_update_it_repeats) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0));
  auto deletion = report_of("c", status::authorized, 0);
  deletion.what = consent::change::deleted;
  BOOST_TEST(word(settle(deletion)) == "deleted");
  BOOST_TEST(find("c")->state.flags.deleted);
  BOOST_TEST(word(settle(deletion)) == "duplicate");
}

BOOST_AUTO_TEST_CASE(a_resource_is_stored_once_however_often_it_comes) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j1");
  settle(report_of("c", status::authorized, 0), "j1");
  settle(report_of("c", status::authorized, 0), "j2");
  settle(report_of("c", status::suspended, 1));
  settle(report_of("c", status::authorized, 0));
  auto const entries = await(store->history("c", 0, 100));
  BOOST_REQUIRE_EQUAL(entries->size(), 6U);
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.integer("SELECT count(*) FROM documents") == 2);
  for (auto const i : {1U, 2U, 3U, 5U}) {
    auto const resource = db.texts("SELECT d.json FROM journal AS j JOIN documents AS d ON d.id = j.document "
                                   "WHERE j.sequence = " +
                                   std::to_string((*entries)[i].sequence));
    BOOST_TEST(resource.at(0) == report_of("c", status::authorized, 0).resource);
  }
}

BOOST_AUTO_TEST_CASE(jti_is_remembered_a_day_beyond_the_end_of_its_event) {
  open();
  announce("c");
  settle(report_of("c", status::authorized, 0), "j1"); // ends at noon + 5 min
  close();
  {
    raw_database db(settings.path);
    auto const until = noon() + std::chrono::minutes(5) + std::chrono::hours(24);
    BOOST_TEST(db.integer("SELECT until FROM spent WHERE kind = 2") == until.time_since_epoch().count());
  }
}

BOOST_AUTO_TEST_CASE(base_consent_is_linked_only_within_issuer_and_kind_and_without_a_cycle) {
  open();
  announce("old");
  announce("foreign", other_bank);
  announce("payment", bank, consent::kind::payment);
  auto const linked = [this](std::string const& id, std::string const& base) {
    announce(id);
    auto event = report_of(id, status::authorized, 0);
    event.base_consent_id = base;
    BOOST_TEST(word(settle(event)) == "applied");
    return find(id)->state;
  };
  BOOST_TEST((linked("a", "old").base_consent_id == "old"));
  BOOST_TEST(!linked("b", "foreign").base_consent_id);
  BOOST_TEST(linked("c", "payment").flags.unlinked);
  BOOST_TEST(linked("d", "d").flags.unlinked);
  // x → y is fine as long as y is unknown; then y → x would close the circle.
  BOOST_TEST((linked("x", "y").base_consent_id == "y"));
  BOOST_TEST(linked("y", "x").flags.unlinked);
  BOOST_TEST((find("x")->state.base_consent_id == "y"));
  // And one that names a base before that turns out to be another bank's.
  BOOST_TEST((linked("z", "later").base_consent_id == "later"));
  announce("later", other_bank);
  BOOST_TEST(!find("z")->state.base_consent_id);
  BOOST_TEST(find("z")->state.flags.unlinked);
}

BOOST_AUTO_TEST_CASE(consents_that_lose_their_base_are_told_of_one_by_one) {
  open();
  for (auto const* id : {"x", "y"}) {
    announce(id);
    auto event = report_of(id, status::authorized, 0);
    event.base_consent_id = "base";
    settle(event);
  }
  auto const before = told().size();
  now.advance(std::chrono::seconds(1));
  announce("base", other_bank);
  auto const entries = told();
  BOOST_REQUIRE(entries.size() == before + 3U);
  for (std::size_t at : {before + 1, before + 2}) {
    auto const& entry = entries[at];
    auto const kept = find(entry.consent_id);
    BOOST_TEST((entry.type == store::entry_type::unlinked));
    BOOST_TEST(entry.consent_id == (at == before + 1 ? "x" : "y"));
    BOOST_TEST(entry.issuer == bank);
    BOOST_TEST(entry.flags.unlinked);
    BOOST_TEST((entry.status == status::authorized && entry.previous == status::authorized));
    BOOST_TEST(entry.resource == kept->state.resource);
    BOOST_TEST(kept->sequence == entry.sequence);
    BOOST_TEST((kept->updated == now.now()));
  }
}

BOOST_AUTO_TEST_CASE(one_base_has_a_bounded_number_of_renewals) {
  open();
  constexpr std::size_t most = 1000; // docs/states.md
  std::vector<boost::asio::awaitable<result<store::announced>>> asked;
  for (std::size_t i = 0; i <= most; ++i) {
    store::announcement one;
    one.consent_id = "c-" + std::to_string(i);
    one.issuer = bank;
    one.base_consent_id = "base";
    asked.push_back(store->announce(std::move(one)));
  }
  auto const made = await_all(std::move(asked));
  BOOST_TEST((made[most - 1]->consent.state.base_consent_id == "base"));
  BOOST_TEST(!made[most]->consent.state.base_consent_id.has_value());
  BOOST_TEST(made[most]->consent.state.flags.unlinked);
}

BOOST_AUTO_TEST_CASE(quarantine_keeps_the_newest_up_to_its_bound) {
  settings.quarantine_rows = 2;
  open();
  std::vector<std::int64_t> ids;
  for (int i = 0; i < 3; ++i) {
    ids.push_back(append("body " + std::to_string(i)));
    take();
    BOOST_REQUIRE(await(store->set_aside({ids.back(), {reason::signature, "no key fits"}, "", ""})));
  }
  BOOST_TEST(count().quarantined == 2U);
  BOOST_TEST(!*await(store->find_quarantined(ids[0])));
  BOOST_TEST((*await(store->find_quarantined(ids[1])))->body == "body 1");
  // What became of it is known all the same.
  auto const record = *await(store->find_delivery(ids[0]));
  BOOST_REQUIRE(record);
  BOOST_TEST((record->why == reason::signature));
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM bodies") == 2);
}

BOOST_AUTO_TEST_CASE(wider_permissions_are_flagged_and_the_narrower_ones_outlive_a_restart) {
  open();
  announce("c");
  auto const naming = [](int at, std::vector<std::string> codes) {
    auto event = report_of("c", status::authorized, at);
    event.permissions = consent::permission_set::of(std::move(codes));
    event.resource = R"({"at":)" + std::to_string(at) + "}";
    event.resource_digest = sha256(event.resource);
    return event;
  };
  settle(naming(0, {"ReadA", "ReadB"}));
  BOOST_TEST(!find("c")->state.flags.changed);
  close();
  open();
  settle(naming(1, {"ReadA"}));
  BOOST_TEST(!find("c")->state.flags.changed); // narrower
  close();
  open();
  settle(naming(2, {"ReadA", "ReadB"}));
  BOOST_TEST(find("c")->state.flags.changed);
  close();
  BOOST_TEST(raw_database(settings.path).texts("SELECT permissions FROM consents") ==
             std::vector<std::string>{"ReadA\n"});
}

BOOST_AUTO_TEST_SUITE_END()
