#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <unistd.h>

using namespace consentd;
using namespace consentd::localapi;
using consentd::localapi::testing::at;

BOOST_FIXTURE_TEST_SUITE(deliveries_over_the_socket, testing::fixture)

BOOST_AUTO_TEST_CASE(quarantine_lists_newest_first_without_bodies_and_shows_one_with_its_body) {
  std::vector<std::int64_t> kept;
  for (int i = 0; i < 3; ++i) {
    auto const id = deliver(new_interaction_id(), "a.b.c.d." + std::to_string(i));
    quarantine(id, {i == 1 ? reason::signature : reason::issuer_mismatch, "bound to another"}, testing::issuer_b,
               "c-9");
    kept.push_back(id);
  }
  auto const first = json_of(get("/v1/quarantine?limit=2"));
  auto const rows = first.root().find("quarantine");
  BOOST_TEST_REQUIRE(rows->size() == 2U);
  auto const newest = rows->first()->get();
  BOOST_TEST(newest.find("deliveryId")->integer().value() == kept[2]);
  BOOST_TEST(newest.find_string("reason").value() == "issuer-mismatch");
  BOOST_TEST(newest.find_string("detail").value() == "bound to another");
  BOOST_TEST(newest.find_string("claimedIssuer").value() == testing::issuer_b);
  BOOST_TEST(newest.find_string("claimedConsentId").value() == "c-9");
  BOOST_TEST(newest.find("bodyBytes")->integer().value() == 9);
  BOOST_TEST(!newest.find("body").has_value());
  auto const cursor = std::string(first.root().find_string("nextCursor").value());
  auto const second = json_of(get("/v1/quarantine?limit=2&cursor=" + cursor));
  BOOST_TEST(second.root().find("quarantine")->size() == 1U);
  BOOST_TEST((second.root().find("nextCursor")->type() == json::type::null));

  auto const one = json_of(get("/v1/quarantine/" + std::to_string(kept[0])));
  BOOST_TEST(one.root().find_string("body").value() == "a.b.c.d.0");
  auto const by_reason = json_of(get("/v1/quarantine?reason=signature"));
  BOOST_TEST(by_reason.root().find("quarantine")->size() == 1U);
  BOOST_TEST(by_reason.root().find("quarantine")->first()->get().find("deliveryId")->integer().value() == kept[1]);
}

BOOST_AUTO_TEST_CASE(quarantine_refuses_what_it_does_not_know) {
  BOOST_TEST(field_of_problem(get("/v1/quarantine/7"), 404, "not-found") == "delivery_id");
  for (auto const* id : {"x", "-1", "007", "99999999999999999999", "1.5"}) {
    BOOST_TEST(field_of_problem(get(std::string("/v1/quarantine/") + id), 400, "invalid-argument") == "delivery_id",
               id);
    BOOST_TEST(field_of_problem(get(std::string("/v1/deliveries/") + id), 400, "invalid-argument") == "delivery_id",
               id);
  }
  BOOST_TEST(field_of_problem(get("/v1/quarantine?reason=bad-luck"), 400, "invalid-argument") == "reason");
  BOOST_TEST(field_of_problem(get("/v1/quarantine?limit=1001"), 400, "invalid-argument") == "limit");
}

BOOST_AUTO_TEST_CASE(retry_puts_a_delivery_back_and_shows_its_record) {
  auto const interaction = new_interaction_id();
  auto const id = deliver(interaction, "a.b.c.d.body");
  quarantine(id, {reason::unknown_issuer, "not configured"}, testing::issuer_b, "");
  auto const path = "/v1/quarantine/" + std::to_string(id);
  auto const record = json_of(call("POST", path + "/retry"));
  BOOST_TEST(record.root().find("deliveryId")->integer().value() == id);
  BOOST_TEST(record.root().find_string("interactionId").value() == interaction);
  BOOST_TEST(record.root().find_string("state").value() == "pending");
  BOOST_TEST((record.root().find("reason")->type() == json::type::null));
  BOOST_TEST(record.root().find("attempts")->integer().value() == 1);
  BOOST_TEST((record.root().find("repeatsDeliveryId")->type() == json::type::null));
  BOOST_TEST(field_of_problem(call("POST", path + "/retry"), 404, "not-found") == "delivery_id");
  auto const again = run(store().take(10));
  BOOST_TEST_REQUIRE(again.size() == 1U);
  BOOST_TEST(again[0].body == "a.b.c.d.body");
}

