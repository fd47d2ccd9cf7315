#include "jose/verification_key.hpp"

#include "tests/unit/jose/parties.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

using tests::base64url;

namespace {

result<std::shared_ptr<verification_key const>> import(std::string const& jwk) {
  auto const document = json::document::parse(jwk, {});
  return verification_key::from_jwk(document.value().root());
}

std::string jwk_of(std::string const& n, std::string const& e, std::string const& more = {}) {
  return R"({"kty":"RSA","kid":"k","n":")" + n + R"(","e":")" + e + '"' + more + '}';
}

// An odd number of exactly that many bits: nobody can factor it, and nobody needs to for these checks.
std::string odd_number(std::size_t bits) {
  std::string number((bits + 7) / 8, '\xff');
  number.front() = static_cast<char>(0xffU >> (number.size() * 8 - bits));
  return number;
}

std::string const exponent = "AQAB"; // 65537
std::string const modulus = base64url(odd_number(2048));

void check_bad_jwk(std::string const& jwk, std::string_view member) {
  BOOST_TEST_CONTEXT(jwk.substr(0, 400)) {
    auto const key = import(jwk);
    check_fails(key, reason::bad_key);
    BOOST_TEST(key.error().detail.starts_with(member), key.error().detail);
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(public_keys)

BOOST_AUTO_TEST_CASE(signing_key_is_taken_with_its_kid) {
  for (auto const* more :
       {"", R"(,"use":"sig")", R"(,"alg":"PS256")", R"(,"key_ops":["verify"])",
        R"(,"use":"sig","alg":"PS256","key_ops":["verify","sign"],"x5c":["AA"],"x5t":"a","anything":{})"}) {
    BOOST_TEST_CONTEXT(more) {
      auto const key = import(bank_key().public_jwk("the kid", more));
      check_holds(key);
      BOOST_TEST((*key)->kid() == "the kid");
    }
  }
}

BOOST_AUTO_TEST_CASE(absent_kid_is_an_empty_one) {
  auto const key = import(R"({"kty":"RSA","n":")" + modulus + R"(","e":"AQAB"})");
  check_holds(key);
  BOOST_TEST((*key)->kid().empty());
}

BOOST_AUTO_TEST_CASE(key_for_something_else_is_refused) {
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"use":"enc")"), "use");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"use":"")"), "use");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"use":["sig"])"), "use");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"use":null)"), "use");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"alg":"RS256")"), "alg");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"alg":"PS512")"), "alg");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"alg":null)"), "alg");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"key_ops":["encrypt"])"), "key_ops");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"key_ops":[])"), "key_ops");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"key_ops":"verify")"), "key_ops");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"key_ops":["verify","verify"])"), "key_ops");
  check_bad_jwk(jwk_of(modulus, exponent, R"(,"key_ops":["verify",1])"), "key_ops");
  check_bad_jwk(R"({"kty":"oct","k":"AAAA"})", "kty");
  check_bad_jwk(R"({"kty":"rsa","n":")" + modulus + R"(","e":"AQAB"})", "kty");
  check_bad_jwk(R"({"n":")" + modulus + R"(","e":"AQAB"})", "kty");
  check_bad_jwk(R"({"kty":"EC","crv":"P-256","x":"AA","y":"AA"})", "kty");
  check_bad_jwk("[]", "a key");
  check_bad_jwk(R"({"kty":"RSA","kid":7,"n":")" + modulus + R"(","e":"AQAB"})", "kid");
}

BOOST_AUTO_TEST_CASE(private_member_in_a_published_key_is_refused) {
  check_bad_jwk(bank_key().private_jwk("k"), "d");
  for (std::string const name : {"d", "p", "q", "dp", "dq", "qi", "oth", "k"}) {
    check_bad_jwk(jwk_of(modulus, exponent, ",\"" + name + "\":\"AQ\""), name);
    check_bad_jwk(jwk_of(modulus, exponent, ",\"" + name + "\":null"), name);
  }
}

BOOST_AUTO_TEST_CASE(modulus_must_have_2048_to_8192_bits) {
  for (auto const bits : {2048U, 2049U, 3072U, 4096U, 8191U, 8192U}) {
    BOOST_TEST_CONTEXT(bits) {
      check_holds(import(jwk_of(base64url(odd_number(bits)), exponent)));
    }
  }
  for (auto const bits : {1U, 17U, 512U, 1024U, 2047U, 8193U, 16384U, 1000000U}) {
    check_bad_jwk(jwk_of(base64url(odd_number(bits)), exponent), "n");
  }
  check_bad_jwk(jwk_of("", exponent), "n");
  check_bad_jwk(jwk_of("AA", exponent), "n");
  check_bad_jwk(jwk_of(base64url(std::string(256, '\0')), exponent), "n");
  // Leading zeros make no key longer.
  check_bad_jwk(jwk_of(base64url(std::string(128, '\0') + odd_number(1024)), exponent), "n");
  check_bad_jwk(jwk_of(base64url('\0' + odd_number(2048)), exponent), "n");
}

BOOST_AUTO_TEST_CASE(even_modulus_is_refused) {
  auto number = odd_number(2048);
  number.back() = '\xfe';
  check_bad_jwk(jwk_of(base64url(number), exponent), "n");
}

