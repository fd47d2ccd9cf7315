#include "jose/signing_key.hpp"

#include "jose/open.hpp"
#include "tests/unit/jose/parties.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

using tests::rsa_key;

namespace {

void check_bad_pem(std::string const& pem, std::string_view detail) {
  auto const key = signing_key::from_pem(pem, "k");
  check_fails(key, reason::bad_key);
  BOOST_TEST((key.error().detail.find(detail) != std::string::npos), key.error().detail);
}

} // namespace

BOOST_AUTO_TEST_SUITE(signing_keys)

BOOST_AUTO_TEST_CASE(what_it_signs_its_public_half_verifies) {
  for (auto const& pem : {bank_key().private_pem(), bank_key().private_pkcs1_pem()}) {
    auto const key = signing_key::from_pem(pem, "bank-1");
    check_holds(key);
    std::string const claims = R"({"iss":"us","text":"é and \u0000"})";
    auto const token = compact_jws::parse(key->sign(claims), {});
    check_holds(token);
    auto const verified = verify(*token, *public_half(bank_key()));
    check_holds(verified);
    BOOST_TEST(verified->bytes() == claims);
    check_fails(verify(*token, *public_half(other_bank_key())), reason::signature);
  }
}

BOOST_AUTO_TEST_CASE(header_names_algorithm_key_and_type) {
  auto const key = signing_key::from_pem(bank_key().private_pem(), R"(with "quotes" in it)").value();
  auto const token = compact_jws::parse(key.sign("{}"), {}).value();
  BOOST_TEST(token.header().alg == "PS256");
  BOOST_TEST(token.header().kid == R"(with "quotes" in it)");
  BOOST_TEST(token.header().typ.value() == "JWT");
}

BOOST_AUTO_TEST_CASE(one_claims_set_is_signed_differently_each_time) {
  // The salt of PSS is random: a signature that repeats would have none.
  auto const key = signing_key::from_pem(bank_key().private_pem(), "k").value();
  BOOST_TEST(key.sign("{}") != key.sign("{}"));
}

BOOST_AUTO_TEST_CASE(what_cannot_sign_is_refused) {
  check_bad_pem("", "no private key");
  check_bad_pem(bank_key().public_pem(), "no private key");
  check_bad_pem(bank_key().encrypted_pem("secret"), "encrypted");
  check_bad_pem(rsa_key::generate(1024).private_pem(), "1024 bits");
  check_bad_pem(rsa_key::generate(2048, 3).private_pem(), "e ");
  check_bad_pem(rsa_key::of_numbers(bank_key().n(), bank_key().e(), other_bank_key().d()).private_pem(), "");
  check_fails(signing_key::from_pem(bank_key().private_pem(), "\xff"), reason::bad_key); // a kid that JSON cannot hold
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
