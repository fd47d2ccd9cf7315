// Databases of every version before are brought up to date with all that they hold. tests/unit/store/databases has one
// of each: the tables of then, with rows.
#include "tests/unit/store/store_fixture.hpp"

#include "store/sqlite/schema.hpp"
#include "tests/support/process.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::test;
using namespace std::chrono_literals;
using consent::status;
using store::delivery_state;

namespace {

constexpr int newest = store::sqlite::schema_version;
constexpr int last_kept = 9; // of the versions that tests/unit/store/databases has

struct migrating : store_fixture {
  // The database is one of that version.
  void begin_with(int version) {
    auto const file =
        std::string(CONSENTD_SOURCE_DIR) + "/tests/unit/store/databases/version_" + std::to_string(version) + ".sql";
    raw_database(settings.path).execute(tests::read_text(file) + "PRAGMA journal_mode = WAL;");
  }
  // How often it was told that the opening goes on.
  int open_counting() {
    int told = 0;
    auto const count_one = [&told] { ++told; };
    store = store::sqlite::open(settings, now, log, counters, count_one);
    return told;
  }
  std::vector<std::string> tables() {
    return raw_database(settings.path)
        .texts("SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema ORDER BY 1");
  }
  std::int64_t version() { return raw_database(settings.path).integer("PRAGMA user_version"); }
  store::delivery_record delivery(std::int64_t id) {
    auto found = await(store->find_delivery(id)).value();
    BOOST_REQUIRE(found.has_value());
    return std::move(*found);
  }

  void check_deliveries(int from) {
    auto const counted = count();
    BOOST_TEST(counted.pending == 1U);
    BOOST_TEST(counted.waiting_for_consent == 1U);
    BOOST_TEST(counted.waiting_for_keys == 1U);
    BOOST_TEST(counted.quarantined == 2U);
    auto const decided = delivery(1);
    BOOST_TEST(decided.state == delivery_state::decided);
    BOOST_TEST((decided.sequence == 2U && decided.disposition == consent::disposition::applied));
    BOOST_TEST(decided.attempts == 1U);
    auto const refused = await(store->find_quarantined(2)).value();
    BOOST_REQUIRE(refused.has_value());
    BOOST_TEST(refused->why.code == reason::signature);
    BOOST_TEST(refused->body == "body 2");
    BOOST_TEST(refused->attempts == 2U);
    BOOST_TEST(delivery(2).attempts == 2U); // from version 5 in its own record, before in the quarantine's
    auto const held = delivery(6);
    BOOST_TEST(held.state == delivery_state::waiting_for_consent);
    BOOST_TEST(held.waits_for == "c-held");
    BOOST_TEST(held.attempts == (from >= 5 ? 1U : 0U));
    // A token that was spent is spent still.
    store::new_delivery again{
        "interaction-1", noon(), "another body", store::bearer_token{"hub", "jti:t-1", noon()}, {}};
    BOOST_TEST(await(store->append(again)).error().code == reason::bearer_replay);
  }

  void check_consents(int from) {
    auto const kept = find("c-1");
    BOOST_REQUIRE(kept.has_value());
    BOOST_TEST((kept->state.status == status::authorized));
    BOOST_TEST(kept->state.resource.starts_with(R"({"ConsentId":"c-1")"));
    BOOST_TEST(count().consents == (from >= 5 ? 3U : 2U));
    auto const past = await(store->history("c-1", 0, 10)).value();
    BOOST_REQUIRE(past.size() == 2U);
    BOOST_TEST((past[0].type == store::entry_type::announced && past[0].uid == 1000U));
    BOOST_TEST((past[1].reported == status::authorized));
    BOOST_TEST(!past[1].left_issuer.has_value());
    auto const told = await(store->read(0, 100)).value().entries;
    BOOST_TEST(std::any_of(told.begin(), told.end(),
                           [&](auto const& entry) { return entry.resource == kept->state.resource; }));
    if (from >= 5) {
      BOOST_TEST(find("c-3")->state.flags.contested);
      BOOST_TEST((find("c-3")->state.claimant == other_bank));
    }
    if (from >= 7) {
      store::announcement gone;
      gone.consent_id = "c-gone";
      gone.issuer = bank;
      BOOST_TEST(await(store->announce(gone)).error().code == reason::conflict);
    }
  }

