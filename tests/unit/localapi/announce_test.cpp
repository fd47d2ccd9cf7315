#include "localapi/announce.hpp"
#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;
using consentd::localapi::testing::at;

namespace {

std::string const good = R"({"kind":"payment","issuer":"https://bank-a.example"})";

problem refused(std::string const& body) {
  auto const read = read_announcement("c-1", body);
  BOOST_TEST_REQUIRE(read.has_error(), body);
  return read.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(announcing)

BOOST_AUTO_TEST_CASE(all_members_are_read) {
  auto const read = read_announcement(
      "c-1",
      R"({"kind":"insurance","issuer":"i","expirationDateTime":"2026-12-31T03:00:00+03:00","baseConsentId":"c-0"})");
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST((read->kind == consent::kind::insurance));
  BOOST_TEST((read->expiry == at("2026-12-31T00:00:00Z")));
  BOOST_TEST(read->base_consent_id.value() == "c-0");
}

BOOST_AUTO_TEST_CASE(unknown_members_are_refused_by_name) {
  auto const wrong = refused(R"({"kind":"payment","issuer":"i","expirationDatetime":"2026-12-31T00:00:00Z"})");
  BOOST_TEST((wrong.kind == problem_kind::invalid_argument));
  BOOST_TEST(wrong.field == "expirationDatetime");
}

BOOST_AUTO_TEST_CASE(missing_members_are_named) {
  BOOST_TEST(refused(R"({"issuer":"i"})").field == "kind");
  BOOST_TEST(refused(R"({"kind":"payment"})").field == "issuer");
}

BOOST_AUTO_TEST_CASE(wrong_values_are_named) {
  BOOST_TEST(refused(R"({"kind":"Payment","issuer":"i"})").field == "kind");
  BOOST_TEST(refused(R"({"kind":7,"issuer":"i"})").field == "kind");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":""})").field == "issuer");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":")" + std::string(513, 'i') + R"("})").field == "issuer");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":"i","expirationDateTime":"tomorrow"})").field ==
             "expirationDateTime");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":"i","expirationDateTime":null})").field == "expirationDateTime");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":"i","baseConsentId":"../x"})").field == "baseConsentId");
  BOOST_TEST(refused(R"({"kind":"payment","issuer":"i","baseConsentId":"c-1"})").field == "baseConsentId");
}

BOOST_AUTO_TEST_CASE(an_issuer_at_the_limit_is_taken) {
  BOOST_TEST(read_announcement("c-1", R"({"kind":"payment","issuer":")" + std::string(512, 'i') + R"("})").has_value());
}

