#include "base/time.hpp"
#include "tests/unit/client/canned.hpp"

#include <boost/test/unit_test.hpp>

#include <chrono>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::client::testing;
using client::errc;
using strings = std::vector<std::string>;

namespace {

std::string const state =
    R"("consentId":"c 1","kind":"payment","issuer":"https://a","status":"Authorized",)"
    R"("statusUpdateDateTime":"2026-03-27T13:27:13Z","expirationDateTime":null,"flags":["gap","late"],"place":"e-42")";

template <class T>
client::result<T> read(client::call<T> const& what, std::string body, unsigned status = 200) {
  return what.read({status, "application/json", std::move(body)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(calls)

BOOST_AUTO_TEST_CASE(what_a_target_may_not_hold_is_encoded) {
  BOOST_TEST(client::percent_encode("aZ0-._~") == "aZ0-._~");
  BOOST_TEST(client::percent_encode("https://a?x=1&y#z +\xc3\xa9%") ==
             "https%3A%2F%2Fa%3Fx%3D1%26y%23z%20%2B%C3%A9%25");
  BOOST_TEST(client::usable("a/b?c").asks.target == "/v1/consents/a%2Fb%3Fc/usable");
}

BOOST_AUTO_TEST_CASE(verdict_is_read) {
  auto const made = read(client::usable("c 1"), R"({"consentId":"c 1","usable":false,"reason":"lapsed",)"
                                                R"("asOf":"2026-03-27T13:30:00.25Z","status":"Authorized",)"
                                                R"("expirationDateTime":"2026-03-27T00:00:00Z"})");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->consent_id == "c 1");
  BOOST_TEST(!made->usable);
  BOOST_TEST(made->reason == "lapsed");
  BOOST_TEST(made->status == "Authorized");
  BOOST_TEST((made->expires == parse_date_time("2026-03-27T00:00:00Z")));
  BOOST_TEST((made->as_of == *parse_date_time("2026-03-27T13:30:00.25Z")));
}

// A verdict that is not all there is none: nothing may be taken for usable by a default.
BOOST_AUTO_TEST_CASE(verdict_that_lacks_a_member_is_none) {
  for (
      auto const* const body :
      {"{}", "[]", "",
       R"({"consentId":"c","usable":"true","reason":"usable","asOf":"2026-03-27T13:30:00Z",)"
       R"("status":null,"expirationDateTime":null})",
       R"({"consentId":"c","usable":true,"reason":"usable","asOf":"yesterday","status":null,"expirationDateTime":null})",
       R"({"consentId":"c","usable":true,"reason":"usable","status":null,"expirationDateTime":null})"}) {
    auto const made = read(client::usable("c"), body);
    BOOST_TEST_CONTEXT(body) {
      BOOST_TEST_REQUIRE(made.has_error());
      BOOST_TEST((made.error().code == errc::not_understood));
    }
  }
}

BOOST_AUTO_TEST_CASE(many_verdicts_are_one_call) {
  strings const ids{"a", "b\""};
  auto const what = client::usable(ids);
  BOOST_TEST(what.asks.method == "POST");
  BOOST_TEST(what.asks.target == "/v1/usable");
  BOOST_TEST(*what.asks.json == R"({"consentIds":["a","b\""]})");
  BOOST_TEST(what.asks.repeatable);
  auto const one = std::string(R"({"consentId":"a","usable":true,"reason":"usable","asOf":"2026-03-27T13:30:00Z",)"
                               R"("status":"Authorized","expirationDateTime":"2026-04-27T13:30:00Z"})");
  auto const made = read(what, R"({"consents":[)" + one + "," + one + "]}");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->size() == 2U);
  BOOST_TEST(made->at(1).usable);
  BOOST_TEST(read(what, R"({"consents":[)" + one + ",{}]}").has_error());
}

// Two literals in braces would make one string_view, too: of what lies between their addresses.
BOOST_AUTO_TEST_CASE(texts_in_braces_are_a_list) {
  BOOST_TEST(*client::usable({"c-1", "c-2"}).asks.json == R"({"consentIds":["c-1","c-2"]})");
  BOOST_TEST(*client::usable({"c-1"}).asks.json == R"({"consentIds":["c-1"]})");
  std::string const id = "c-1";
  BOOST_TEST(*client::usable({id, id, "c-2"}).asks.json == R"({"consentIds":["c-1","c-1","c-2"]})");
  BOOST_TEST(client::wait_for("c", {"Authorized", "Rejected"}, std::chrono::seconds(20)).asks.target ==
             "/v1/consents/c?wait_for=Authorized%2CRejected&timeout=20");
}

BOOST_AUTO_TEST_CASE(consent_is_read_and_its_text_kept) {
  auto const made = read(client::get_consent("c 1"), "{" + state + R"(,"resource":{"a":1}})");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->id == "c 1");
  BOOST_TEST(made->kind == "payment");
  BOOST_TEST(made->status == "Authorized");
  BOOST_TEST((made->status_since == parse_date_time("2026-03-27T13:27:13Z")));
  BOOST_TEST(!made->expires.has_value());
  BOOST_TEST(made->flags == (strings{"gap", "late"}), boost::test_tools::per_element());
  BOOST_TEST(made->place == "e-42");
  BOOST_TEST(made->json == "{" + state + R"(,"resource":{"a":1}})");
}

