#include "ingress/rate_limit.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(rate_limits)

BOOST_AUTO_TEST_CASE(no_second_has_more_than_the_limit_wherever_it_begins) {
  ingress::rate_limit limit(2);
  ingress::rate_limit::time_point const start{};
  BOOST_TEST(limit.admit(start + 900ms));
  BOOST_TEST(limit.admit(start + 950ms));
  BOOST_TEST(!limit.admit(start + 1000ms)); // another second by the clock, not by the limit
  BOOST_TEST(!limit.admit(start + 1899ms));
  BOOST_TEST(limit.admit(start + 1900ms));
  BOOST_TEST(!limit.admit(start + 1949ms));
  BOOST_TEST(limit.admit(start + 1950ms));
}

BOOST_AUTO_TEST_CASE(refused_ones_do_not_count) {
  ingress::rate_limit limit(1);
  ingress::rate_limit::time_point const start{};
  BOOST_TEST(limit.admit(start));
  for (auto at = 1ms; at < 1000ms; at += 1ms) {
    BOOST_TEST(!limit.admit(start + at));
  }
  BOOST_TEST(limit.admit(start + 1000ms));
}

BOOST_AUTO_TEST_CASE(limit_of_none_admits_none) {
  ingress::rate_limit limit(0);
  BOOST_TEST(!limit.admit({}));
}

BOOST_AUTO_TEST_SUITE_END()
