#include "app/key_calendar.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace std::chrono_literals;
using app::end_watch;
using notice = app::end_watch::notice;

namespace {

timestamp const end = parse_date_time("2026-06-30T00:00:00Z").value();

app::dated key(std::string const& name, std::optional<timestamp> not_after = end) {
  return {"tls-certificate", name, not_after};
}

// What is said of that one key so long before its end.
notice said(end_watch& watch, std::chrono::microseconds before) {
  auto const due = watch.due({key("a")}, end - before);
  BOOST_REQUIRE(due.size() <= 1U);
  return due.empty() ? notice::none : due.front().second;
}

} // namespace

BOOST_AUTO_TEST_SUITE(end_of_a_key)

BOOST_AUTO_TEST_CASE(is_said_30_and_7_and_1_days_before_and_when_it_comes_each_once) {
  end_watch watch;
  constexpr auto day = std::chrono::days(1);
  BOOST_TEST((said(watch, 30 * day + 1us) == notice::none));
  BOOST_TEST((said(watch, 30 * day) == notice::month));
  BOOST_TEST((said(watch, 20 * day) == notice::none));
  BOOST_TEST((said(watch, 7 * day + 1us) == notice::none));
  BOOST_TEST((said(watch, 7 * day) == notice::week));
  BOOST_TEST((said(watch, 1 * day + 1us) == notice::none));
  BOOST_TEST((said(watch, 1 * day) == notice::day));
  BOOST_TEST((said(watch, 1us) == notice::none));
  BOOST_TEST((said(watch, 0us) == notice::ended));
  BOOST_TEST((said(watch, -30 * day) == notice::none));
}

BOOST_AUTO_TEST_CASE(that_is_near_when_it_is_first_seen_is_said_as_near_as_it_is) {
  end_watch watch;
  BOOST_TEST((said(watch, 2 * std::chrono::days(1)) == notice::week));
  end_watch late;
  BOOST_TEST((said(late, -1us) == notice::ended));
}

BOOST_AUTO_TEST_CASE(that_was_put_off_is_said_anew) {
  end_watch watch;
  auto const now = end - 5 * std::chrono::days(1);
  BOOST_TEST(watch.due({key("a")}, now).size() == 1U);
  BOOST_TEST(watch.due({key("a", end + 365 * std::chrono::days(1))}, now).empty());
  BOOST_TEST(watch.due({key("a")}, now).size() == 1U);
}

BOOST_AUTO_TEST_CASE(is_said_of_each_by_itself_and_never_of_what_has_none) {
  end_watch watch;
  auto const now = end - 5 * std::chrono::days(1);
  BOOST_TEST(watch.due({key("a"), key("b"), key("c", std::nullopt)}, now).size() == 2U);
  BOOST_TEST(watch.due({key("a"), key("b"), key("d")}, now).size() == 1U);
  // One that was gone for a while counts as new.
  BOOST_TEST(watch.due({key("b")}, now).empty());
  BOOST_TEST(watch.due({key("a"), key("b")}, now).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
