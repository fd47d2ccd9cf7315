#include "localapi/doubt.hpp"

#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;
using testing::at;

namespace {

std::string field_at_fault(std::string const& body) {
  auto const read = read_finding("c-1", body);
  BOOST_REQUIRE(!read.has_value());
  return read.error().field;
}

struct doubtful : testing::fixture {
  // A consent that an end which came too late has put in doubt.
  void make(std::string const& id) {
    announce(id);
    event(id, consent::status::authorized, at("2026-03-27T11:00:00Z"));
    store::settlement what;
    what.delivery = deliver(new_interaction_id());
    what.token.issuer = testing::issuer_a;
    what.token.expires = at("2026-03-27T11:30:00Z");
    what.report.consent_id = id;
    what.report.issuer = testing::issuer_a;
    what.report.kind = consent::kind::account_access;
    what.report.status = consent::status::revoked;
    what.report.status_time = what.report.event_time = at("2026-03-27T11:20:00Z");
    what.expired = true;
    BOOST_TEST_REQUIRE(std::holds_alternative<store::set_aside>(run(store().settle(std::move(what)))));
  }
  bool is_in_doubt(std::string const& id) {
    return json_of(get("/v1/consents/" + id + "/usable")).root().find_string("reason") == "in-doubt";
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(findings)

BOOST_AUTO_TEST_CASE(that_say_what_became_of_it_are_read) {
  auto const stands = read_finding("c-1", R"({"verdict":"stands"})").value();
  BOOST_TEST(stands.consent_id == "c-1");
  BOOST_TEST(!stands.ended.has_value());
  BOOST_TEST((read_finding("c-1", R"({"verdict":"ended","status":"Revoked"})")->ended == consent::status::revoked));
  BOOST_TEST((read_finding("c-1", R"({"status":"Expired","verdict":"ended"})")->ended == consent::status::expired));
}

BOOST_AUTO_TEST_CASE(that_say_anything_else_are_refused_by_the_member_at_fault) {
  BOOST_TEST(field_at_fault(R"({})") == "verdict");
  BOOST_TEST(field_at_fault(R"({"verdict":"perhaps"})") == "verdict");
  BOOST_TEST(field_at_fault(R"({"verdict":7})") == "verdict");
  BOOST_TEST(field_at_fault(R"({"verdict":"ended"})") == "status");
  BOOST_TEST(field_at_fault(R"({"verdict":"ended","status":"Authorized"})") == "status");
  BOOST_TEST(field_at_fault(R"({"verdict":"ended","status":"revoked"})") == "status");
  BOOST_TEST(field_at_fault(R"({"verdict":"stands","status":"Revoked"})") == "status");
  BOOST_TEST(field_at_fault(R"({"verdict":"stands","why":"asked"})") == "why");
  for (auto const* body : {"", "[]", "7", R"({"verdict":"stands","verdict":"stands"})"}) {
    BOOST_TEST((read_finding("c-1", body).error().kind == problem_kind::request_malformed), body);
  }
}

BOOST_FIXTURE_TEST_CASE(settle_a_doubt_once, doubtful) {
  make("c-1");
  BOOST_TEST(is_in_doubt("c-1"));
  auto const settled = json_of(put("/v1/consents/c-1/doubt", R"({"verdict":"stands"})"));
  BOOST_TEST(settled.root().find_string("status").value() == "Authorized");
  BOOST_TEST(!is_in_doubt("c-1"));
  field_of_problem(put("/v1/consents/c-1/doubt", R"({"verdict":"stands"})"), 409, "conflict");
  field_of_problem(put("/v1/consents/nobody/doubt", R"({"verdict":"stands"})"), 404, "not-found");
  field_of_problem(call("PUT", "/v1/consents/c-1/doubt", {"Content-Type: text/plain"}, R"({"verdict":"stands"})"), 415,
                   "media-type");
}

BOOST_FIXTURE_TEST_CASE(of_an_end_are_told, doubtful) {
  make("c-1");
  auto const ended = json_of(put("/v1/consents/c-1/doubt", R"({"verdict":"ended","status":"Revoked"})"));
  BOOST_TEST(ended.root().find_string("status").value() == "Revoked");
  auto const page = run(store().read(0, 10)).entries;
  BOOST_TEST_REQUIRE(!page.empty());
  BOOST_TEST((page.back().type == store::entry_type::doubt_settled));
  BOOST_TEST((page.back().previous == consent::status::authorized));
  BOOST_TEST((page.back().status == consent::status::revoked));
  BOOST_TEST(page.back().uid.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
