#include "localapi/target.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd::localapi;

BOOST_AUTO_TEST_SUITE(target_splitting)

BOOST_AUTO_TEST_CASE(path_is_split_before_it_is_decoded) {
  auto const read = target::parse("/v1/consents/a%2Fb%2fc", "");
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->segments().size() == 3U);
  BOOST_TEST(read->segments().back() == "a/b/c");
}

BOOST_AUTO_TEST_CASE(query_is_split_before_it_is_decoded) {
  auto const read = target::parse("/", "issuer=https%3A%2F%2Fa%3Fx%3D1%26y&kind=payment");
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->parameters().size() == 2U);
  BOOST_TEST(read->find("issuer").value() == "https://a?x=1&y");
  BOOST_TEST(read->find("kind").value() == "payment");
}

BOOST_AUTO_TEST_CASE(plus_stands_for_itself) {
  auto const read = target::parse("/", "after=2026-03-27T13:00:00+03:00");
  BOOST_TEST(read->find("after").value() == "2026-03-27T13:00:00+03:00");
}

BOOST_AUTO_TEST_CASE(empty_segments_stay) {
  BOOST_TEST(target::parse("/v1//consents/", "")->segments().size() == 4U);
}

BOOST_AUTO_TEST_CASE(bad_encoding_is_refused) {
  for (auto const* path : {"/%", "/%2", "/%2x", "/%zz", "v1", ""}) {
    BOOST_TEST(target::parse(path, "").has_error(), path);
  }
  for (auto const* query : {"a=%", "%=b", "=b", "&a=b", "a=b&&c=d", "a=%0d"}) {
    BOOST_TEST(target::parse("/", query).has_error(), query);
  }
}

BOOST_AUTO_TEST_CASE(control_characters_are_refused_by_the_parameter_s_name) {
  for (auto const* query : {"issuer=%00", "issuer=a%0ab", "issuer=%7f", "issuer=%1b[0m"}) {
    auto const read = target::parse("/", query);
    BOOST_TEST_REQUIRE(read.has_error(), query);
    BOOST_TEST((read.error().kind == problem_kind::invalid_argument), query);
    BOOST_TEST(read.error().field == "issuer", query);
  }
  BOOST_TEST((target::parse("/", "is%0asuer=a").error().kind == problem_kind::request_malformed));
}

BOOST_AUTO_TEST_CASE(parameters_are_bounded) {
  std::string query = "p=1";
  for (int i = 1; i < 32; ++i) {
    query += "&p=1";
  }
  BOOST_TEST(target::parse("/", query).has_value());
  BOOST_TEST(target::parse("/", query + "&p=1").has_error());
}

BOOST_AUTO_TEST_CASE(segments_are_bounded) {
  BOOST_TEST(target::parse("/1/2/3/4/5/6/7/8", "").has_value());
  BOOST_TEST((target::parse("/1/2/3/4/5/6/7/8/9", "").error().kind == problem_kind::path_unknown));
}

BOOST_AUTO_TEST_SUITE_END()
