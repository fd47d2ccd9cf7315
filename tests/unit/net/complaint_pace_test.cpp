#include "net/complaint_pace.hpp"

#include <boost/test/unit_test.hpp>

using consentd::net::complaint_pace;

BOOST_AUTO_TEST_SUITE(complaints)

BOOST_AUTO_TEST_CASE(are_heard_once_a_minute_with_the_number_that_was_kept_back) {
  complaint_pace pace{1};
  complaint_pace::time_point const start{};
  BOOST_TEST(pace.count(0, start) == 1U);
  BOOST_TEST(pace.count(0, start) == 0U);
  BOOST_TEST(pace.count(0, start + complaint_pace::pause - std::chrono::nanoseconds{1}) == 0U);
  BOOST_TEST(pace.count(0, start + complaint_pace::pause) == 3U);
  BOOST_TEST(pace.count(0, start + complaint_pace::pause) == 0U);
  BOOST_TEST(pace.count(0, start + 2 * complaint_pace::pause) == 2U);
}

BOOST_AUTO_TEST_CASE(are_heard_as_often_in_a_minute_as_was_said) {
  complaint_pace pace{1, 3};
  complaint_pace::time_point const start{};
  for (int each = 0; each < 3; ++each) {
    BOOST_TEST(pace.count(0, start + each * std::chrono::seconds{10}) == 1U);
  }
  BOOST_TEST(pace.count(0, start + std::chrono::seconds{40}) == 0U);
  BOOST_TEST(pace.count(0, start + complaint_pace::pause) == 2U);
  BOOST_TEST(pace.count(0, start + complaint_pace::pause) == 1U);
}

BOOST_AUTO_TEST_CASE(of_one_kind_do_not_silence_another) {
  complaint_pace pace{2};
  complaint_pace::time_point const start{};
  BOOST_TEST(pace.count(0, start) == 1U);
  BOOST_TEST(pace.count(1, start) == 1U);
  BOOST_TEST(pace.count(0, start) == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
