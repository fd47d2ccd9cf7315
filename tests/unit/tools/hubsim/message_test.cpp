#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tools/hubsim/resource.hpp"
#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

#include <set>
#include <string>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

json::document parse(std::string text) {
  return json::document::parse(std::move(text), {}).value();
}

// Names of the members whose values differ.
std::set<std::string> differing(std::string const& left_text, std::string const& right_text) {
  auto const left = parse(left_text);
  auto const right = parse(right_text);
  std::set<std::string> names;
  for (auto at = left.root().first(); at; at = at->next()) {
    auto const other = right.root().find(at->name());
    if (!other || other->raw() != at->get().raw()) {
      names.emplace(at->name());
    }
  }
  return names;
}

constexpr family families[] = {family::account_access, family::payment, family::insurance};

} // namespace

BOOST_AUTO_TEST_SUITE(messages)

BOOST_AUTO_TEST_CASE(equal_specs_make_equal_messages) {
  for (auto const of : families) {
    BOOST_TEST(make_message(scratch_event(of)) == make_message(scratch_event(of)));
  }
}

BOOST_AUTO_TEST_CASE(events_of_one_consent_differ_only_in_what_an_event_may_change) {
  for (auto const of : families) {
    auto const before = scratch_event(of);
    auto after = before;
    after.status = of == family::payment ? "Consumed" : "Suspended";
    after.status_time += std::chrono::days(40);
    after.event_time += std::chrono::days(40);
    auto const names = differing(make_resource(before), make_resource(after));
    std::set<std::string> allowed{"Status", "StatusUpdateDateTime"};
    if (of == family::payment) {
      allowed.insert("PaymentConsumption");
    }
    BOOST_TEST(names == allowed, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(two_consents_differ_in_what_was_agreed) {
  auto const one = scratch_event(family::payment);
  auto other = one;
  other.consent_id = "consent-2";
  BOOST_TEST(differing(make_resource(one), make_resource(other)).contains("ControlParameters"));
}

BOOST_AUTO_TEST_CASE(payment_times_are_nested_in_the_newest_version_alone) {
  auto spec = scratch_event(family::payment);
  auto const newest = parse(make_resource(spec));
  auto const nested = newest.root().find("StatusUpdateDateTime");
  BOOST_REQUIRE(nested.has_value());
  BOOST_TEST(nested->find_string("StatusUpdateDateTime").value_or("") == "2026-03-27T13:27:13.25Z");
  spec.version = version::v2_0;
  auto const older = parse(make_resource(spec));
  BOOST_TEST(older.root().find_string("StatusUpdateDateTime").value_or("") == "2026-03-27T13:27:13.25Z");
}

BOOST_AUTO_TEST_CASE(consent_without_expiry_has_no_such_member) {
  for (auto const of : families) {
    auto spec = scratch_event(of);
    spec.expiry.reset();
    BOOST_TEST(!parse(make_resource(spec)).root().find("ExpirationDateTime").has_value());
  }
}

BOOST_AUTO_TEST_SUITE_END()
