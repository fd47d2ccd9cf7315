// May they be used now: many at once.
#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::localapi::testing {
namespace {

struct usable_fixture : fixture {
  tests::http_answer ask(std::string const& body) {
    return call("POST", "/v1/usable", {"Content-Type: application/json"}, body);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(usable_at_once, usable_fixture)

BOOST_AUTO_TEST_CASE(each_is_answered_as_alone_and_in_its_place) {
  announce("good");
  event("good", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  announce("ended");
  event("ended", consent::status::revoked, at("2026-03-27T11:00:00Z"));
  std::vector<std::string> const ids{"ended", "nobody-s", "good", "good"};
  auto const read = json_of(ask(R"({"consentIds":["ended","nobody-s","good","good"]})"));
  auto item = read.root().find("consents")->first();
  for (auto const& id : ids) {
    BOOST_TEST_REQUIRE(item.has_value());
    BOOST_TEST(std::string(item->get().raw()) == get("/v1/consents/" + id + "/usable").body);
    item = item->next();
  }
  BOOST_TEST(!item.has_value());
}

BOOST_AUTO_TEST_CASE(thousand_are_answered_and_one_more_is_refused) {
  std::string list;
  for (int i = 0; i < 1000; ++i) {
    list += (i == 0 ? "\"c-" : ",\"c-") + std::to_string(i) + '"';
  }
  BOOST_TEST(json_of(ask("{\"consentIds\":[" + list + "]}")).root().find("consents")->size() == 1000U);
  BOOST_TEST(field_of_problem(ask("{\"consentIds\":[" + list + ",\"c\"]}"), 400, "invalid-argument") == "consentIds");
}

BOOST_AUTO_TEST_CASE(thousand_are_answered_however_long_their_ids) {
  std::string list;
  for (int i = 1000; i < 2000; ++i) {
    list += (i == 1000 ? "\"" : ", \"") + std::string(124, 'c') + std::to_string(i) + '"';
  }
  BOOST_TEST(json_of(ask("{\"consentIds\":[" + list + "]}")).root().find("consents")->size() == 1000U);
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_ids_is_refused_by_name) {
  for (auto const* const body : {R"({})", R"({"consentIds":[]})", R"({"consentIds":"c"})", R"({"consentIds":["a/b"]})",
                                 R"({"consentIds":[1]})", R"({"consentIds":[["c"]]})", R"([])", R"("c")"}) {
    BOOST_TEST(field_of_problem(ask(body), 400, "invalid-argument") == "consentIds", body);
  }
  BOOST_TEST(field_of_problem(ask(R"({"consentIds":["c"],"more":1})"), 400, "invalid-argument") == "more");
  BOOST_TEST(field_of_problem(ask(R"({"ids":["c"]})"), 400, "invalid-argument") == "ids");
  BOOST_TEST(field_of_problem(ask("not json"), 400, "request-malformed").empty());
  BOOST_TEST(call("POST", "/v1/usable", {"Content-Type: text/plain"}, "x").status == 415);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
