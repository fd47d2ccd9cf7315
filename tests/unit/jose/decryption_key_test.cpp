#include "jose/decryption_key.hpp"

#include "tests/unit/jose/parties.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

using tests::base64url;
using tests::rsa_key;

namespace {

timestamp noon() {
  return parse_date_time("2026-03-27T12:00:00Z").value();
}

// Each with a detail, and none of it from the key.
void check_bad(result<std::unique_ptr<decryption_key const>> const& key, std::string_view detail) {
  check_fails(key, reason::bad_key);
  BOOST_TEST((key.error().detail.find(detail) != std::string::npos), key.error().detail);
}

std::string odd_bytes(std::size_t bytes) {
  return std::string(bytes, '\xff');
}

// The JWK with one member's value replaced.
std::string replaced(std::string jwk, std::string const& name, std::string const& value) {
  auto const begin = jwk.find('"' + name + "\":\"") + name.size() + 4;
  return jwk.replace(begin, jwk.find('"', begin) - begin, value);
}

} // namespace

BOOST_AUTO_TEST_SUITE(private_keys)

BOOST_AUTO_TEST_CASE(pem_of_both_forms_is_taken) {
  for (auto const& pem : {receiver_key().private_pem(), receiver_key().private_pkcs1_pem()}) {
    auto const key = decryption_key_from_pem(pem, "given");
    check_holds(key);
    BOOST_TEST((*key)->kid() == "given");
  }
}

BOOST_AUTO_TEST_CASE(text_that_is_no_private_key_is_refused) {
  for (auto const& pem :
       {std::string(), std::string("garbage"), receiver_key().public_pem(), receiver_key().certificate_pem("x"),
        std::string(307200, 'x'), receiver_key().private_pem().substr(0, 900)}) {
    check_bad(decryption_key_from_pem(pem, "k"), "no private key");
  }
}

BOOST_AUTO_TEST_CASE(encrypted_key_is_refused_without_asking_at_a_terminal) {
  check_bad(decryption_key_from_pem(receiver_key().encrypted_pem("secret"), "k"), "encrypted");
}

BOOST_AUTO_TEST_CASE(key_of_unfit_numbers_is_refused) {
  check_bad(decryption_key_from_pem(rsa_key::generate(1024).private_pem(), "k"), "1024 bits");
  check_bad(decryption_key_from_pem(rsa_key::generate(2048, 3).private_pem(), "k"), "e ");
  std::string const e("\x01\x00\x01", 3);
  check_bad(decryption_key_from_pem(rsa_key::of_numbers(odd_bytes(2048), e, odd_bytes(2047)).private_pem(), "k"),
            "16384 bits");
  check_bad(decryption_key_from_pem(rsa_key::of_numbers(odd_bytes(255) + '\xfe', e, odd_bytes(255)).private_pem(), "k"),
            "even");
  check_bad(
      decryption_key_from_pem(rsa_key::of_numbers(odd_bytes(256), odd_bytes(5), odd_bytes(255)).private_pem(), "k"),
      "e ");
}

BOOST_AUTO_TEST_CASE(halves_that_do_not_belong_together_are_refused) {
  auto const mixed = rsa_key::of_numbers(receiver_key().n(), receiver_key().e(), bank_key().d());
  check_bad(decryption_key_from_pem(mixed.private_pem(), "k"), "does not belong");
}

BOOST_AUTO_TEST_CASE(kid_of_a_certificate_is_its_thumbprint) {
  auto const certificate = receiver_key().certificate_pem("tpp");
  auto const kid = certificate_kid(certificate, receiver_key().private_pem());
  check_holds(kid);
  BOOST_TEST(*kid == rsa_key::thumbprint(certificate));
  BOOST_TEST(kid->size() == 43U);
}

BOOST_AUTO_TEST_CASE(certificate_of_another_key_is_refused) {
  check_fails(certificate_kid(bank_key().certificate_pem("tpp"), receiver_key().private_pem()), reason::bad_key);
  check_fails(certificate_kid("garbage", receiver_key().private_pem()), reason::bad_key);
  check_fails(certificate_kid(receiver_key().private_pem(), receiver_key().private_pem()), reason::bad_key);
  check_fails(certificate_kid(receiver_key().certificate_pem("tpp"), "garbage"), reason::bad_key);
}

