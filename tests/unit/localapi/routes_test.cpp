#include "localapi/routes.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;

namespace {

net::request_head head_of(std::string method, std::string target, std::string accept = {}) {
  net::request_head head;
  head.method = std::move(method);
  head.target = std::move(target);
  if (!accept.empty()) {
    head.fields.push_back({"accept", std::move(accept)});
  }
  return head;
}

problem refused(std::string method, std::string target, std::string accept = {}) {
  auto const found = find_route(head_of(std::move(method), std::move(target), std::move(accept)));
  BOOST_TEST_REQUIRE(found.has_error());
  return found.error();
}

} // namespace

BOOST_AUTO_TEST_SUITE(routing)

BOOST_AUTO_TEST_CASE(every_row_is_found_by_its_own_path) {
  for (auto const& one : routes()) {
    std::string path(one.path);
    std::vector<std::string> ids{"", ""};
    for (auto brace = path.find('{'); brace != std::string::npos; brace = path.find('{')) {
      ids.push_back("x" + std::to_string(ids.size()));
      path.replace(brace, path.find('}') - brace + 1, ids.back());
    }
    auto const found = find_route(head_of(std::string(one.method), path));
    BOOST_TEST_REQUIRE(found.has_value(), path);
    BOOST_TEST((found->route->where == one.where));
    BOOST_TEST(found->id == ids.back());
    BOOST_TEST(found->within == ids.at(ids.size() - 2));
  }
}

BOOST_AUTO_TEST_CASE(unknown_paths_are_not_found) {
  for (auto const* target : {"/", "/v1", "/v1/", "/v1/consent", "/v2/consents", "/v1/consents/", "/v1//consents",
                             "/v1/consents/a/", "/v1/consents/a/history/b", "/v1/consents/a/use"}) {
    BOOST_TEST((refused("GET", target).kind == problem_kind::path_unknown), target);
  }
}

BOOST_AUTO_TEST_CASE(an_encoded_slash_makes_no_segment) {
  auto const found = find_route(head_of("GET", "/v1/consents/a%2Fhistory"));
  BOOST_TEST_REQUIRE(found.has_value());
  BOOST_TEST((found->route->where == endpoint::show_consent));
  BOOST_TEST(found->id == "a/history");
}

BOOST_AUTO_TEST_CASE(wrong_methods_are_told_the_right_ones) {
  BOOST_TEST(refused("DELETE", "/v1/consents/a").allow == "GET, HEAD, PUT");
  BOOST_TEST(refused("POST", "/v1/events").allow == "GET");
  BOOST_TEST((refused("get", "/v1/status").kind == problem_kind::method_not_allowed));
}

BOOST_AUTO_TEST_CASE(accept_is_heeded) {
  for (auto const* accept : {"*/*", "application/*", "application/json", "Application/JSON;q=0.5",
                             "text/html, */*;q=0.1", "text/html,application/json"}) {
    BOOST_TEST(find_route(head_of("GET", "/v1/status", accept)).has_value(), accept);
  }
  for (auto const* accept : {"text/html", "application/json;q=0", "*/*, application/json;q=0.000", "text/*", "json",
                             "application/problem+json"}) {
    BOOST_TEST((refused("GET", "/v1/status", accept).kind == problem_kind::not_acceptable), accept);
  }
}

BOOST_AUTO_TEST_CASE(of_several_forms_the_one_is_taken_that_the_caller_wants_most) {
  auto const form = [](std::string accept, std::string target = "/v1/events") {
    auto const found = find_route(head_of("GET", std::move(target), std::move(accept)));
    BOOST_TEST_REQUIRE(found.has_value());
    return std::string(found->media);
  };
  BOOST_TEST(form("") == "text/event-stream");
  BOOST_TEST(form("*/*") == "text/event-stream");
  BOOST_TEST(form("text/event-stream") == "text/event-stream");
  BOOST_TEST(form("application/x-ndjson") == "application/x-ndjson");
  BOOST_TEST(form("application/json") == "application/json");
  BOOST_TEST(form("application/*") == "application/x-ndjson");
  BOOST_TEST(form("application/json, text/event-stream") == "text/event-stream");
  BOOST_TEST(form("application/json, text/event-stream;q=0.9") == "application/json");
  BOOST_TEST(form("application/json;q=0.25, application/x-ndjson;q=0.250, */*;q=0.1") == "application/x-ndjson");
  BOOST_TEST(form("*/*, text/event-stream;q=0") == "application/x-ndjson");
  BOOST_TEST((refused("GET", "/v1/events", "text/html").kind == problem_kind::not_acceptable));
  BOOST_TEST((refused("GET", "/v1/snapshot", "application/json").kind == problem_kind::not_acceptable));
}

BOOST_AUTO_TEST_CASE(unknown_and_repeated_query_names_are_refused_by_name) {
  auto const unknown = refused("GET", "/v1/consents?status=Authorized&stauts=Authorized");
  BOOST_TEST((unknown.kind == problem_kind::invalid_argument));
  BOOST_TEST(unknown.field == "stauts");
  BOOST_TEST(refused("GET", "/v1/consents?limit=1&kind=payment&limit=1").field == "limit");
  BOOST_TEST(refused("GET", "/v1/status?verbose").field == "verbose");
  BOOST_TEST(refused("GET", "/v1/status?" + std::string(500, 'x') + "=1").field.size() == 64U);
}

BOOST_AUTO_TEST_SUITE_END()
