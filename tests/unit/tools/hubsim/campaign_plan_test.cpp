#include "consent/decision.hpp"
#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tests/unit/tools/hubsim/verdict.hpp"
#include "tools/hubsim/campaign.hpp"

#include <boost/test/unit_test.hpp>

#include <map>
#include <set>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

campaign_options options(std::uint64_t events, std::uint64_t consents, std::uint64_t seed = 7) {
  campaign_options how;
  how.events = events;
  how.consents = consents;
  how.seed = seed;
  return how;
}

} // namespace

BOOST_AUTO_TEST_SUITE(campaign_plan)

BOOST_AUTO_TEST_CASE(stream_is_the_same_for_the_same_seed_and_another_for_another) {
  auto const& by = scratch_deployment();
  for (std::uint64_t number = 0; number != 50; ++number) {
    auto const one = plan_campaign_event(by, options(50, 10), number);
    auto const same = plan_campaign_event(by, options(50, 10), number);
    auto const other = plan_campaign_event(by, options(50, 10, 8), number);
    BOOST_TEST(one.interaction_id == same.interaction_id);
    BOOST_TEST(make_message(one.spec) == make_message(same.spec));
    BOOST_TEST(one.spec.jti == same.spec.jti);
    BOOST_TEST(one.spec.consent_id != other.spec.consent_id);
    BOOST_TEST(one.interaction_id != other.interaction_id);
  }
}

BOOST_AUTO_TEST_CASE(no_two_events_share_an_id) {
  std::set<std::string> ids;
  for (std::uint64_t number = 0; number != 200; ++number) {
    auto const made = plan_campaign_event(scratch_deployment(), options(200, 20), number);
    BOOST_TEST(ids.insert(made.interaction_id).second);
    BOOST_TEST(ids.insert(made.spec.jti).second);
  }
}

// What a kill test counts on: each event of a campaign that nothing disturbs is applied, and every life ends.
BOOST_AUTO_TEST_CASE(every_event_in_order_is_applied_and_every_consent_ends) {
  auto const& by = scratch_deployment();
  auto const how = options(77, 11);
  std::map<std::string, consent::state> states;
  for (std::uint64_t number = 0; number != how.events; ++number) {
    auto const event = plan_campaign_event(by, how, number);
    auto const made = make_request(plan_request(by, *event.from, event.spec, scratch_now(), event.interaction_id));
    auto const read = judge_event(by, made, scratch_now());
    BOOST_REQUIRE(read.has_value());
    auto const known = states.find(event.spec.consent_id);
    auto const before = known == states.end() ? std::nullopt : std::optional(known->second);
    auto const decided = consent::decide(before, read->report, scratch_now(), false);
    BOOST_REQUIRE(decided.has_value());
    BOOST_TEST((decided->disposition == consent::disposition::applied), number);
    states[event.spec.consent_id] = decided->after;
  }
  BOOST_TEST(states.size() == 11U);
  for (auto const& [id, state] : states) {
    BOOST_TEST(consent::is_terminal(*state.status), id);
  }
}

BOOST_AUTO_TEST_CASE(listed_consents_are_those_of_the_stream) {
  auto const how = options(30, 10);
  std::ostringstream listed;
  list_campaign_consents(scratch_deployment(), how, listed);
  for (std::uint64_t number = 0; number != how.events; ++number) {
    auto const event = plan_campaign_event(scratch_deployment(), how, number);
    auto const line = "{\"consent_id\":\"" + event.spec.consent_id + "\",\"kind\":\"" +
                      std::string(to_string(event.spec.family)) + "\",\"issuer\":\"" + event.from->id + "\"}\n";
    BOOST_TEST(listed.str().find(line) != std::string::npos, line);
  }
}

BOOST_AUTO_TEST_CASE(campaign_with_fewer_consents_than_connections_is_refused) {
  auto how = options(30, 3);
  std::ostringstream summary;
  BOOST_TEST(run_campaign(scratch_deployment(), how, summary).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