BOOST_AUTO_TEST_CASE(exponent_must_be_odd_from_65537_to_32_bits) {
  for (auto const& good :
       {std::string("\x01\x00\x01", 3), std::string("\x01\x00\x03", 3), std::string("\xff\xff\xff\xff", 4)}) {
    check_holds(import(jwk_of(modulus, base64url(good))));
  }
  for (auto const& bad :
       {std::string(), std::string("\x01"), std::string("\x03"), std::string("\xff\xff"),
        std::string("\x01\x00\x00", 3), std::string("\x01\x00\x02", 3), std::string("\x01\x00\x00\x00\x01", 5),
        std::string("\x00\x01\x00\x01", 4), odd_number(2048)}) {
    check_bad_jwk(jwk_of(modulus, base64url(bad)), "e");
  }
}

// `A===` ends the process inside cjose: it must never get there.
BOOST_AUTO_TEST_CASE(member_outside_canonical_base64url_is_refused) {
  auto trailing = modulus; // 2048 bits leave two bits over in the last digit
  trailing.back() = static_cast<char>(trailing.back() + 1);
  for (auto const& bad : {std::string("A==="), std::string("="), std::string("===="), modulus + "A===", modulus + "=",
                          modulus + "==", ' ' + modulus, modulus + '\\' + 'n', trailing, modulus.substr(0, 341)}) {
    check_bad_jwk(jwk_of(bad, exponent), "n");
  }
  for (auto const* bad : {"A===", "=", "AQAB=", "AQAB====", "AQ AB", "AQA/", "AQAC+"}) {
    check_bad_jwk(jwk_of(modulus, bad), "e");
  }
  check_bad_jwk(R"({"kty":"RSA","n":7,"e":"AQAB"})", "n");
  check_bad_jwk(R"({"kty":"RSA","n":")" + modulus + R"(","e":65537})", "e");
  check_bad_jwk(R"({"kty":"RSA","e":"AQAB"})", "n");
  check_bad_jwk(R"({"kty":"RSA","n":")" + modulus + R"("})", "e");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(key_sets)

BOOST_AUTO_TEST_CASE(keys_are_found_by_kid) {
  auto const set = jwk_set::parse(tests::jwk_set_of({bank_key().public_jwk("a"), other_bank_key().public_jwk("b")}));
  check_holds(set);
  BOOST_TEST(set->size() == 2U);
  BOOST_TEST(set->find("a")->kid() == "a");
  BOOST_TEST((set->find("a") != set->find("b")));
  BOOST_TEST((set->find("c") == nullptr));
  BOOST_TEST((set->find("") == nullptr));
}

BOOST_AUTO_TEST_CASE(bad_key_does_not_spoil_the_others) {
  auto const set =
      jwk_set::parse(tests::jwk_set_of({R"({"kty":"EC","kid":"ec"})", "7", bank_key().private_jwk("leaked"),
                                        jwk_of("A===", exponent), bank_key().public_jwk("good")}));
  check_holds(set);
  BOOST_TEST(set->size() == 1U);
  BOOST_TEST((set->find("good") != nullptr));
  BOOST_TEST(set->skipped().size() == 4U);
  BOOST_TEST((set->find("leaked") == nullptr));
}

BOOST_AUTO_TEST_CASE(kid_that_occurs_twice_is_unusable_each_time) {
  auto const set = jwk_set::parse(tests::jwk_set_of(
      {bank_key().public_jwk("twin"), other_bank_key().public_jwk("twin"), bank_key().public_jwk("single")}));
  check_holds(set);
  BOOST_TEST((set->find("twin") == nullptr));
  BOOST_TEST((set->find("single") != nullptr));
  BOOST_TEST(set->skipped().size() == 2U);
}

BOOST_AUTO_TEST_CASE(kid_shared_with_an_unusable_key_is_unusable) {
  for (auto const& first :
       {bank_key().public_jwk("twin", R"(,"use":"enc")"), std::string(R"({"kty":"EC","kid":"twin"})")}) {
    auto const set = jwk_set::parse(tests::jwk_set_of({first, other_bank_key().public_jwk("twin")}));
    check_holds(set);
    BOOST_TEST(set->size() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(key_without_a_kid_is_unusable) {
  auto const set = jwk_set::parse(tests::jwk_set_of({bank_key().public_jwk("")}));
  check_holds(set);
  BOOST_TEST(set->size() == 0U);
  BOOST_TEST((set->find("") == nullptr));
}

BOOST_AUTO_TEST_CASE(text_that_is_no_set_is_refused) {
  for (auto const* text :
       {"", "[]", "{}", R"({"keys":{}})", R"({"keys":null})", R"({"keys":[],"keys":[]})", R"({"keys":[)"}) {
    BOOST_TEST_CONTEXT(text) {
      check_fails(jwk_set::parse(text), reason::bad_key);
    }
  }
  auto const empty = jwk_set::parse(R"({"keys":[]})");
  check_holds(empty);
  BOOST_TEST(empty->size() == 0U);
}

BOOST_AUTO_TEST_CASE(set_at_the_limit_passes_and_one_key_more_fails) {
  auto const text =
      tests::jwk_set_of({bank_key().public_jwk("a"), bank_key().public_jwk("b"), bank_key().public_jwk("c")});
  check_holds(jwk_set::parse(text, 3));
  check_fails(jwk_set::parse(text, 2), reason::bad_key);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
