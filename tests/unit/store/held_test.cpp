// Events that wait for their consent, and those that come again meanwhile.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

struct holding_store : store_fixture {
  store::delivery_record record(std::int64_t id) { return await(store->find_delivery(id)).value().value(); }

  // What waited and was released is settled with the event that it held.
  std::string settle_released(std::int64_t id, consent::report const& event, std::optional<std::string> jti = {}) {
    auto made = settlement_of(id, event);
    made.token.jti = std::move(jti);
    auto const became = settle(std::move(made));
    return word(became);
  }

  store::outcome settle_expired(consent::report const& event, std::optional<std::string> jti = {}) {
    auto const id = append("late");
    BOOST_REQUIRE(take_ids(1) == std::vector{id});
    auto made = settlement_of(id, event);
    made.expired = true;
    made.token.jti = std::move(jti);
    return settle(std::move(made));
  }

  std::optional<std::int64_t> joined(store::outcome const& of) { return std::get<store::held>(of).joined; }
};

consent::report bare_deletion(std::string const& id) {
  consent::report made;
  made.consent_id = id;
  made.issuer = bank;
  made.what = consent::change::deleted;
  made.event_time = noon();
  return made;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(holding, holding_store)

BOOST_AUTO_TEST_CASE(redelivery_of_a_held_event_joins_it) {
  for (auto const& jti : {std::optional<std::string>("j"), std::optional<std::string>()}) {
    auto const id = jti ? "with" : "without";
    open();
    auto const event = report_of(id, status::authorized, 0);
    BOOST_TEST(!joined(settle(event, jti)));
    auto const held = store->extent().last; // nothing is recorded yet
    auto const first = count().waiting_for_consent;
    reopen();
    auto const second = joined(settle(event, jti));
    BOOST_REQUIRE(second);
    BOOST_TEST(joined(settle(event, jti)).value() == *second);
    BOOST_TEST(count().waiting_for_consent == first);
    BOOST_TEST(store->extent().last == held);
    auto const repeat = record(*second + 1);
    BOOST_TEST(repeat.state == store::delivery_state::decided);
    BOOST_TEST((repeat.disposition == consent::disposition::duplicate));
    BOOST_TEST(repeat.repeats.value() == *second);
    BOOST_TEST(!repeat.sequence);

    BOOST_TEST(announce(id).released == 1U);
    BOOST_REQUIRE(take_ids() == std::vector{*second});
    BOOST_TEST(settle_released(*second, event, jti) == "applied");
    auto const history = *await(store->history(id, 0, 100));
    BOOST_REQUIRE_EQUAL(history.size(), 4U); // announced, applied, two duplicates
    BOOST_TEST((history[1].disposition == consent::disposition::applied));
    for (auto const at : {2U, 3U}) {
      BOOST_TEST((history[at].disposition == consent::disposition::duplicate));
      BOOST_TEST(history[at].delivery.value() == *second + static_cast<std::int64_t>(at) - 1);
      BOOST_TEST(!history[at].told);
      BOOST_TEST((history[at].previous == status::authorized));
      BOOST_TEST(record(*history[at].delivery).sequence.value() == history[at].sequence);
    }
    // One that comes afterwards is a duplicate as ever.
    BOOST_TEST(word(settle(event, jti)) == "duplicate");
    close();
  }
}

BOOST_AUTO_TEST_CASE(redeliveries_take_no_place_however_many) {
  settings.held_rows = 1;
  open();
  auto const event = report_of("c", status::authorized, 0);
  for (int i = 0; i < 5; ++i) {
    BOOST_TEST(word(settle(event, "j")) == "held");
  }
  BOOST_TEST(count().waiting_for_consent == 1U);
  BOOST_TEST(count().quarantined == 0U);
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM bodies") == 1);
}

BOOST_AUTO_TEST_CASE(different_message_under_the_jti_of_a_held_event_waits_too_and_is_then_a_replay) {
  open();
  auto const first = report_of("c", status::authorized, 0);
  auto const second = report_of("c", status::revoked, 5);
  BOOST_TEST(!joined(settle(first, "j")));
  BOOST_TEST(!joined(settle(second, "j")));
  BOOST_TEST(count().waiting_for_consent == 2U);
  BOOST_TEST(joined(settle(second, "j")).value() == 2);
  reopen();
  BOOST_TEST(announce("c").released == 2U);
  BOOST_REQUIRE((take_ids() == std::vector<std::int64_t>{1, 2}));
  BOOST_TEST(settle_released(1, first, "j") == "applied");
  BOOST_TEST(settle_released(2, second, "j") == "replay");
  BOOST_TEST((find("c")->state.status == status::authorized));
  // What had joined it is a repetition of a delivery that was refused: its record leads there.
  BOOST_TEST(record(3).repeats.value() == 2);
  BOOST_TEST(!record(3).sequence);
}

BOOST_AUTO_TEST_CASE(only_the_same_event_joins) {
  open();
  auto const event = report_of("c", status::authorized, 0);
  settle(event, "j");
  BOOST_TEST(!joined(settle(event, "k")));
  BOOST_TEST(!joined(settle(event)));
  auto stranger = event;
  stranger.issuer = other_bank;
  BOOST_TEST(!joined(settle(stranger, "j")));
  BOOST_TEST(count().waiting_for_consent == 4U);
}

BOOST_AUTO_TEST_CASE(holding_spends_nothing) {
  open();
  settle(report_of("c", status::authorized, 0), "j");
  settle(report_of("c", status::authorized, 0), "j");
  settle_expired(report_of("c", status::revoked, 1), "k");
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM spent") == 0);
}

BOOST_AUTO_TEST_CASE(expired_end_of_an_unknown_consent_waits_and_then_casts_doubt) {
  open();
  auto const begin = report_of("c", status::authorized, 0);
  auto const end = report_of("c", status::revoked, 1);
  BOOST_TEST(word(settle(begin)) == "held");
  BOOST_TEST(word(settle_expired(end)) == "held");
  BOOST_TEST(word(settle_expired(report_of("c", status::suspended, 1))) == "expired");
  reopen();
  announce("c");
  BOOST_REQUIRE((take_ids() == std::vector<std::int64_t>{1, 2}));
  BOOST_TEST(settle_released(1, begin) == "applied");
  auto late = settlement_of(2, end);
  late.expired = true;
  auto const became = settle(std::move(late));
  BOOST_TEST(word(became) == "expired");
  BOOST_TEST(find("c")->state.flags.in_doubt);
}

// Joined to the expired one it would never be applied.
BOOST_AUTO_TEST_CASE(valid_redelivery_does_not_join_an_expired_one) {
  open();
  auto const end = report_of("c", status::revoked, 1);
  BOOST_TEST(!joined(settle_expired(end, "j")));
  BOOST_TEST(joined(settle_expired(end, "j")).value() == 1);
  BOOST_TEST(!joined(settle(end, "j")));
}

BOOST_AUTO_TEST_CASE(where_events_bind_a_deletion_of_no_kind_waits_for_the_event_that_binds) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  BOOST_TEST(word(settle(bare_deletion("c"))) == "held");
  BOOST_TEST(!find("c"));
  BOOST_TEST(word(settle(report_of("c", status::authorized, 0))) == "applied");
  BOOST_REQUIRE((take_ids() == std::vector<std::int64_t>{1}));
  BOOST_TEST(settle_released(1, bare_deletion("c")) == "deleted");
  BOOST_TEST(find("c")->state.flags.deleted);
}