BOOST_AUTO_TEST_CASE(final_reasons_are_a_conflict_that_says_why) {
  for (auto const why : {reason::replay, reason::signature, reason::expired}) {
    auto const id = deliver(new_interaction_id());
    quarantine(id, {why, ""}, "", "");
    auto const told = call("POST", "/v1/quarantine/" + std::to_string(id) + "/retry");
    field_of_problem(told, 409, "conflict");
    BOOST_TEST(told.body.find(std::string(meaning(why)).substr(0, 30)) != std::string::npos, told.body);
  }
}

BOOST_AUTO_TEST_CASE(dropping_takes_it_out_and_leaves_the_record) {
  auto const id = deliver(new_interaction_id());
  quarantine(id, {reason::signature, "does not hold"}, "", "");
  auto const path = "/v1/quarantine/" + std::to_string(id);
  auto const record = json_of(call("DELETE", path));
  BOOST_TEST(record.root().find_string("state").value() == "dropped");
  BOOST_TEST(record.root().find_string("reason").value() == "signature");
  field_of_problem(get(path), 404, "not-found");
  field_of_problem(call("DELETE", path), 404, "not-found");
  BOOST_TEST(field_of_problem(call("DELETE", "/v1/quarantine/x"), 400, "invalid-argument") == "delivery_id");
  BOOST_TEST(field_of_problem(call("POST", "/v1/quarantine/x/retry"), 400, "invalid-argument") == "delivery_id");
}

BOOST_AUTO_TEST_CASE(who_had_something_done_is_listed_newest_first_in_pages) {
  auto const id = deliver(new_interaction_id());
  quarantine(id, {reason::signature, ""}, "", "");
  json_of(call("DELETE", "/v1/quarantine/" + std::to_string(id)));
  json_of(call("PUT", "/v1/consumers/a", {"Content-Type: application/json"}, "{}"), 201);
  json_of(call("POST", "/v1/reload"));
  auto const first = json_of(get("/v1/operations?limit=2"));
  auto const rows = first.root().find("operations").value();
  BOOST_TEST_REQUIRE(rows.size() == 2U);
  auto const newest = rows.first()->get();
  BOOST_TEST(newest.find_string("operation").value() == "reload");
  BOOST_TEST((newest.find("subject")->type() == json::type::null));
  BOOST_TEST(newest.find_string("recordedAt").value() == "2026-03-27T12:00:00Z");
  auto const me = std::to_string(::geteuid());
  BOOST_TEST(std::to_string(newest.find("uid")->integer().value()) == me);
  BOOST_TEST(rows.first()->next()->get().find_string("subject").value() == "a");
  auto const cursor = std::string(first.root().find_string("nextCursor").value());
  auto const second = json_of(get("/v1/operations?limit=2&cursor=" + cursor));
  BOOST_TEST(second.root().find("operations")->size() == 1U);
  BOOST_TEST((second.root().find("nextCursor")->type() == json::type::null));
  auto const dropped =
      json_of(get("/v1/operations?operation=drop-delivery&uid=" + me + "&subject=" + std::to_string(id)));
  BOOST_TEST(dropped.root().find("operations")->size() == 1U);
  BOOST_TEST(json_of(get("/v1/operations?uid=4294967295")).root().find("operations")->size() == 0U);
  BOOST_TEST(field_of_problem(get("/v1/operations?operation=sing"), 400, "invalid-argument") == "operation");
  BOOST_TEST(field_of_problem(get("/v1/operations?uid=-1"), 400, "invalid-argument") == "uid");
  BOOST_TEST(field_of_problem(get("/v1/operations?uid=4294967296"), 400, "invalid-argument") == "uid");
  BOOST_TEST(field_of_problem(get("/v1/operations?cursor=x"), 400, "invalid-argument") == "cursor");
}

