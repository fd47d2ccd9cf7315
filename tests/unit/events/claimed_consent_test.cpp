// What a refused message says it is about.
#include "events/claimed_consent.hpp"

#include "base/base64url.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace consentd::events {
namespace {

std::string encoded(std::string const& text) {
  return encode_base64url(text);
}

std::string claimed_in(std::string const& payload, std::string const& header = R"({"alg":"PS256","kid":"k"})") {
  return claimed_consent(encoded(header) + "." + encoded(payload) + "." + encoded("no signature"), {});
}

std::string about(std::string const& meta) {
  return R"({"iss":"https://bank.example","message":{"Meta":)" + meta + "}}";
}

} // namespace

BOOST_AUTO_TEST_SUITE(claimed_consents)

BOOST_AUTO_TEST_CASE(are_read_whether_the_signature_holds_or_not) {
  BOOST_TEST(claimed_in(about(R"({"ConsentId":"c-1"})")) == "c-1");
  BOOST_TEST(claimed_in(about(R"({"ConsentId":"c-1","PaymentId":"p-1"})")) == "c-1");
  BOOST_TEST(claimed_in(about(R"({"ConsentId":"c-1"})"), R"({"alg":"none"})") == "c-1");
}

BOOST_AUTO_TEST_CASE(are_none_where_there_is_nothing_that_could_be_an_id) {
  for (auto const* meta : {"{}", "7", "null", R"({"ConsentId":7})", R"({"ConsentId":""})", R"({"ConsentId":".."})",
                           R"({"ConsentId":"a b"})", R"({"consentId":"c-1"})", R"([{"ConsentId":"c-1"}])"}) {
    BOOST_TEST(claimed_in(about(meta)) == "", meta);
  }
  BOOST_TEST(claimed_in(about(R"({"ConsentId":")" + std::string(129, 'c') + "\"}")) == "");
  for (auto const* payload : {"", "{", "[]", "7", R"({"message":7})", R"({"Meta":{"ConsentId":"c-1"}})"}) {
    BOOST_TEST(claimed_in(payload) == "", payload);
  }
}

BOOST_AUTO_TEST_CASE(are_not_looked_for_in_what_is_no_token_or_too_large) {
  auto const payload = encoded(about(R"({"ConsentId":"c-1"})"));
  for (auto const& token : {std::string(), std::string("c-1"), payload, "." + payload + ".",
                            encoded(R"({"alg":"PS256","crit":["x"]})") + "." + payload + "." + encoded("s")}) {
    BOOST_TEST(claimed_consent(token, {}) == "", token);
  }
  jose::event_policy narrow;
  narrow.limit.token_bytes = 64;
  BOOST_TEST(claimed_consent(encoded(R"({"alg":"PS256"})") + "." + payload + "." + encoded("s"), narrow) == "");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