BOOST_AUTO_TEST_CASE(bodies_that_are_no_object_are_malformed) {
  for (auto const* body : {"", "[]", "7", "{", R"({"kind":"payment","kind":"payment","issuer":"i"})", "\xff"}) {
    BOOST_TEST((refused(body).kind == problem_kind::request_malformed), body);
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(announcing_over_the_socket, testing::fixture)

BOOST_AUTO_TEST_CASE(new_is_201_and_again_is_200) {
  auto const first = put("/v1/consents/c-1", good);
  auto const made = json_of(first, 201);
  BOOST_TEST(first.fields.at("location") == "/v1/consents/c-1");
  BOOST_TEST(made.root().find_string("kind").value() == "payment");
  BOOST_TEST(made.root().find_string("binding").value() == "announced");
  BOOST_TEST((made.root().find("status")->type() == json::type::null));
  BOOST_TEST(made.root().find("releasedEvents")->integer().value() == 0);
  auto const again = put("/v1/consents/c-1", good);
  json_of(again, 200);
  BOOST_TEST(again.fields.count("location") == 0U);
}

BOOST_AUTO_TEST_CASE(a_contradiction_is_a_conflict_that_names_what_is_known) {
  json_of(put("/v1/consents/c-1", good), 201);
  auto const other_issuer = put("/v1/consents/c-1", R"({"kind":"payment","issuer":"https://bank-b.example"})");
  field_of_problem(other_issuer, 409, "conflict");
  BOOST_TEST(other_issuer.body.find("https://bank-a.example") != std::string::npos, other_issuer.body);
  auto const other_kind = put("/v1/consents/c-1", R"({"kind":"insurance","issuer":"https://bank-a.example"})");
  field_of_problem(other_kind, 409, "conflict");
  BOOST_TEST(other_kind.body.find("payment") != std::string::npos, other_kind.body);
}

BOOST_AUTO_TEST_CASE(binding_of_what_nobody_contests_is_an_announcement_again) {
  constexpr auto same = R"({"kind":"account-access","issuer":"https://bank-a.example"})";
  announce("c-1");
  event("c-1", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  auto const again = json_of(put("/v1/consents/c-1/binding", same));
  BOOST_TEST(again.root().find_string("issuer").value() == "https://bank-a.example");
  BOOST_TEST((again.root().find("contestedBy")->type() == json::type::null));
  field_of_problem(put("/v1/consents/c-1/binding", R"({"kind":"payment","issuer":"https://bank-b.example"})"), 409,
                   "conflict");
  field_of_problem(put("/v1/consents/nobody/binding", good), 404, "not-found");
  BOOST_TEST(field_of_problem(put("/v1/consents/c-1/binding", R"({"issuer":"i"})"), 400, "invalid-argument") == "kind");
  field_of_problem(get("/v1/consents/c-1/binding"), 405, "method-not-allowed");
}

BOOST_AUTO_TEST_CASE(binding_mends_what_was_announced_until_an_event_has_come) {
  json_of(put("/v1/consents/c-1", good), 201);
  auto const mended =
      json_of(put("/v1/consents/c-1/binding", R"({"kind":"payment","issuer":"https://bank-b.example"})"));
  BOOST_TEST(mended.root().find_string("issuer").value() == "https://bank-b.example");
  BOOST_TEST(mended.root().find_string("kind").value() == "payment");
}

BOOST_AUTO_TEST_CASE(the_caller_is_recorded) {
  json_of(put("/v1/consents/c-1", good), 201);
  auto const history = json_of(get("/v1/consents/c-1/history"));
  auto const entry = history.root().find("history")->first()->get();
  BOOST_TEST(entry.find_string("type").value() == "announced");
  BOOST_TEST(entry.find("uid")->integer().value() == static_cast<std::int64_t>(::getuid()));
}

BOOST_AUTO_TEST_CASE(a_body_that_is_not_json_by_name_is_refused) {
  BOOST_TEST(field_of_problem(call("PUT", "/v1/consents/c-1", {"Content-Type: text/plain"}, good), 415, "media-type") ==
             "Content-Type");
  BOOST_TEST(json_of(call("PUT", "/v1/consents/c-1", {"Content-Type: application/json; charset=utf-8"}, good), 201)
                 .root()
                 .is_object());
}

BOOST_AUTO_TEST_CASE(an_id_that_is_none_is_refused) {
  BOOST_TEST(field_of_problem(put("/v1/consents/a%2Fb", good), 400, "invalid-argument") == "consent_id");
  BOOST_TEST(field_of_problem(put("/v1/consents/" + std::string(129, 'a'), good), 400, "invalid-argument") ==
             "consent_id");
  json_of(put("/v1/consents/" + std::string(128, 'a'), good), 201);
}

BOOST_AUTO_TEST_CASE(a_body_over_the_limit_is_refused) {
  auto const padded = [](std::size_t size) { return good + std::string(size - good.size(), ' '); };
  json_of(put("/v1/consents/c-1", padded(64 * 1024)), 201);
  field_of_problem(put("/v1/consents/c-1", padded(64 * 1024 + 1)), 413, "body-too-large");
  // The connection is still good for another call.
  json_of(get("/v1/consents/c-1"));
}

BOOST_AUTO_TEST_SUITE_END()