  void check_the_rest(int from) {
    BOOST_TEST(await(store->kept_key_sets()).value().size() == (from >= 2 ? 1U : 0U));
    auto const paid =
        await(store->find(store::resource_key{std::string(other_bank), consent::resource_family::payment, "p-1"}))
            .value();
    BOOST_TEST(paid.has_value() == (from >= 4));
    BOOST_TEST((!paid || paid->state.resource == R"({"PaymentId":"p-1","Status":"Pending"})"));
    auto const proof = await(store->find_evidence(1)).value();
    BOOST_TEST(proof.has_value() == (from >= 6));
    BOOST_TEST((!proof || proof->original.jwk == R"({"kid":"sig-1"})"));
    auto const billing = await(store->find_consumer("billing")).value();
    BOOST_TEST(billing.has_value() == (from >= 8));
    BOOST_TEST((!billing || (billing->place == 2U && billing->paused && billing->of.filter.status == "Revoked")));
    BOOST_TEST(await(store->list_operations({}, 0, 10)).value().size() == (from >= 9 ? 1U : 0U));
  }

  // What waited goes on, and the journal where it was.
  void check_it_works(int from) {
    BOOST_TEST((take_ids() == std::vector<std::int64_t>{5}));
    settle(settlement_of(5, report_of("c-1", status::revoked, 60)));
    BOOST_TEST((find("c-1")->state.status == status::revoked));
    BOOST_TEST(store->extent().last == (from >= 5 ? 6U : from >= 4 ? 5U : 4U));
    BOOST_TEST(*await(store->keys_arrived(std::string(other_bank))) == 1U);
    store::remedy const keys{reason::keys_unavailable, std::string(other_bank)};
    BOOST_TEST(*await(store->retry(keys, 10)) == 1U);
    BOOST_TEST(announce("c-held").released == 1U);
    BOOST_TEST((take_ids() == std::vector<std::int64_t>{3, 4, 6}));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(migration, migrating)

BOOST_DATA_TEST_CASE_F(migrating, database_of_an_older_version_keeps_all_that_it_holds,
                       boost::unit_test::data::xrange(1, last_kept + 1), from) {
  begin_with(from);
  BOOST_REQUIRE_EQUAL(version(), from);
  open();
  BOOST_TEST(version() == newest);
  check_deliveries(from);
  check_consents(from);
  check_the_rest(from);
  check_it_works(from);
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.texts("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  BOOST_TEST(db.texts("PRAGMA foreign_key_check").empty());
}

BOOST_DATA_TEST_CASE_F(migrating, database_of_an_older_version_comes_to_the_tables_of_a_new_one,
                       boost::unit_test::data::xrange(1, last_kept + 1), from) {
  begin_with(from);
  open();
  close();
  auto const brought_up = tables();
  settings.path = folder / "new.db";
  open();
  BOOST_TEST(brought_up == tables(), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(version_that_fails_leaves_those_before_it_done) {
  begin_with(6);
  raw_database(settings.path).execute("CREATE TABLE consumers (in_the_way)"); // of version 8
  BOOST_CHECK_THROW(open(), std::runtime_error);
  BOOST_TEST(version() == 7);
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM tombstones") == 0);
  raw_database(settings.path).execute("DROP TABLE consumers");
  open();
  BOOST_TEST(version() == newest);
}

BOOST_AUTO_TEST_CASE(upgrade_tells_at_each_version_that_it_goes_on_and_a_start_without_one_says_nothing) {
  begin_with(6);
  BOOST_TEST(open_counting() > newest - 6);
  close();
  BOOST_TEST(open_counting() == 0);
}

BOOST_AUTO_TEST_CASE(upgrade_tells_that_it_goes_on_while_one_version_takes_long) {
  begin_with(6);
  raw_database(settings.path)
      .execute("WITH RECURSIVE n (i) AS (SELECT 100 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) "
               "INSERT INTO journal (sequence, type, recorded, consent_id, issuer, kind, flags, document, told, alert, "
               "interaction_id) SELECT i, 8, 0, '', '', 0, 0, i, 0, 0, '' FROM n");
  BOOST_TEST(open_counting() > newest - 6 + 1);
}

BOOST_AUTO_TEST_SUITE_END()
