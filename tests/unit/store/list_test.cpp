// What it costs to list consents, and that a bound on it hides none.
#include "store/sqlite/reads.hpp"
#include "store/sqlite/start.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <sqlite3.h>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

using texts = std::vector<std::string>;

constexpr int consents = 100'000;
constexpr int most_examined = 2000;

struct crowd : store_fixture {
  // Half of them bound to one bank and authorized, half to another and suspended, in turn; each has a resource.
  crowd() {
    open();
    close();
    raw_database db(settings.path);
    auto const time = std::to_string(noon().time_since_epoch().count());
    db.execute("WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < " +
               std::to_string(consents - 1) +
               ") INSERT INTO consents (id, issuer, kind, bound, status, expiry, flags, document, resource_digest, "
               "sequence, created, updated) SELECT printf('c-%06d', i), CASE i % 2 WHEN 0 THEN '" +
               std::string(bank) + "' ELSE '" + std::string(other_bank) + "' END, 1, 1, 2 + i % 2, " + time +
               " + 1, 0, 1, zeroblob(32), 1, " + time + ", " + time + " FROM n");
    db.execute("INSERT INTO documents VALUES (1, '{}')");
    open();
  }

  void set(std::string const& what, std::string const& of) {
    raw_database(settings.path).execute("UPDATE consents SET " + what + " WHERE " + of);
  }

  struct walk {
    texts ids;
    int pages = 0;
    int longest = 0; // steps of SQLite's machine that the worst page took
  };
  // Page after page to the end.
  walk list(store::consent_filter const& filter, std::size_t limit = 100) const {
    auto on = store::sqlite::open_for_reading(settings.path);
    int steps = 0;
    sqlite3_progress_handler(on.handle(), 1, count_step, &steps);
    walk done;
    std::optional<std::string> next = std::string();
    while (next && done.pages <= consents) {
      steps = 0;
      auto page = store::sqlite::list_consents(on, filter, *next, limit);
      done.longest = std::max(done.longest, steps);
      ++done.pages;
      BOOST_TEST(page.consents.size() <= limit);
      BOOST_TEST((!page.next || *page.next > *next)); // it leads on
      for (auto const& one : page.consents) {
        done.ids.push_back(one.state.consent_id);
      }
      next = std::move(page.next);
    }
    return done;
  }

private:
  static int count_step(void* steps) {
    ++*static_cast<int*>(steps);
    return 0;
  }
};

store::consent_filter suspended_of(std::string_view issuer) {
  store::consent_filter made;
  made.issuer = issuer;
  made.status = status::suspended;
  return made;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(list, crowd)

BOOST_AUTO_TEST_CASE(page_looks_at_a_bounded_number_of_consents_whatever_it_finds) {
  // No column without an index, two indexes that are both dense, and times that lie on the other side of all.
  std::vector<store::consent_filter> filters(5);
  filters[0].kind = consent::kind::insurance;
  filters[1] = suspended_of(bank);
  filters[2].status = status::authorized;
  filters[2].kind = consent::kind::payment;
  filters[2].expires_before = noon() + std::chrono::hours(1);
  filters[3].updated_after = noon();
  filters[4].expires_before = noon() + std::chrono::hours(1);
  filters[4].updated_after = noon();
  for (auto const& filter : filters) {
    BOOST_TEST_CONTEXT("filter " << &filter - filters.data()) {
      auto const done = list(filter);
      BOOST_TEST(done.ids.empty());
      BOOST_TEST(done.longest < most_examined * 60); // a few looks at each, some ten steps to a look
      BOOST_TEST(done.pages >= consents / 2 / most_examined);
      BOOST_TEST(done.pages <= consents / most_examined + 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_match_is_found_behind_pages_that_have_none) {
  texts const rare{"c-000007", "c-031000", "c-031001", "c-031002", "c-099999"};
  for (auto const& id : rare) {
    set("kind = 3", "id = '" + id + "'");
  }
  store::consent_filter insurances;
  insurances.kind = consent::kind::insurance;
  for (auto const limit : {1U, 2U, 100U}) {
    BOOST_TEST(list(insurances, limit).ids == rare, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(of_two_dense_indexes_the_one_that_gets_further_is_taken) {
  set("status = 3", "issuer = '" + std::string(bank) + "' AND id LIKE '%0'"); // 10,000 of 50,000
  set("status = 2", "issuer <> '" + std::string(bank) + "'");
  auto const done = list(suspended_of(bank), 1000);
  BOOST_TEST(done.ids.size() == 10'000U);
  BOOST_TEST(done.pages <= 11); // along the issuer it would be 25
}

BOOST_AUTO_TEST_CASE(rows_of_a_list_come_without_their_resources) {
  auto const page = await(store->list({}, "", 3));
  BOOST_REQUIRE(page);
  BOOST_REQUIRE_EQUAL(page->consents.size(), 3U);
  for (auto const& one : page->consents) {
    BOOST_TEST(one.state.resource.empty());
  }
  BOOST_TEST(find("c-000000")->state.resource == "{}");
  BOOST_TEST(page->next.value() == "c-000002");
}

BOOST_AUTO_TEST_SUITE_END()
