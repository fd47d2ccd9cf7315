// What becomes of the journal, of records and of consents that ended, once they are older than the settings keep them.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <thread>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

constexpr std::chrono::days kept{10};
constexpr std::chrono::hours just_over = kept + std::chrono::hours(1);

consent::report with_resource(consent::report event, std::string const& text) {
  event.resource = R"({"Text":")" + text + "\"}";
  event.resource_digest = sha256(event.resource);
  return event;
}

consent::resource_report payment_of(std::string const& id, std::string const& consent_id) {
  consent::resource_report made;
  made.issuer = bank;
  made.family = consent::resource_family::payment;
  made.id = id;
  made.consent_id = consent_id;
  made.status = consent::resource_status::pending;
  made.status_time = noon();
  made.event_time = noon();
  made.resource = R"({"PaymentId":")" + id + "\"}";
  made.resource_digest = sha256(made.resource);
  return made;
}

struct retention_fixture : store_fixture {
  retention_fixture() {
    settings.history_for = std::chrono::days(1000);
    settings.ended_consents_for = kept;
    open();
  }

  void authorize(std::string const& id, consent::kind kind = consent::kind::account_access) {
    announce(id, bank, kind, noon() + std::chrono::days(3000));
    auto event = with_resource(report_of(id, status::authorized, 1), "authorized " + id);
    event.kind = kind;
    BOOST_TEST(word(settle(event)) == "applied");
  }
  void revoke(std::string const& id, consent::kind kind = consent::kind::account_access) {
    auto event = with_resource(report_of(id, status::revoked, 2), "revoked " + id);
    event.kind = kind;
    BOOST_TEST(word(settle(event)) == "applied");
  }
  // Any write takes what is due along.
  void write_something() { announce("written-" + std::to_string(++written_)); }
  // Ended and removed: only its tombstone is left.
  void remove(std::string const& id) {
    authorize(id);
    revoke(id);
    now.advance(just_over);
    write_something();
    BOOST_REQUIRE(!find(id));
  }
  std::string settle_payment(std::string const& id, std::string const& consent_id) {
    store::resource_settlement made;
    made.delivery = append("a body");
    BOOST_REQUIRE(take_ids(1) == std::vector{made.delivery});
    made.token.issuer = bank;
    made.token.expires = noon() + std::chrono::minutes(5);
    made.token.jws_kid = "their-key";
    made.report = payment_of(id, consent_id);
    auto became = await(store->settle(std::move(made)));
    BOOST_REQUIRE(became);
    return word(*became);
  }
  std::int64_t rows(std::string const& sql) { return raw_database(settings.path).integer(sql); }
  std::vector<std::string> documents() {
    return raw_database(settings.path).texts("SELECT json FROM documents ORDER BY json");
  }
  // Instead of consents.
  void keep_history_short() {
    settings.history_for = kept;
    settings.ended_consents_for = std::chrono::days(1000);
    reopen();
  }

private:
  int written_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(ended_consents, retention_fixture)

BOOST_AUTO_TEST_CASE(ended_consent_is_removed_after_its_time_and_not_before) {
  authorize("c");
  revoke("c");
  now.advance(kept - std::chrono::seconds(1));
  write_something();
  BOOST_TEST(find("c").has_value());
  now.advance(std::chrono::seconds(1));
  write_something();
  BOOST_TEST(!find("c").has_value());
  // Its resources went with it, and the count follows, also over a restart.
  BOOST_TEST(documents().empty());
  BOOST_TEST(count().consents == 2U);
  reopen();
  BOOST_TEST(count().consents == 2U);
}

BOOST_AUTO_TEST_CASE(removal_needs_no_write_of_anybody) {
  authorize("c");
  revoke("c");
  now.advance(just_over);
  while (find("c")) { // the store's own turns, about one a second
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(count().consents == 0U);
}

BOOST_AUTO_TEST_CASE(live_consent_is_never_removed) {
  authorize("c");
  announce("d");
  now.advance(std::chrono::days(900));
  write_something();
  BOOST_TEST(find("c").has_value());
  BOOST_TEST(find("d").has_value());
}

BOOST_AUTO_TEST_CASE(what_comes_of_an_ended_consent_puts_its_removal_off) {
  authorize("c");
  revoke("c");
  now.advance(kept - std::chrono::hours(1));
  BOOST_TEST(word(settle(with_resource(report_of("c", status::revoked, 60), "news"))) == "updated");
  now.advance(std::chrono::hours(2));
  write_something();
  BOOST_TEST(find("c").has_value());
  now.advance(kept);
  write_something();
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(contested_consent_waits_for_its_operator) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  reopen();
  settle(report_of("c", status::authorized, 1));
  auto foreign = report_of("c", status::authorized, 2);
  foreign.issuer = other_bank;
  BOOST_TEST(word(settle(foreign)) == "issuer-mismatch");
  settle(report_of("c", status::revoked, 3));
  now.advance(just_over);
  write_something();
  BOOST_TEST(find("c").has_value());
}

BOOST_AUTO_TEST_CASE(old_event_raises_no_consent_that_was_removed) {
  remove("c");
  auto const before = store->extent().last;
  BOOST_TEST(word(settle(with_resource(report_of("c", status::authorized, 1), "old, and not the same"))) == "stale");
  BOOST_TEST(!find("c").has_value());
  // It is in the history all the same, and nobody is told.
  BOOST_TEST(store->extent().last == before + 1);
  BOOST_TEST(told().back().consent_id != "c");
}

BOOST_AUTO_TEST_CASE(newer_event_raises_no_consent_that_was_removed_and_is_an_alert) {
  remove("c");
  BOOST_TEST(word(settle(report_of("c", status::authorized, 100))) == "refused");
  BOOST_TEST(!find("c").has_value());
  auto const history = await(store->history("c", 0, 100)).value();
  BOOST_TEST(history.back().alert);
  BOOST_TEST((history.back().status == status::revoked));
  BOOST_TEST((history.back().reported == status::authorized));
}

BOOST_AUTO_TEST_CASE(no_event_raises_a_removed_consent_where_the_first_event_binds) {
  settings.unknown = store::sqlite::unknown_consents::bind;
  reopen();
  remove("c");
  for (auto const at : {0, 1, 2, 100}) {
    for (auto const each : {status::awaiting_authorization, status::authorized, status::suspended, status::revoked}) {
      settle(report_of("c", each, at));
      BOOST_TEST(!find("c").has_value());
    }
  }
  auto deletion = report_of("c", status::authorized, 200);
  deletion.what = consent::change::deleted;
  BOOST_TEST(word(settle(deletion)) == "deleted");
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(deleted_consent_leaves_a_tombstone_whatever_its_status) {
  authorize("c");
  auto deletion = report_of("c", status::authorized, 2);
  deletion.what = consent::change::deleted;
  BOOST_TEST(word(settle(deletion)) == "deleted");
  now.advance(just_over);
  write_something();
  BOOST_TEST(!find("c").has_value());
  BOOST_TEST(word(settle(report_of("c", status::authorized, 50))) == "stale");
  BOOST_TEST(word(settle(report_of("c", status::suspended, 60))) == "stale");
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(removed_consent_cannot_be_announced_anew) {
  remove("c");
  store::announcement asked;
  asked.consent_id = "c";
  asked.kind = consent::kind::account_access;
  asked.issuer = bank;
  auto const refused = await(store->announce(asked));
  BOOST_REQUIRE(!refused);
  BOOST_TEST((refused.error().code == reason::conflict));
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(another_issuers_event_about_a_removed_consent_is_quarantined) {
  remove("c");
  auto foreign = report_of("c", status::authorized, 100);
  foreign.issuer = other_bank;
  BOOST_TEST(word(settle(foreign)) == "issuer-mismatch");
  auto of_other_kind = report_of("c", status::authorized, 100);
  of_other_kind.kind = consent::kind::insurance;
  BOOST_TEST(word(settle(of_other_kind)) == "kind-mismatch");
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(expired_event_about_a_removed_consent_is_quarantined_and_not_held) {
  remove("c");
  auto late = settlement_of(append("a body"), report_of("c", status::revoked, 100));
  take_ids(1);
  late.expired = true;
  BOOST_TEST(word(settle(std::move(late))) == "expired");
}

BOOST_AUTO_TEST_CASE(payment_goes_with_its_consent_and_may_still_end_after_it) {
  authorize("c", consent::kind::payment);
  BOOST_TEST(settle_payment("p", "c") == "applied");
  revoke("c", consent::kind::payment);
  now.advance(just_over);
  write_something();
  BOOST_TEST(documents().empty());
  BOOST_TEST(rows("SELECT count(*) FROM resources") == 0);
  BOOST_TEST(settle_payment("q", "c") == "applied");
}

BOOST_AUTO_TEST_CASE(what_came_after_the_removal_is_erased_on_request) {
  remove("c");
  settle(with_resource(report_of("c", status::authorized, 1), "of a person"));
  BOOST_TEST(documents().size() == 1U);
  auto const done = await(store->erase("c", 1000)).value();
  BOOST_REQUIRE(done);
  BOOST_TEST(done->resources == 1U);
  BOOST_TEST(documents().empty());
  BOOST_TEST(!find("c").has_value());
}

BOOST_AUTO_TEST_CASE(tombstone_does_not_show_which_consent_it_is_of) {
  remove("urn:a-consent-that-nobody-may-guess");
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.integer("SELECT count(*) FROM tombstones") == 1);
  BOOST_TEST(db.integer("SELECT length(id) FROM tombstones") == 16);
  BOOST_TEST(db.integer("SELECT length(value) FROM meta WHERE name = 'tombstone_key'") == 32);
  // Not even by its hash: whoever can guess ids would have to have the key.
  auto const plain = sha256("urn:a-consent-that-nobody-may-guess");
  std::string literal = "x'";
  for (auto const byte : as_bytes(plain).substr(0, 16)) {
    constexpr std::string_view digits = "0123456789abcdef";
    auto const value = static_cast<unsigned char>(byte);
    literal += {digits[value >> 4U], digits[value & 15U]};
  }
  BOOST_TEST(db.integer("SELECT count(*) FROM tombstones WHERE id = " + literal + "'") == 0);
}

BOOST_AUTO_TEST_CASE(tombstones_of_two_databases_cannot_be_compared) {
  remove("c");
  close();
  auto const here = raw_database(settings.path).texts("SELECT hex(id) FROM tombstones");
  settings.path = folder / "another.db";
  open();
  remove("c");
  close();
  BOOST_TEST(here != raw_database(settings.path).texts("SELECT hex(id) FROM tombstones"));
}

BOOST_AUTO_TEST_CASE(thousands_that_fall_due_at_once_all_go) {
  constexpr int consents = 300;
  for (int i = 0; i < consents; ++i) {
    auto const id = "c-" + std::to_string(i);
    announce(id);
    settle(report_of(id, status::revoked, 1));
  }
  now.advance(just_over);
  while (count().consents > 0) { // two of the store's own turns
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  BOOST_TEST(rows("SELECT count(*) FROM tombstones") == consents);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(old_journal, retention_fixture)

BOOST_AUTO_TEST_CASE(old_entries_go_from_the_head_and_the_extent_says_so) {
  keep_history_short();
  authorize("c"); // 1 and 2
  now.advance(kept - std::chrono::hours(1));
  BOOST_TEST(word(settle(report_of("c", status::suspended, 10))) == "applied"); // 3
  BOOST_TEST(store->extent().pruned == 0U);
  now.advance(std::chrono::hours(1));
  write_something(); // 4
  BOOST_TEST(store->extent().pruned == 2U);
  BOOST_TEST(told().front().sequence == 3U);
  reopen();
  BOOST_TEST(store->extent().pruned == 2U);
  BOOST_TEST(store->extent().last == 4U);
}

BOOST_AUTO_TEST_CASE(numbers_go_on_when_the_whole_journal_is_gone) {
  keep_history_short();
  authorize("c");
  auto const last = store->extent().last;
  now.advance(just_over);
  while (store->extent().pruned < last) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  reopen();
  BOOST_TEST(store->extent().last == last);
  announce("d");
  BOOST_TEST(told().back().sequence == last + 1);
}

BOOST_AUTO_TEST_CASE(resource_stays_while_its_consent_stands_with_it_and_goes_when_that_moves) {
  keep_history_short();
  authorize("c");
  now.advance(just_over);
  write_something();
  BOOST_REQUIRE(store->extent().pruned == 2U);
  BOOST_TEST(documents() == std::vector<std::string>{R"({"Text":"authorized c"})"}, boost::test_tools::per_element());
  BOOST_TEST(find("c")->state.resource == R"({"Text":"authorized c"})");
  revoke("c");
  BOOST_TEST(documents() == std::vector<std::string>{R"({"Text":"revoked c"})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(resource_stays_while_a_younger_entry_has_it) {
  keep_history_short();
  authorize("c");
  revoke("c");
  now.advance(kept - std::chrono::hours(1));
  // A redelivery: its entry has the resource of the first one.
  BOOST_TEST(word(settle(with_resource(report_of("c", status::authorized, 1), "authorized c"))) == "duplicate");
  now.advance(std::chrono::hours(2));
  write_something();
  BOOST_TEST(documents().size() == 2U);
  now.advance(kept);
  write_something();
  BOOST_TEST(documents() == std::vector<std::string>{R"({"Text":"revoked c"})"}, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(payments_resource_stays_while_it_stands_there) {
  keep_history_short();
  announce("c", bank, consent::kind::payment);
  BOOST_TEST(settle_payment("p", "c") == "applied");
  now.advance(just_over);
  write_something();
  BOOST_REQUIRE(store->extent().pruned == 2U);
  BOOST_TEST(rows("SELECT count(*) FROM resource_entries") == 0);
  BOOST_TEST(documents().size() == 1U);
}

BOOST_AUTO_TEST_CASE(records_of_deliveries_go_with_the_journal_but_not_while_quarantine_or_evidence_needs_them) {
  settings.evidence_bytes = 1024ULL * 1024;
  settings.evidence_for = std::chrono::days(1000);
  keep_history_short();
  authorize("c"); // delivery 1
  auto with_evidence = settlement_of(append("a body"), report_of("c", status::suspended, 5));
  take_ids(1);
  with_evidence.token.original = {"a.b.c", "{}"};
  settle(std::move(with_evidence)); // 2
  auto foreign = report_of("c", status::revoked, 9);
  foreign.issuer = other_bank;
  BOOST_TEST(word(settle(foreign)) == "issuer-mismatch"); // 3
  now.advance(just_over);
  write_something();
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.texts("SELECT id FROM deliveries ORDER BY id") == (std::vector<std::string>{"2", "3"}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()
