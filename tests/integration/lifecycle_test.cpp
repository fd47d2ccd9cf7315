// The way of one event through the real daemon: HTTPS in, state and push out.
#include "tests/support/scene.hpp"

#include "base/interaction_id.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

namespace {

using namespace consentd;
using namespace std::chrono_literals;
using hubsim::family;

timestamp ago(std::chrono::seconds by) {
  return system_clock().now() - by;
}

std::string disposition_of(tests::scene& of, hubsim::request const& sent) {
  auto const record = of.delivery(sent.interaction_id);
  return std::string(record.root().find_string("disposition").value_or("none"));
}

std::string reason_of(tests::scene& of, hubsim::request const& sent) {
  auto const record = of.delivery(sent.interaction_id);
  return std::string(record.root().find_string("reason").value_or("none"));
}

bool is_usable(tests::scene& of, std::string const& consent_id) {
  return of.get("/v1/consents/" + consent_id + "/usable").root().find("usable")->boolean().value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(lifecycle)

BOOST_AUTO_TEST_CASE(announced_consents_of_every_kind_follow_their_events) {
  tests::scene scene;
  scene.start();
  struct life {
    family of;
    std::string kind;
    std::string issuer;
    std::string end;
  };
  for (auto const& one : {life{family::account_access, "account-access", "bank-a", "Revoked"},
                          life{family::payment, "payment", "bank-b", "Consumed"},
                          life{family::insurance, "insurance", "insurer", "Expired"}}) {
    auto const id = "life-" + one.kind;
    BOOST_TEST(scene.announce(id, one.kind, one.issuer).status == 201);
    BOOST_TEST(!is_usable(scene, id));
    auto step = 600s;
    for (auto const& status : {std::string("AwaitingAuthorization"), std::string("Authorized"),
                               std::string("Suspended"), std::string("Authorized"), one.end}) {
      auto const request = scene.request(one.issuer, scene.event(one.of, id, status, ago(step)));
      auto const answer = scene.post(request);
      BOOST_TEST(answer.status == 202);
      BOOST_TEST(answer.body.empty());
      BOOST_TEST(answer.fields.at("x-fapi-interaction-id") == request.interaction_id);
      BOOST_TEST(disposition_of(scene, request) == "applied");
      BOOST_TEST(scene.status_of(id) == status);
      BOOST_TEST(is_usable(scene, id) == (status == "Authorized"));
      step -= 60s;
    }
  }
  BOOST_TEST(scene.stop() == 0);
}

BOOST_AUTO_TEST_CASE(an_event_before_its_announcement_waits_and_is_applied_by_itself) {
  tests::scene scene;
  scene.start();
  auto const request = scene.request("bank-a", scene.event(family::account_access, "early", "Authorized", ago(60s)));
  BOOST_TEST(scene.post(request).status == 202);
  BOOST_TEST(*scene.delivery(request.interaction_id).root().find_string("state") == "waiting-for-consent");
  BOOST_TEST(scene.api("GET", "/v1/consents/early").status == 404);
  // It waits on disk, not in memory.
  BOOST_TEST(scene.stop() == 0);
  scene.start();
  BOOST_TEST(scene.announce("early", "account-access", "bank-a").status == 201);
  scene.settle();
  BOOST_TEST(disposition_of(scene, request) == "applied");
  BOOST_TEST(scene.status_of("early") == "Authorized");
}

BOOST_AUTO_TEST_CASE(bind_mode_binds_the_first_verified_event_to_its_issuer) {
  tests::scene scene;
  scene.edit_settings(R"(unknown_consents = "hold")", R"(unknown_consents = "bind")");
  scene.start();
  auto const first = scene.request("bank-a", scene.event(family::account_access, "bound", "Authorized", ago(60s)));
  BOOST_TEST(scene.post(first).status == 202);
  BOOST_TEST(disposition_of(scene, first) == "applied");
  auto const other = scene.request("bank-b", scene.event(family::account_access, "bound", "Revoked", ago(30s)));
  BOOST_TEST(scene.post(other).status == 202);
  BOOST_TEST(reason_of(scene, other) == "issuer-mismatch");
  BOOST_TEST(scene.status_of("bound") == "Authorized");
}

BOOST_AUTO_TEST_CASE(an_event_of_another_issuer_moves_nothing) {
  tests::scene scene;
  scene.start();
  BOOST_TEST(scene.announce("mine", "account-access", "bank-a").status == 201);
  auto const other = scene.request("bank-b", scene.event(family::account_access, "mine", "Authorized", ago(60s)));
  BOOST_TEST(scene.post(other).status == 202);
  BOOST_TEST(reason_of(scene, other) == "issuer-mismatch");
  BOOST_TEST(scene.status_of("mine").empty());
}

BOOST_AUTO_TEST_CASE(redelivered_event_is_applied_once) {
  tests::scene scene;
  scene.start();
  BOOST_TEST(scene.announce("twice", "payment", "bank-b").status == 201);
  auto spec = scene.event(family::payment, "twice", "Authorized", ago(60s));
  auto const first = scene.request("bank-b", spec);
  BOOST_TEST(scene.post(first).status == 202);
  BOOST_TEST(disposition_of(scene, first) == "applied");
  // The very same request: our answer may have been lost.
  BOOST_TEST(scene.post(first).status == 202);
  // Signed and encrypted anew.
  auto const again = scene.request("bank-b", spec);
  BOOST_TEST(scene.post(again).status == 202);
  BOOST_TEST(disposition_of(scene, again) == "duplicate");
  auto const history = scene.get("/v1/consents/twice/history");
  std::size_t applied = 0;
  for (auto item = history.root().find("history")->first(); item; item = item->next()) {
    applied += item->get().find_string("disposition") == "applied" ? 1U : 0U;
  }
  BOOST_TEST(applied == 1U);
}

BOOST_AUTO_TEST_CASE(a_spent_bearer_token_carries_no_other_body) {
  tests::scene scene;
  scene.start();
  auto const first = scene.request("bank-a", scene.event(family::account_access, "spent", "Authorized", ago(60s)));
  auto second = scene.request("bank-a", scene.event(family::account_access, "spent", "Revoked", ago(30s)));
  second.bearer = first.bearer;
  BOOST_TEST(scene.post(first).status == 202);
  auto const refused = scene.post(second);
  BOOST_TEST(refused.status == 401);
  BOOST_TEST(refused.fields.at("www-authenticate") == R"(Bearer error="invalid_token")");
  // Also by a daemon that has forgotten everything but its disk.
  scene.kill();
  scene.start();
  BOOST_TEST(scene.post(second).status == 401);
  BOOST_TEST(scene.post(first).status == 202);
}

BOOST_AUTO_TEST_CASE(state_and_places_outlive_a_restart) {
  tests::scene scene;
  scene.start();
  BOOST_TEST(scene.announce("kept", "account-access", "bank-a").status == 201);
  BOOST_TEST(scene.send("bank-a", scene.event(family::account_access, "kept", "Authorized", ago(60s))).status == 202);
  scene.settle();
  auto const before = scene.api("GET", "/v1/consents/kept").body;
  BOOST_TEST(scene.stop() == 0);
  scene.start();
  BOOST_TEST(scene.api("GET", "/v1/consents/kept").body == before);
}

BOOST_AUTO_TEST_CASE(a_subscriber_resumes_without_gap_or_double) {
  tests::scene scene;
  scene.start();
  BOOST_TEST(scene.announce("stream", "account-access", "bank-a").status == 201);
  auto const follow = [&scene](std::string const& from, std::string const& file) {
    std::vector<std::string> arguments{"curl", "-sN", "--unix-socket", scene.socket(), "http://localhost/v1/events"};
    if (!from.empty()) {
      arguments.insert(arguments.end(), {"-H", "Last-Event-ID: " + from});
    }
    return tests::process(arguments, scene.folder() + "/" + file);
  };
  auto first = follow("", "first");
  BOOST_TEST(scene.send("bank-a", scene.event(family::account_access, "stream", "Authorized", ago(90s))).status == 202);
  first.wait_for(R"("status":"Authorized")");
  first.signal(9);
  first.wait();
  auto const seen = first.output();
  auto const last_id = seen.rfind("\nid: ");
  BOOST_REQUIRE(last_id != std::string::npos);
  auto const place = seen.substr(last_id + 5, seen.find('\n', last_id + 1) - last_id - 5);
  // While nobody listens.
  BOOST_TEST(scene.send("bank-a", scene.event(family::account_access, "stream", "Suspended", ago(60s))).status == 202);
  scene.settle();
  auto second = follow(place, "second");
  second.wait_for(R"("status":"Suspended")");
  // While somebody does.
  BOOST_TEST(scene.send("bank-a", scene.event(family::account_access, "stream", "Revoked", ago(30s))).status == 202);
  second.wait_for(R"("status":"Revoked")");
  auto const resumed = second.output();
  BOOST_TEST(resumed.find(R"("status":"Authorized")") == std::string::npos);
  BOOST_TEST(resumed.find(R"("status":"Suspended")") == resumed.rfind(R"("status":"Suspended")"));
}

BOOST_AUTO_TEST_CASE(key_sets_come_over_verified_https_and_events_wait_for_them) {
  tests::scene scene;
  // The issuer's keys from hubsim's endpoint, which is not there yet.
  auto const port = std::to_string(20000 + static_cast<int>(::getpid()) % 12000);
  scene.edit_settings(R"(jwks_file = "jwks/bank-a.json")", "jwks_url = \"https://127.0.0.1:" + port + "/bank-a/jwks\"");
  scene.start();
  BOOST_TEST(scene.announce("late-keys", "account-access", "bank-a").status == 201);
  auto const request =
      scene.request("bank-a", scene.event(family::account_access, "late-keys", "Authorized", ago(60s)));
  BOOST_TEST(scene.post(request).status == 202);
  BOOST_TEST(*scene.delivery(request.interaction_id).root().find_string("state") == "waiting-for-keys");
  BOOST_TEST(*scene.get("/v1/consents/late-keys/usable").root().find("usable")->boolean() == false);
  auto const set_up = tests::read_text(scene.folder() + "/hubsim.json");
  auto const serve_on = set_up.find("127.0.0.1:9443");
  tests::write_text(scene.folder() + "/hubsim.json", std::string(set_up).replace(serve_on, 14, "127.0.0.1:" + port));
  tests::process hub({tests::program("consent-hubsim"), "serve", scene.folder()}, scene.folder() + "/hub.log");
  scene.settle();
  while (*scene.delivery(request.interaction_id).root().find_string("state") == "waiting-for-keys") {
    BOOST_REQUIRE_MESSAGE(hub.running(), hub.output());
    ::usleep(20000);
  }
  BOOST_TEST(disposition_of(scene, request) == "applied");
}

BOOST_AUTO_TEST_SUITE_END()
