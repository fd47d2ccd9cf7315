#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tests/unit/tools/hubsim/verdict.hpp"
#include "tools/hubsim/fault.hpp"

#include <boost/test/unit_test.hpp>

#include <set>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

std::vector<expected_request> make(fault const* wrong, family of = family::payment) {
  auto const& by = scratch_deployment();
  return make_requests(by, *by.find("bank-a"), scratch_event(of), wrong, scratch_now(), "interaction");
}

// The state of the consent that scratch_event() is about, as announced for bank-a.
consent::state announced(consent::kind kind) {
  consent::state state;
  state.consent_id = "consent-1";
  state.issuer = scratch_deployment().find("bank-a")->id;
  state.kind = kind;
  return state;
}

// Everything up to the decision, which is where a wrong issuer or kind shows.
result<consent::decision> judge_to_the_end(request const& what, consent::kind kind) {
  auto event = judge_event(scratch_deployment(), what, scratch_now());
  if (!event) {
    return event.error();
  }
  return consent::decide(announced(kind), event->report, scratch_now(), false);
}

} // namespace

BOOST_AUTO_TEST_SUITE(faults)

BOOST_AUTO_TEST_CASE(every_fault_has_a_name_of_its_own_and_can_be_found_by_it) {
  std::set<std::string_view> names;
  for (auto const* each : all_faults()) {
    BOOST_TEST(names.insert(each->name).second, each->name);
    BOOST_TEST(find_fault(each->name) == each);
    BOOST_TEST(!each->description.empty());
  }
  BOOST_TEST(find_fault("no-such-fault") == nullptr);
}

BOOST_AUTO_TEST_CASE(without_a_fault_the_daemon_accepts_bearer_and_event) {
  auto const made = make(nullptr);
  BOOST_REQUIRE_EQUAL(made.size(), 1);
  BOOST_TEST(judge_bearer(scratch_deployment(), made[0].request, scratch_now()).has_value());
  BOOST_TEST(judge_to_the_end(made[0].request, consent::kind::payment).has_value());
}

BOOST_AUTO_TEST_CASE(every_bad_bearer_fails_for_the_reason_that_it_announces) {
  for (auto const& each : bearer_faults()) {
    if (each.from_before != takes::nothing) {
      continue;
    }
    BOOST_TEST_CONTEXT(each.name) {
      auto const made = make(&each);
      auto const verdict = judge_bearer(scratch_deployment(), made.back().request, scratch_now());
      BOOST_REQUIRE(verdict.has_error());
      BOOST_TEST(to_string(verdict.error().code) == to_string(each.why));
      BOOST_TEST(each.status == 401);
      // Nothing but the bearer is wrong.
      BOOST_TEST(judge_to_the_end(made.back().request, consent::kind::payment).has_value());
    }
  }
}

BOOST_AUTO_TEST_CASE(every_bad_event_fails_for_the_reason_that_it_announces) {
  for (auto const group : {envelope_faults(), event_faults()}) {
    for (auto const& each : group) {
      if (each.from_before != takes::nothing) {
        continue;
      }
      for (auto const kind : {family::account_access, family::payment, family::insurance}) {
        BOOST_TEST_CONTEXT(each.name << " of " << to_string(kind)) {
          auto const made = make(&each, kind);
          auto const verdict = judge_to_the_end(made.back().request, consent::parse_kind(to_string(kind)).value());
          BOOST_REQUIRE(verdict.has_error());
          BOOST_TEST(to_string(verdict.error().code) == to_string(each.why));
          BOOST_TEST(each.status == 202);
          BOOST_TEST(judge_bearer(scratch_deployment(), made.back().request, scratch_now()).has_value());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(bodies_that_are_no_jwe_are_refused_at_the_door) {
  for (auto const* name : {"not-a-jwe", "jws-as-body"}) {
    auto const verdict = judge_event(scratch_deployment(), make(find_fault(name)).back().request, scratch_now());
    BOOST_REQUIRE(verdict.has_error());
    BOOST_TEST(to_string(verdict.error().code) == to_string(reason::not_a_jwe));
  }
}

BOOST_AUTO_TEST_CASE(spent_bearer_comes_with_another_event_that_would_hold_by_itself) {
  auto const made = make(find_fault("bearer-spent"));
  BOOST_REQUIRE_EQUAL(made.size(), 2);
  BOOST_TEST(*made[0].request.bearer == *made[1].request.bearer);
  BOOST_TEST(made[0].request.body != made[1].request.body);
  BOOST_TEST(!made[0].why.has_value());
  auto const second = judge_event(scratch_deployment(), made[1].request, scratch_now());
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST(second->report.consent_id == "consent-1");
  BOOST_TEST((second->report.status == consent::status::revoked));
}

BOOST_AUTO_TEST_CASE(jti_replay_carries_another_message_under_a_fresh_bearer) {
  auto const made = make(find_fault("jti-replay"));
  BOOST_REQUIRE_EQUAL(made.size(), 2);
  BOOST_TEST(*made[0].request.bearer != *made[1].request.bearer);
  BOOST_TEST(made[0].spec.jti == made[1].spec.jti);
  auto const first = judge_event(scratch_deployment(), made[0].request, scratch_now());
  auto const second = judge_event(scratch_deployment(), made[1].request, scratch_now());
  BOOST_REQUIRE(first.has_value());
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((first->message_digest != second->message_digest));
}

BOOST_AUTO_TEST_CASE(oversized_body_is_larger_than_the_default_limit) {
  BOOST_TEST(make(find_fault("oversized-body")).back().request.body.size() > 262144);
}

BOOST_AUTO_TEST_SUITE_END()