BOOST_AUTO_TEST_CASE(deliveries_are_found_by_interaction_id_whatever_became_of_them) {
  announce("c-1");
  auto const decided = event("c-1", consent::status::authorized, at("2026-03-27T11:59:00Z"));
  auto const shown = json_of(get("/v1/deliveries/" + std::to_string(decided)));
  std::string const interaction(shown.root().find_string("interactionId").value());
  auto const again = deliver(interaction);
  quarantine(again, {reason::decryption, "does not open"}, "", "");
  auto const pending = deliver(interaction);

  auto const found = json_of(get("/v1/deliveries?interaction_id=" + interaction));
  auto const rows = found.root().find("deliveries");
  BOOST_TEST_REQUIRE(rows->size() == 3U);
  auto const first = rows->first()->get();
  BOOST_TEST(first.find("deliveryId")->integer().value() == decided);
  BOOST_TEST(first.find_string("state").value() == "decided");
  BOOST_TEST(first.find_string("disposition").value() == "applied");
  BOOST_TEST(first.find_string("consentId").value() == "c-1");
  BOOST_TEST(first.find_string("place").has_value());
  auto const second = rows->first()->next()->get();
  BOOST_TEST(second.find("deliveryId")->integer().value() == again);
  BOOST_TEST(second.find_string("state").value() == "quarantined");
  BOOST_TEST(second.find_string("reason").value() == "decryption");
  auto const third = rows->first()->next()->next()->get();
  BOOST_TEST(third.find("deliveryId")->integer().value() == pending);
  BOOST_TEST(third.find_string("state").value() == "pending");
}

BOOST_AUTO_TEST_CASE(an_interaction_id_is_required_and_must_be_one) {
  BOOST_TEST(field_of_problem(get("/v1/deliveries"), 400, "invalid-argument") == "interaction_id");
  BOOST_TEST(field_of_problem(get("/v1/deliveries?interaction_id=7"), 400, "invalid-argument") == "interaction_id");
  auto const none = json_of(get("/v1/deliveries?interaction_id=" + new_interaction_id()));
  BOOST_TEST(none.root().find("deliveries")->size() == 0U);
  BOOST_TEST(field_of_problem(get("/v1/deliveries/7"), 404, "not-found") == "delivery_id");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(status_over_the_socket, testing::fixture)

BOOST_AUTO_TEST_CASE(status_tells_what_the_daemon_knows_of_itself) {
  announce("c-1");
  auto const delivery = deliver(new_interaction_id());
  quarantine(delivery, {reason::signature, "does not hold"}, "", "");
  deliver(new_interaction_id());
  auto const read = json_of(get("/v1/status"));
  auto const root = read.root();
  BOOST_TEST(root.find_string("version").value() == "0.1.0-test");
  BOOST_TEST(root.find_string("startedAt").value() == "2026-03-27T11:00:00Z");
  BOOST_TEST(root.find("uptimeSeconds")->integer().value() == 3600);
  BOOST_TEST(root.find("consents")->integer().value() == 1);
  BOOST_TEST(root.find("quarantined")->integer().value() == 1);
  auto const inbox = root.find("inbox").value();
  BOOST_TEST(inbox.find("pending")->integer().value() == 1);
  BOOST_TEST(inbox.find_string("oldestPendingAt").value() == "2026-03-27T12:00:00Z");
  BOOST_TEST(inbox.find("behind")->boolean().value() == false);
  auto const extent = store().extent();
  BOOST_TEST(root.find("journal")->find_string("place").value() == extent.epoch + "-" + std::to_string(extent.last));
  auto const keys = root.find("keys").value();
  BOOST_TEST_REQUIRE(keys.size() == 2U);
  BOOST_TEST(keys.first()->get().find_string("notAfter").value() == "2027-01-01T00:00:00Z");
  BOOST_TEST((keys.first()->next()->get().find("notAfter")->type() == json::type::null));
  time().advance(std::chrono::seconds(61));
  BOOST_TEST(json_of(get("/v1/status")).root().find("inbox")->find("behind")->boolean().value() == true);
}

BOOST_AUTO_TEST_CASE(every_refusal_is_problem_details) {
  field_of_problem(get("/v1/nothing"), 404, "path-unknown");
  auto const method = call("DELETE", "/v1/consents/c-1");
  field_of_problem(method, 405, "method-not-allowed");
  BOOST_TEST(method.fields.at("allow") == "GET, HEAD, PUT");
  BOOST_TEST(field_of_problem(get("/v1/status", {"Accept: text/html"}), 406, "not-acceptable") == "Accept");
  field_of_problem(get("/v1/consents/%zz"), 400, "request-malformed");
  field_of_problem(get("/v1/status", {"X-Long: " + std::string(20000, 'x')}), 431, "header-too-large");
}

BOOST_AUTO_TEST_SUITE_END()