BOOST_AUTO_TEST_CASE(pages_are_asked_for_and_read) {
  client::consent_query wanted;
  wanted.status = "Authorized";
  wanted.updated_after = *parse_date_time("2026-03-27T13:27:13Z");
  wanted.cursor = "x=";
  auto const what = client::list_consents(wanted);
  BOOST_TEST(what.asks.target ==
             "/v1/consents?status=Authorized&updated_after=2026-03-27T13%3A27%3A13Z&limit=100&cursor=x%3D");
  auto const made = read(what, R"({"consents":[{)" + state + R"(}],"nextCursor":null,"place":"e-50"})");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->consents.at(0).id == "c 1");
  BOOST_TEST(made->next_cursor.empty());
  BOOST_TEST(made->place == "e-50");
}

BOOST_AUTO_TEST_CASE(waiting_gives_the_daemon_its_time) {
  strings const statuses{"Authorized", "Rejected"};
  auto const what = client::wait_for("c", statuses, std::chrono::seconds(20));
  BOOST_TEST(what.asks.target == "/v1/consents/c?wait_for=Authorized%2CRejected&timeout=20");
  BOOST_TEST((what.asks.patience == std::chrono::seconds(20)));
  BOOST_TEST((client::wait_for("c", statuses, std::chrono::seconds::max()).asks.patience > std::chrono::hours(24)));
  BOOST_TEST(read(what, "{" + state + R"(,"waited":"reached"})")->reached);
  BOOST_TEST(!read(what, "{" + state + R"(,"waited":"timeout"})")->reached);
}

BOOST_AUTO_TEST_CASE(announcement_is_said_and_its_answer_read) {
  auto const what = client::announce("c", {.kind = "payment", .issuer = "https://a", .base_consent_id = "b"});
  BOOST_TEST(what.asks.method == "PUT");
  BOOST_TEST(*what.asks.json == R"({"kind":"payment","issuer":"https://a","baseConsentId":"b"})");
  auto const made = read(what, "{" + state + R"(,"releasedEvents":2})", 201);
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->is_new);
  BOOST_TEST(made->released_events == 2U);
  BOOST_TEST(!read(what, "{" + state + R"(,"releasedEvents":0})")->is_new);
  BOOST_TEST(read(what, "{" + state + R"(,"releasedEvents":-1})").has_error());
}

BOOST_AUTO_TEST_CASE(history_and_resources_are_read) {
  auto const history = read(client::get_history("c"),
                            R"({"consentId":"c","history":[{"place":"e-1","type":"announced","status":null,)"
                            R"("previousStatus":null,"recordedAt":"2026-03-27T13:27:13Z"}],"nextCursor":"n"})");
  BOOST_TEST_REQUIRE(history.has_value());
  BOOST_TEST(history->entries.at(0).type == "announced");
  BOOST_TEST(history->next_cursor == "n");
  auto const what = client::get_resource("payment", "p/1", "https://a");
  BOOST_TEST(what.asks.target == "/v1/resources/payment/p%2F1?issuer=https%3A%2F%2Fa");
  auto const paid = read(what, R"({"family":"payment","resourceId":"p/1","issuer":"https://a","consentId":"c",)"
                               R"("status":"Pending","place":"e-3"})");
  BOOST_TEST_REQUIRE(paid.has_value());
  BOOST_TEST(paid->consent_id == "c");
}

BOOST_AUTO_TEST_CASE(consumers_are_kept_moved_and_read) {
  auto const kept = client::keep_consumer("a b", {.kind = "payment"}, "latest");
  BOOST_TEST(kept.asks.target == "/v1/consumers/a%20b");
  BOOST_TEST(*kept.asks.json == R"({"kind":"payment","after":"latest"})");
  BOOST_TEST(*client::acknowledge("a", "e-1").asks.json == R"({"place":"e-1"})");
  BOOST_TEST(*client::seek("a", "earliest").asks.json == R"({"place":"earliest"})");
  BOOST_TEST(*client::seek("a", *parse_date_time("2026-03-27T13:27:13Z")).asks.json ==
             R"({"time":"2026-03-27T13:27:13Z"})");
  BOOST_TEST(client::pause("a").asks.target == "/v1/consumers/a/pause");
  BOOST_TEST(client::remove_consumer("a").asks.method == "DELETE");
  auto const one = std::string(R"({"name":"a","place":"e-4","lagEntries":3,"lagSeconds":1.5,"paused":false,)"
                               R"("connected":true})");
  auto const made = read(client::list_consumers(), R"({"consumers":[)" + one + "]}");
  BOOST_TEST_REQUIRE(made.has_value());
  BOOST_TEST(made->at(0).lag_entries == 3U);
  BOOST_TEST(made->at(0).lag.count() == 1.5);
  BOOST_TEST(made->at(0).connected);
}

BOOST_AUTO_TEST_SUITE_END()
