// How far processing lags, beside the state that is judged.
#include "store/sqlite/reads.hpp"
#include "store/sqlite/start.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>

using namespace consentd;
using namespace consentd::test;
using store::sqlite::inbox_change;

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

namespace {

// Binds the consent between the two looks of find_standing(), as an event of it does that comes just then.
struct binding {
  std::string const& path;
  store::sqlite::worklist& inbox;
  bool done = false;

  void happen() {
    if (std::exchange(done, true)) {
      return;
    }
    raw_database(path).execute("INSERT INTO consents (id, issuer, kind, bound, status, flags, resource_digest, "
                               "sequence, created, updated) VALUES ('c', '" +
                               std::string(bank) + "', 1, 2, 2, 0, zeroblob(32), 1, 1, 1)");
    inbox.apply({{inbox_change::what::waits_for_keys, {}, std::string(bank)}});
  }
  static int after_a_statement(unsigned /*what*/, void* self, void* /*statement*/, void* /*took*/) {
    static_cast<binding*>(self)->happen();
    return 0;
  }
};

} // namespace

BOOST_AUTO_TEST_CASE(consent_that_is_bound_meanwhile_is_judged_by_its_issuers_backlog) {
  open();
  store::sqlite::hand_file marks(folder / "marks");
  store::sqlite::worklist inbox(marks);
  auto on = store::sqlite::open_for_reading(settings.path);
  binding meanwhile{settings.path, inbox};
  sqlite3_trace_v2(on.handle(), SQLITE_TRACE_PROFILE, binding::after_a_statement, &meanwhile);
  auto const met = store::sqlite::find_standing(on, inbox, "c");
  BOOST_TEST(meanwhile.done);
  BOOST_TEST_REQUIRE(met.consent.has_value());
  BOOST_TEST(met.consent->state.issuer == bank);
  BOOST_TEST(met.backlog.issuer_waits_for_keys);
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
