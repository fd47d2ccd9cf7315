// From a verified token, and what identifies a message.
#include "events/event.hpp"

#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::events {
namespace {

using namespace fixture;

jose::signed_event token(std::string_view payload, std::optional<std::string> iss = std::string(issuer)) {
  jose::registered_claims claims;
  claims.iss = std::move(iss);
  return {std::move(claims), parsed(payload), "header.payload.signature", "jwe-kid", "jws-kid", false};
}

std::string claims_with(std::string_view message) {
  return R"({"iss":"https://claimed.example","message":)" + std::string(message) + "}";
}

digest message_digest(std::string_view text) {
  return read(text).value().message_digest;
}
digest resource_digest(std::string_view text) {
  return read(text).value().report.resource_digest;
}

} // namespace

BOOST_AUTO_TEST_SUITE(verified_events)

BOOST_AUTO_TEST_CASE(a_verified_token_becomes_an_event_of_its_issuer) {
  auto const event = std::get<consent_event>(read_event(token(claims_with(insurance_v21))).value());
  BOOST_TEST(event.report.issuer == issuer);
  BOOST_TEST(event.report.consent_id == "ins-9");
  BOOST_CHECK(event.message_digest == message_digest(insurance_v21));
}

BOOST_AUTO_TEST_CASE(a_token_without_a_message_is_malformed) {
  for (auto const* payload : {"{}", R"({"message":null})", R"({"message":"{}"})", R"({"message":[]})"}) {
    auto const refused = read_event(token(payload));
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::claims_malformed);
  }
}

BOOST_AUTO_TEST_CASE(a_token_without_an_issuer_binds_nothing) {
  for (auto const& iss : {std::optional<std::string>(), std::optional<std::string>("")}) {
    auto const refused = read_event(token(claims_with(insurance_v21), iss));
    BOOST_REQUIRE(!refused);
    BOOST_CHECK(refused.error().code == reason::claims_malformed);
  }
}

BOOST_AUTO_TEST_CASE(layout_and_order_of_members_do_not_change_a_message) {
  auto const* const meta = R"({"ConsentId":"c","EventType":"Resource.Updated","EventResource":"",
"EventDateTime":"2026-03-27T13:27:14Z"})";
  auto const* const data = R"({"Permissions":["ReadBalances"],"StatusUpdateDateTime":"2026-03-27T13:27:13Z",
"Status":"Authorized","ConsentId":"c"})";
  auto const one = std::string(R"({"Meta":)") + meta + R"(,"Data":)" + data + "}";
  auto const other = R"({ "Data" : {"ConsentId":"c", "Status":"Authorized",
      "StatusUpdateDateTime":"2026-03-27T13:27:13Z","Permissions" : [ "ReadBalances" ] },
      "Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventResource":"","EventType":"Resource.Updated","ConsentId":"c"}})";
  BOOST_CHECK(message_digest(one) == message_digest(other));
  BOOST_CHECK(resource_digest(one) == resource_digest(other));
}

BOOST_AUTO_TEST_CASE(every_difference_changes_the_message) {
  auto const plain = message_digest(insurance_v21);
  auto const meta = with(insurance_v21, "2026-03-27T13:27:14Z", "2026-03-27T13:27:15Z");
  BOOST_CHECK(message_digest(meta) != plain);
  BOOST_CHECK(resource_digest(meta) == resource_digest(insurance_v21));
  auto const data = with(insurance_v21, "ClaimHistory", "Other");
  BOOST_CHECK(message_digest(data) != plain);
  BOOST_CHECK(resource_digest(data) != resource_digest(insurance_v21));
  // Outside Data and Meta, too.
  auto const beside = with(insurance_v21, R"("Data":)", R"("Links": {}, "Data":)");
  BOOST_CHECK(message_digest(beside) != plain);
  BOOST_CHECK(resource_digest(beside) == resource_digest(insurance_v21));
  // The same moment written otherwise is another text, and so another resource.
  auto const offset = with(insurance_v21, "2026-03-27T13:27:13Z", "2026-03-27T17:27:13+0400");
  BOOST_CHECK(resource_digest(offset) != resource_digest(insurance_v21));
  BOOST_CHECK(read(offset)->report.status_time == read(insurance_v21)->report.status_time);
}

BOOST_AUTO_TEST_CASE(an_absent_resource_has_the_digest_of_nothing) {
  auto const bare =
      R"({"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Deleted","ConsentId":"c"}})";
  BOOST_CHECK(resource_digest(bare) == sha256({}));
  BOOST_TEST(read(bare)->report.resource.empty());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