BOOST_AUTO_TEST_CASE(where_events_bind_a_held_deletion_is_looked_at_again_at_each_start_and_stays) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  settle(bare_deletion("c"));
  for (int i = 0; i < 2; ++i) {
    reopen();
    BOOST_REQUIRE((take_ids() == std::vector<std::int64_t>{1}));
    BOOST_TEST(settle_released(1, bare_deletion("c")) == "held");
  }
  BOOST_TEST(count().waiting_for_consent == 1U);
}

BOOST_AUTO_TEST_CASE(another_banks_held_deletion_deletes_nothing) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  open();
  auto theirs = bare_deletion("c");
  theirs.issuer = other_bank;
  settle(theirs);
  settle(report_of("c", status::authorized, 0));
  take();
  BOOST_TEST(settle_released(1, theirs) == "issuer-mismatch");
  BOOST_TEST(!find("c")->state.flags.deleted);
  BOOST_TEST(find("c")->state.flags.contested);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

struct malformed_end : holding_store {
  malformed_end() {
    open();
    announce("c");
    settle(report_of("c", status::authorized, 0));
  }

  // An event that could not be read, and may have ended "c".
  void refuse(std::string_view issuer, std::optional<consent::report> end) {
    auto const id = append("malformed");
    BOOST_REQUIRE(take_ids(1) == std::vector{id});
    store::refusal what;
    what.delivery = id;
    what.why = {reason::resource_malformed, "no family"};
    what.issuer = issuer;
    what.end = std::move(end);
    BOOST_REQUIRE(await(store->set_aside(std::move(what))));
    BOOST_TEST((record(id).why == reason::resource_malformed));
  }

  static consent::report end_of(std::string_view issuer) {
    auto made = report_of("c", status::revoked, 1);
    made.issuer = issuer;
    made.kind.reset();
    return made;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(malformed_ends, malformed_end)

BOOST_AUTO_TEST_CASE(end_that_cannot_be_read_casts_doubt) {
  refuse(bank, end_of(bank));
  auto const kept = find("c")->state;
  BOOST_TEST(kept.flags.in_doubt);
  BOOST_TEST((kept.status == status::authorized));
  auto const entry = told().back();
  BOOST_TEST(entry.alert);
  BOOST_TEST(entry.flags.in_doubt);
  BOOST_TEST((entry.reported == status::revoked));
  BOOST_TEST(entry.delivery.value() == 2);
  BOOST_TEST(record(2).consent_id == "c");
  reopen();
  BOOST_TEST(find("c")->state.flags.in_doubt);
  // The end itself resolves it.
  BOOST_TEST(word(settle(report_of("c", status::revoked, 1))) == "applied");
  BOOST_TEST(!find("c")->state.flags.in_doubt);
}

BOOST_AUTO_TEST_CASE(another_banks_malformed_end_casts_no_doubt) {
  refuse(other_bank, end_of(other_bank));
  BOOST_TEST((find("c")->state.flags == consent::flags{}));
  BOOST_TEST(told().size() == 2U);
}

BOOST_AUTO_TEST_CASE(refusal_that_speaks_of_no_end_casts_no_doubt) {
  refuse(bank, std::nullopt);
  BOOST_TEST((find("c")->state.flags == consent::flags{}));
}

BOOST_AUTO_TEST_CASE(malformed_end_of_what_has_ended_or_is_unknown_changes_nothing) {
  settle(report_of("c", status::revoked, 1));
  refuse(bank, end_of(bank));
  BOOST_TEST(!find("c")->state.flags.in_doubt);
  auto unknown = end_of(bank);
  unknown.consent_id = "nobody";
  refuse(bank, unknown);
  BOOST_TEST(!find("nobody"));
}

BOOST_AUTO_TEST_SUITE_END()
