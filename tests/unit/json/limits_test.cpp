#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace consentd;

bool taken(std::string text, json::limits const& bounds) {
  return json::document::parse(std::move(text), bounds).has_value();
}

std::string rule(std::string text, json::limits const& bounds) {
  auto const outcome = json::document::parse(std::move(text), bounds);
  return outcome.has_error() ? outcome.error().detail : "taken";
}

std::string nested(std::size_t depth, char open, char close) {
  return std::string(depth, open) + std::string(depth, close);
}

std::string repeated(std::size_t count, std::string_view text) {
  std::string all;
  for (std::size_t i = 0; i < count; ++i) {
    all += text;
  }
  return all;
}

std::string members(std::size_t count, std::string_view prefix) {
  std::string text = "{";
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"" : ",\"") + std::string(prefix) + std::to_string(i) + "\":0";
  }
  return text + "}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_limits)

BOOST_AUTO_TEST_CASE(bytes_up_to_the_limit) {
  BOOST_TEST(taken("[10]", {.bytes = 4}));
  BOOST_TEST(rule("[100]", {.bytes = 4}) == "JSON at offset 0: longer than is allowed");
  BOOST_TEST(!taken("1    ", {.bytes = 4}));
}

BOOST_AUTO_TEST_CASE(depth_up_to_the_limit) {
  BOOST_TEST(taken(nested(3, '[', ']'), {.depth = 3}));
  BOOST_TEST(rule(nested(4, '[', ']'), {.depth = 3}) == "JSON at offset 3: nested deeper than is allowed");
  BOOST_TEST(taken(R"({"a":[{}]})", {.depth = 3}));
  BOOST_TEST(!taken(R"({"a":[{"b":[]}]})", {.depth = 3}));
  BOOST_TEST(taken("1", {.depth = 0}));
  BOOST_TEST(!taken("[]", {.depth = 0}));
}

BOOST_AUTO_TEST_CASE(depth_counts_what_is_open_not_what_was) {
  BOOST_TEST(taken("[" + repeated(500, "[],") + "[]]", {.depth = 2}));
}

BOOST_AUTO_TEST_CASE(no_setting_lets_a_text_exhaust_the_stack) {
  json::limits const boundless{.bytes = 10'000'000, .depth = 10'000'000, .values = 10'000'000};
  auto const deepest = json::document::parse(nested(1000, '[', ']'), boundless);
  BOOST_REQUIRE(deepest.has_value());
  BOOST_TEST(json::canonical(deepest->root()) == nested(1000, '[', ']'));
  BOOST_TEST(!taken(nested(1001, '[', ']'), boundless));
  BOOST_TEST(!taken(std::string(1'000'000, '['), boundless));
  BOOST_TEST(!taken(repeated(1'000'000, "{\"\":"), boundless));
}

BOOST_AUTO_TEST_CASE(values_up_to_the_limit_names_included) {
  BOOST_TEST(taken("[1,2,3]", {.values = 4}));
  BOOST_TEST(rule("[1,2,3,4]", {.values = 4}) == "JSON at offset 7: more values than are allowed");
  BOOST_TEST(taken(R"({"a":1,"b":[]})", {.values = 5}));
  BOOST_TEST(!taken(R"({"a":1,"b":[]})", {.values = 4}));
  BOOST_TEST(!taken("1", {.values = 0}));
}

// The detail of a text that is also too long, or broken further on, shows that reading stopped at the limit.
BOOST_AUTO_TEST_CASE(reading_stops_at_the_limit) {
  BOOST_TEST(rule("[1,2,3,4,broken", {.values = 4}) == "JSON at offset 7: more values than are allowed");
  BOOST_TEST(rule("[[[[broken", {.depth = 3}) == "JSON at offset 3: nested deeper than is allowed");
  BOOST_TEST(rule("broken", {.bytes = 5}) == "JSON at offset 0: longer than is allowed");
}

BOOST_AUTO_TEST_CASE(as_many_members_as_are_allowed_are_read_and_told_apart) {
  json::limits const bounds{.bytes = 10'000'000};
  auto const text = members(24999, std::string(100, 'x'));
  auto const outcome = json::document::parse(text, bounds);
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST(outcome->root().size() == 24999U);
  auto twice = text;
  twice.replace(twice.size() - 1, 1, ",\"" + std::string(100, 'x') + "12345\":0}");
  BOOST_TEST(rule(twice, {.bytes = 10'000'000, .values = 60'000}).ends_with("a name twice in one object"));
  BOOST_TEST(!taken(members(25000, ""), bounds));
}

BOOST_AUTO_TEST_SUITE_END()
