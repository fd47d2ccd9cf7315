#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using consentd::localapi::testing::at;

namespace {

struct resources_fixture : localapi::testing::fixture {
  void fx_quote(std::string const& id, consent::resource_status status, std::string const& when) {
    store::resource_settlement what;
    what.delivery = deliver(new_interaction_id());
    what.token.issuer = localapi::testing::issuer_a;
    what.token.expires = at(when) + std::chrono::hours(1);
    what.token.message_digest = sha256(id + when);
    what.report.issuer = localapi::testing::issuer_a;
    what.report.family = consent::resource_family::fx_quote;
    what.report.id = id;
    what.report.status = status;
    what.report.status_time = at(when);
    what.report.event_time = at(when);
    what.report.resource =
        R"({"FxQuoteId":")" + id + R"(", "QuoteStatus" : ")" + std::string(to_string(status)) + "\"}";
    what.report.resource_digest = sha256(what.report.resource);
    auto const became = run(store().settle(std::move(what)));
    BOOST_TEST_REQUIRE(std::holds_alternative<store::resource_decided>(became));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(resources_over_the_socket, resources_fixture)

BOOST_AUTO_TEST_CASE(a_quote_shows_its_state_and_its_resource_as_received) {
  fx_quote("f-1", consent::resource_status::available, "2026-03-27T11:00:00Z");
  fx_quote("f-1", consent::resource_status::accepted, "2026-03-27T11:30:00Z");
  auto const read = json_of(get("/v1/resources/fx-quote/f-1?issuer=https://bank-a.example"));
  auto const root = read.root();
  BOOST_TEST(root.find_string("family").value() == "fx-quote");
  BOOST_TEST(root.find_string("resourceId").value() == "f-1");
  BOOST_TEST(root.find_string("issuer").value() == localapi::testing::issuer_a);
  BOOST_TEST((root.find("consentId")->type() == json::type::null));
  BOOST_TEST(root.find_string("status").value() == "Accepted");
  BOOST_TEST(root.find_string("statusUpdateDateTime").value() == "2026-03-27T11:30:00Z");
  BOOST_TEST(root.find("flags")->size() == 0U);
  BOOST_TEST(root.find("rejectReasonCodes")->size() == 0U);
  BOOST_TEST(root.find("resource")->raw() == R"({"FxQuoteId":"f-1", "QuoteStatus" : "Accepted"})");
  auto const extent = store().extent();
  BOOST_TEST(root.find_string("place").value() == extent.epoch + "-" + std::to_string(extent.last));
}

BOOST_AUTO_TEST_CASE(what_is_asked_wrongly_is_named) {
  fx_quote("f-1", consent::resource_status::available, "2026-03-27T11:00:00Z");
  BOOST_TEST(field_of_problem(get("/v1/resources/fx-quote/f-1"), 400, "invalid-argument") == "issuer");
  BOOST_TEST(field_of_problem(get("/v1/resources/fx-quote/f-1?issuer="), 400, "invalid-argument") == "issuer");
  BOOST_TEST(field_of_problem(get("/v1/resources/loan/f-1?issuer=x"), 400, "invalid-argument") == "family");
  BOOST_TEST(field_of_problem(get("/v1/resources/FX-quote/f-1?issuer=x"), 400, "invalid-argument") == "family");
  BOOST_TEST(field_of_problem(get("/v1/resources/fx-quote/a%2Fb?issuer=x"), 400, "invalid-argument") == "resource_id");
  BOOST_TEST(field_of_problem(get("/v1/resources/fx-quote/f-1?issuer=https://bank-b.example"), 404, "not-found") ==
             "resource_id");
  BOOST_TEST(field_of_problem(get("/v1/resources/insurance-quote/f-1?issuer=https://bank-a.example"), 404,
                              "not-found") == "resource_id");
  BOOST_TEST(get("/v1/resources/fx-quote?issuer=x").status == 404);
  BOOST_TEST(get("/v1/resources/fx-quote//?issuer=x").status == 404);
}

BOOST_AUTO_TEST_SUITE_END()
