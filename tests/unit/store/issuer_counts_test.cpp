#include "store/sqlite/issuer_counts.hpp"

#include "store/sqlite/facts.hpp"

#include <boost/test/unit_test.hpp>

using consentd::store::sqlite::counts;

BOOST_AUTO_TEST_SUITE(issuer_counts)

BOOST_AUTO_TEST_CASE(counts_that_are_taken_aside_copy_no_issuer) {
  counts now;
  now.waiting_by_issuer.add_one("a");
  auto const aside = now;
  BOOST_TEST(&aside.waiting_by_issuer.all() == &now.waiting_by_issuer.all());
}

BOOST_AUTO_TEST_CASE(counts_that_were_taken_aside_stay_as_they_were) {
  counts now;
  now.waiting_by_issuer.add_one("a");
  now.waiting_by_issuer.add_one("a");
  auto const aside = now;
  BOOST_TEST((now == aside));
  now.waiting_by_issuer.add_one("b");
  now.waiting_by_issuer.remove("a");
  BOOST_TEST(aside.waiting_by_issuer.of("a") == 2U);
  BOOST_TEST(aside.waiting_by_issuer.of("b") == 0U);
  BOOST_TEST(now.waiting_by_issuer.of("a") == 0U);
  BOOST_TEST(now.waiting_by_issuer.of("b") == 1U);
  BOOST_TEST(!(now == aside));
  now = aside;
  BOOST_TEST((now == aside));
}

BOOST_AUTO_TEST_SUITE_END()
