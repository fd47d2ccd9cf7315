#include "base/time.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace {

using namespace consentd;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

struct reading {
  std::string_view text;
  std::string_view utc;
};

constexpr std::array readings{
    // Contract section 8, 5.
    reading{"2024-03-27T16:27:13+0300", "2024-03-27T13:27:13Z"},
    reading{"2024-03-27T16:27:13+03:00", "2024-03-27T13:27:13Z"},
    reading{"2024-03-27T16:27:13Z", "2024-03-27T16:27:13Z"},
    reading{"2024-03-27T16:27:13.25+0300", "2024-03-27T13:27:13.25Z"},
    reading{"2024-03-27T16:27:13.5Z", "2024-03-27T16:27:13.5Z"},
    // RFC 3339 section 5.8, and its lower-case letters.
    reading{"1985-04-12T23:20:50.52Z", "1985-04-12T23:20:50.52Z"},
    reading{"1996-12-19T16:39:57-08:00", "1996-12-20T00:39:57Z"},
    reading{"1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"},
    reading{"1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"},
    reading{"2024-03-27t16:27:13z", "2024-03-27T16:27:13Z"},
    reading{"2024-03-27T16:27:13-00:00", "2024-03-27T16:27:13Z"},
    // Fractions: cut off after microseconds, not rounded.
    reading{"2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.123456Z"},
    reading{"2024-01-01T00:00:00.9999999999999999999999999999999Z", "2024-01-01T00:00:00.999999Z"},
    reading{"2024-01-01T00:00:00.0000009Z", "2024-01-01T00:00:00Z"},
    reading{"2024-01-01T00:00:00.000Z", "2024-01-01T00:00:00Z"},
    reading{"2024-01-01T00:00:00.000001Z", "2024-01-01T00:00:00.000001Z"},
    // Days of months.
    reading{"2024-02-29T00:00:00Z", "2024-02-29T00:00:00Z"},
    reading{"2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"},
    reading{"2024-12-31T23:59:59Z", "2024-12-31T23:59:59Z"},
    // Offsets and years at their ends.
    reading{"2024-06-15T12:00:00+23:59", "2024-06-14T12:01:00Z"},
    reading{"2024-06-15T12:00:00-2359", "2024-06-16T11:59:00Z"},
    reading{"1970-01-01T00:00:00Z", "1970-01-01T00:00:00Z"},
    reading{"1969-12-31T23:30:00-01:00", "1970-01-01T00:30:00Z"},
    reading{"9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"},
    reading{"9999-12-31T23:59:59+00:01", "9999-12-31T23:58:59Z"},
};

constexpr std::array no_times{
    ""sv,
    "2024"sv,
    "2024-03-27"sv,
    "2024-03-27T16:27:13"sv, // no offset: a time of nowhere
    "2024-03-27T16:27Z"sv,
    "2024-03-27 16:27:13Z"sv,
    "2024-03-27T16:27:13 Z"sv,
    " 2024-03-27T16:27:13Z"sv,
    "2024-03-27T16:27:13Z "sv,
    "2024-03-27T16:27:13Z\0"sv,
    "2024-03-27T16:27:13Z0"sv,
    "2024-03-27T16:27:13\0Z"sv,
    "2024-03-27T16:27:13.Z"sv,
    "2024-03-27T16:27:13,5Z"sv,
    "2024-03-27T16:27:13.-5Z"sv,
    "2024-03-27T16:27:13.5"sv,
    "2024-03-27T16:27:13+3"sv,
    "2024-03-27T16:27:13+03"sv,
    "2024-03-27T16:27:13+030"sv,
    "2024-03-27T16:27:13+03:0"sv,
    "2024-03-27T16:27:13+03:000"sv,
    "2024-03-27T16:27:13+03::00"sv,
    "2024-03-27T16:27:13+-3:00"sv,
    "2024-03-27T16:27:13-+0300"sv,
    "2024-03-27T16:27:1303:00"sv,
    "2024-03-27T16:27:13+24:00"sv,
    "2024-03-27T16:27:13+03:60"sv,
    "2024-03-27T16:27:13\xe2\x88\x92"
    "03:00"sv, // a minus sign that is not the hyphen
    "2024-03-27T24:00:00Z"sv,
    "2024-03-27T16:60:00Z"sv,
    "2024-03-27T16:27:61Z"sv,
    "2024-03-27T16:27:60Z"sv, // leap seconds end a day of UTC
    "1990-12-31T23:59:60-08:00"sv,
    "2024-03-27T1:27:13Z"sv,
    "2024-3-27T16:27:13Z"sv,
    "2024-03-7T16:27:13Z"sv,
    "24-03-27T16:27:13Z"sv,
    "02024-03-27T16:27:13Z"sv,
    "+2024-03-27T16:27:13Z"sv,
    "-2024-03-27T16:27:13Z"sv,
    "20240327T162713Z"sv,
    "2024-00-27T16:27:13Z"sv,
    "2024-13-27T16:27:13Z"sv,
    "2024-03-00T16:27:13Z"sv,
    "2024-03-32T16:27:13Z"sv,
    "2024-04-31T16:27:13Z"sv,
    "2023-02-29T16:27:13Z"sv,
    "1900-02-29T16:27:13Z"sv,
    "2100-02-29T16:27:13Z"sv,
    "2024-W13-3T16:27:13Z"sv,
    "1969-12-31T23:59:59Z"sv,
    "1970-01-01T00:59:59+01:00"sv,
    "0000-01-01T00:00:00Z"sv,
    "9999-12-31T23:59:59-00:01"sv,
    "9999-12-31T23:59:60Z"sv,
    "10000-01-01T00:00:00Z"sv,
    "1711556833"sv,
};

} // namespace

BOOST_AUTO_TEST_SUITE(time_)

BOOST_DATA_TEST_CASE(date_times_become_utc, data::xrange(readings.size()), i) {
  auto const when = parse_date_time(readings[i].text);
  BOOST_REQUIRE_MESSAGE(when.has_value(), readings[i].text);
  BOOST_TEST(format_date_time(*when) == readings[i].utc);
}

BOOST_DATA_TEST_CASE(anything_else_is_no_date_time, data::xrange(no_times.size()), i) {
  BOOST_TEST(!parse_date_time(no_times[i]).has_value(), no_times[i]);
}

BOOST_AUTO_TEST_CASE(seconds_since_the_epoch_are_right) {
  auto const when = parse_date_time("2026-03-27T13:27:13.25Z");
  BOOST_REQUIRE(when.has_value());
  BOOST_TEST(when->time_since_epoch().count() == 1'774'618'033'250'000);
}

BOOST_AUTO_TEST_CASE(every_month_has_its_days) {
  constexpr std::array lengths{31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  for (std::size_t month = 1; month <= lengths.size(); ++month) {
    for (int day = 1; day <= 32; ++day) {
      auto const two = [](auto number) { return (number < 10 ? "0" : "") + std::to_string(number); };
      auto const text = "2023-" + two(month) + "-" + two(day) + "T00:00:00Z";
      BOOST_TEST(parse_date_time(text).has_value() == (day <= lengths[month - 1]), text);
    }
  }
}

BOOST_AUTO_TEST_CASE(times_before_the_epoch_are_still_written_right) {
  BOOST_TEST(format_date_time(timestamp{std::chrono::microseconds{-1}}) == "1969-12-31T23:59:59.999999Z");
}

BOOST_AUTO_TEST_CASE(the_machine_has_a_clock_of_this_century) {
  BOOST_TEST((system_clock().now() > parse_date_time("2024-01-01T00:00:00Z")));
}

BOOST_AUTO_TEST_SUITE_END()
