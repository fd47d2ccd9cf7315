// Every fault that the simulated Hub can make: the answer, the reason on record, and that nothing moved.
#include "tests/support/scene.hpp"

#include "base/interaction_id.hpp"
#include "tools/hubsim/fault.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace consentd;
using namespace std::chrono_literals;

bool is_success(long status) {
  return status / 100 == 2;
}

// The reason that a refused request was logged with. The log is written behind the answer's back, so it is waited for.
std::string logged_reason(tests::scene& of, std::string const& interaction_id) {
  of.daemon().wait_for(interaction_id);
  auto const log = tests::read_text(of.log_file());
  auto const at = log.find(interaction_id);
  auto const begin = log.rfind('\n', at) + 1;
  auto const line = log.substr(begin, log.find('\n', at) - begin);
  auto const name = line.find("reason=");
  return name == std::string::npos ? line : line.substr(name + 7, line.find(' ', name) - name - 7);
}

struct stage {
  tests::scene scene;
  stage() {
    scene.start();
    BOOST_TEST_REQUIRE(scene.announce("target", "account-access", "bank-a").status == 201);
    auto const spec = scene.event(hubsim::family::account_access, "target", "Authorized", system_clock().now() - 30min);
    BOOST_TEST_REQUIRE(scene.send("bank-a", spec).status == 202);
    scene.settle();
  }

  hubsim::event_spec revocation() const {
    return scene.event(hubsim::family::account_access, "target", "Revoked", system_clock().now() - 5min);
  }

  void expect(hubsim::fault const& wrong) {
    BOOST_TEST_CONTEXT("fault " << wrong.name) {
      auto spec = revocation();
      // What goes before a replay must be harmless too, so that "nothing moved" can be seen.
      if (wrong.from_before != hubsim::takes::nothing) {
        spec.status = "Authorized";
      }
      auto const before = scene.status_of("target");
      auto const requests = hubsim::make_requests(scene.hub(), *scene.hub().find("bank-a"), spec, &wrong,
                                                  system_clock().now(), new_uuid());
      for (auto const& each : requests) {
        auto const answer = scene.post(each.request);
        BOOST_TEST(answer.status == static_cast<long>(each.status));
        BOOST_TEST(answer.body.empty());
        if (!each.why) {
          continue;
        }
        auto const name = std::string(to_string(*each.why));
        if (is_success(answer.status)) {
          auto const record = scene.delivery(each.request.interaction_id);
          BOOST_TEST(*record.root().find_string("state") == "quarantined");
          BOOST_TEST(record.root().find_string("reason").value_or("none") == name);
        } else {
          BOOST_TEST(logged_reason(scene, each.request.interaction_id) == name);
        }
      }
      BOOST_TEST(scene.status_of("target") == before);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(refusals, stage)

BOOST_AUTO_TEST_CASE(every_bad_request_gets_its_answer_and_moves_nothing) {
  for (auto const& wrong : hubsim::request_faults()) {
    expect(wrong);
  }
}

BOOST_AUTO_TEST_CASE(every_bad_bearer_is_refused_and_moves_nothing) {
  for (auto const& wrong : hubsim::bearer_faults()) {
    expect(wrong);
  }
}

BOOST_AUTO_TEST_CASE(every_bad_envelope_is_quarantined_with_its_reason) {
  for (auto const& wrong : hubsim::envelope_faults()) {
    expect(wrong);
  }
}

BOOST_AUTO_TEST_CASE(every_bad_event_is_quarantined_with_its_reason) {
  for (auto const& wrong : hubsim::event_faults()) {
    expect(wrong);
  }
}

// The control: what the others differ from by one respect is accepted, by the same daemon, after all of that.
BOOST_AUTO_TEST_CASE(the_good_event_that_the_bad_ones_are_made_of_is_accepted) {
  BOOST_TEST(scene.send("bank-a", revocation()).status == 202);
  scene.settle();
  BOOST_TEST(scene.status_of("target") == "Revoked");
}

BOOST_AUTO_TEST_CASE(refusals_and_quarantine_are_counted) {
  expect(*hubsim::find_fault("bearer-expired"));
  expect(*hubsim::find_fault("tampered-ciphertext"));
  tests::http_client scraper({.ca_file = {}, .unix_socket = {}});
  auto const metrics = scraper.get(scene.operations_url() + "/metrics").body;
  BOOST_TEST(metrics.find(R"(consentd_deliveries_answered_total{reason="bearer-expired",status="401"} 1)") !=
             std::string::npos);
  BOOST_TEST(metrics.find(R"(consentd_quarantined_total{reason="decryption"} 1)") != std::string::npos);
  BOOST_TEST(metrics.find(R"(consentd_events_total{disposition="applied"} 1)") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