BOOST_AUTO_TEST_CASE(private_jwk_is_taken_with_and_without_factors) {
  auto const whole = decryption_key_from_jwk(receiver_key().private_jwk("k", R"(,"use":"enc","alg":"RSA-OAEP-256")"));
  check_holds(whole);
  BOOST_TEST((*whole)->kid() == "k");
  check_holds(
      decryption_key_from_jwk(receiver_key().public_jwk("k", R"(,"d":")" + base64url(receiver_key().d()) + '"')));
}

BOOST_AUTO_TEST_CASE(private_jwk_is_read_as_strictly_as_a_public_one) {
  auto const good = receiver_key().private_jwk("k");
  for (std::string const name : {"n", "e", "d", "p", "q", "dp", "dq", "qi"}) {
    for (auto const* bad : {"A===", "", "AQAB=", "A"}) {
      check_bad(decryption_key_from_jwk(replaced(good, name, bad)), name + ' ');
    }
    auto const lacking =
        replaced(good, name, "AQ").replace(good.find('"' + name + "\":"), name.size() + 2, "\"_" + name + '"');
    check_bad(decryption_key_from_jwk(lacking), name + ' ');
  }
  check_bad(decryption_key_from_jwk(replaced(good, "n", base64url(odd_bytes(128)))), "n ");
  check_bad(decryption_key_from_jwk(replaced(good, "n", base64url(odd_bytes(2048)))), "n ");
  check_bad(decryption_key_from_jwk(replaced(good, "e", "Aw")), "e ");
  check_bad(decryption_key_from_jwk(receiver_key().public_jwk("k", R"(,"d":")" + base64url(bank_key().d()) + '"')),
            "does not belong");
  check_bad(decryption_key_from_jwk(receiver_key().private_jwk("k", R"(,"use":"sig")")), "use");
  check_bad(decryption_key_from_jwk(receiver_key().private_jwk("k", R"(,"alg":"RSA1_5")")), "alg");
  check_bad(decryption_key_from_jwk(receiver_key().private_jwk("k", R"(,"oth":[])")), "oth");
  check_bad(decryption_key_from_jwk(receiver_key().private_jwk("k", R"(,"key_ops":["sign"])")), "key_ops");
  check_bad(decryption_key_from_jwk(receiver_key().public_jwk("k")), "d ");
  check_bad(decryption_key_from_jwk("{"), "JWK");
}

BOOST_AUTO_TEST_CASE(ring_finds_keys_by_kid_and_refuses_one_kid_twice) {
  auto const load = [](std::string const& kid) {
    return decryption_key_from_pem(receiver_key().private_pem(), kid).value();
  };
  std::vector<ring_key> two;
  two.push_back({load("a")});
  two.push_back({load("b")});
  auto const ring = key_ring::make(std::move(two));
  check_holds(ring);
  BOOST_TEST(ring->keys().size() == 2U);
  BOOST_TEST(ring->find("b", noon()).value()->kid() == "b");
  check_fails(ring->find("c", noon()), reason::unknown_decryption_key);
  check_fails(ring->find("", noon()), reason::unknown_decryption_key);

  std::vector<ring_key> twins;
  twins.push_back({load("a")});
  twins.push_back({load("a")});
  check_fails(key_ring::make(std::move(twins)), reason::bad_key);
}

BOOST_AUTO_TEST_CASE(retired_key_opens_what_was_received_until_its_end_and_nothing_later) {
  std::vector<ring_key> one;
  one.push_back({decryption_key_from_pem(receiver_key().private_pem(), "old").value(), noon()});
  auto const ring = key_ring::make(std::move(one)).value();
  check_holds(ring.find("old", noon() - std::chrono::microseconds(1)));
  check_holds(ring.find("old", noon()));
  auto const later = ring.find("old", noon() + std::chrono::microseconds(1));
  check_fails(later, reason::unknown_decryption_key);
  BOOST_TEST(later.error().detail == "the decryption key with the kid \"old\" was retired at 2026-03-27T12:00:00Z");
}

// What a sender could learn from unwrap(): nothing. The keys that come back for a wrong input are random and of the
// usual length.
BOOST_AUTO_TEST_CASE(unwrapping_nonsense_gives_a_fresh_random_key_each_time) {
  auto const key = decryption_key_from_pem(receiver_key().private_pem(), "k").value();
  auto const text = [](secret const& from) { return std::string(from.bytes().begin(), from.bytes().end()); };
  for (auto const& bad :
       {std::string(), std::string(1, 'x'), std::string(255, 'x'), std::string(256, '\0'), std::string(256, '\x01'),
        std::string(256, '\xff'), std::string(257, 'x'), receiver_key().n(), std::string(100000, 'x')}) {
    auto const first = text(key->unwrap(key_encryption::rsa_oaep_256, bad));
    auto const second = text(key->unwrap(key_encryption::rsa_oaep_256, bad));
    BOOST_TEST(first.size() == 32U);
    BOOST_TEST((first != second));
    BOOST_TEST((first != std::string(32, '\0')));
    BOOST_TEST(ERR_peek_error() == 0UL);
  }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
