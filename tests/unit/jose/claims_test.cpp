#include "jose/claims.hpp"

#include "tests/unit/jose/parties.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

namespace {

result<registered_claims> read(std::string const& text) {
  auto const document = json::document::parse(text, {});
  return read_claims(document.value().root());
}

timestamp at(std::int64_t seconds, std::int64_t microseconds = 0) {
  return timestamp(std::chrono::seconds(seconds) + std::chrono::microseconds(microseconds));
}

} // namespace

BOOST_AUTO_TEST_SUITE(claims)

BOOST_AUTO_TEST_CASE(absent_claims_stay_absent) {
  auto const claims = read(R"({"message":{}})");
  check_holds(claims);
  BOOST_TEST(!claims->iss.has_value());
  BOOST_TEST(claims->aud.empty());
  BOOST_TEST(!claims->exp.has_value());
  BOOST_TEST(!claims->jti.has_value());
}

BOOST_AUTO_TEST_CASE(every_claim_is_read) {
  auto const claims = read(R"({"iss":"i","sub":"s","aud":["a","b"],"exp":1700000000,"nbf":1.5,"iat":0,"jti":"j"})");
  check_holds(claims);
  BOOST_TEST(claims->iss.value() == "i");
  BOOST_TEST(claims->sub.value() == "s");
  BOOST_TEST(claims->aud.size() == 2U);
  BOOST_TEST((claims->exp == at(1700000000)));
  BOOST_TEST((claims->nbf == at(1, 500000)));
  BOOST_TEST((claims->iat == at(0)));
  BOOST_TEST(claims->jti.value() == "j");
}

BOOST_AUTO_TEST_CASE(audience_may_be_one_string) {
  auto const claims = read(R"({"aud":"a"})");
  check_holds(claims);
  BOOST_TEST(claims->aud.size() == 1U);
  BOOST_TEST(claims->aud.front() == "a");
}

BOOST_AUTO_TEST_CASE(wrong_types_are_refused_and_named) {
  for (auto const* text : {R"({"iss":1})", R"({"iss":null})", R"({"sub":[]})", R"({"aud":1})", R"({"aud":null})",
                           R"({"aud":{}})", R"({"aud":[1]})", R"({"aud":[["a"]]})", R"({"exp":"1700000000"})",
                           R"({"exp":null})", R"({"nbf":true})", R"({"iat":{}})", R"({"jti":7})"}) {
    BOOST_TEST_CONTEXT(text) {
      auto const claims = read(text);
      check_fails(claims, reason::claims_malformed);
      BOOST_TEST(claims.error().detail.substr(0, 3) == std::string_view(text).substr(2, 3));
    }
  }
  check_fails(read("[]"), reason::claims_malformed);
}

BOOST_AUTO_TEST_CASE(text_at_the_limit_passes_and_one_byte_more_fails) {
  for (std::string const name : {"iss", "sub", "aud", "jti"}) {
    BOOST_TEST_CONTEXT(name) {
      check_holds(read("{\"" + name + "\":\"" + std::string(512, 'x') + "\"}"));
      check_fails(read("{\"" + name + "\":\"" + std::string(513, 'x') + "\"}"), reason::claims_malformed);
      check_fails(read("{\"" + name + "\":\"\"}"), reason::claims_malformed);
    }
  }
}

BOOST_AUTO_TEST_CASE(sixteen_audiences_pass_and_one_more_fails) {
  auto const many = [](int count) {
    std::string text = R"({"aud":["a")";
    for (int i = 1; i < count; ++i) {
      text += R"(,"a")";
    }
    return text + "]}";
  };
  check_holds(read(many(16)));
  check_fails(read(many(17)), reason::claims_malformed);
  check_fails(read(R"({"aud":[]})"), reason::claims_malformed);
}

BOOST_AUTO_TEST_CASE(times_from_1970_to_9999_pass_and_all_others_fail) {
  check_holds(read(R"({"exp":0})"));
  check_holds(read(R"({"exp":253402300799})"));
  check_holds(read(R"({"exp":2.5e11})"));
  for (auto const* text :
       {R"({"exp":-1})", R"({"exp":-0.001})", R"({"exp":253402300800})", R"({"exp":253402300799.9999999})",
        R"({"exp":1e300})", R"({"exp":9223372036854775808})", R"({"exp":99999999999999999999999999})"}) {
    BOOST_TEST_CONTEXT(text) {
      check_fails(read(text), reason::claims_malformed);
    }
  }
}

BOOST_AUTO_TEST_CASE(fractions_are_kept_to_the_microsecond) {
  auto const claims = read(R"({"exp":1700000000.123456,"iat":1.7e9})");
  check_holds(claims);
  BOOST_TEST((claims->exp == at(1700000000, 123456)));
  BOOST_TEST((claims->iat == at(1700000000)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
