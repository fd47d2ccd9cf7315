#include "jose/open.hpp"

#include "base/base64url.hpp"
#include "tests/unit/jose/parties.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>

#include <set>

namespace consentd::jose {

using tests::base64url;
using tests::encrypt;
using tests::part_of;
using tests::with_part;

namespace {

std::string const header = R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-1","cty":"JWT"})";
std::string const plaintext = "what was sealed";

result<std::string> open(std::string const& token, bool allow_sha1 = false) {
  static auto const ring = ring_of(receiver_key());
  auto const parsed = compact_jwe::parse(token, {});
  return decrypt(parsed.value(), ring, timestamp(), allow_sha1);
}

std::string seal(tests::encryption_recipe const& recipe = {}) {
  return encrypt(receiver_key(), header, plaintext, recipe);
}

std::string bytes_of(std::string const& token, std::size_t part) {
  return decode_base64url(part_of(token, part)).value();
}

// A block of 256 bytes under the raw public operation, in place of the wrapped key.
std::string seal_block(std::string const& block) {
  return seal({.encrypted_key = tests::raw_public(receiver_key(), block)});
}

} // namespace

BOOST_AUTO_TEST_SUITE(decryption)

BOOST_AUTO_TEST_CASE(what_was_sealed_for_us_opens) {
  auto const opened = open(seal());
  check_holds(opened);
  BOOST_TEST(*opened == plaintext);
}

BOOST_AUTO_TEST_CASE(large_and_binary_contents_open) {
  for (auto const& content :
       {std::string(1, '\0'), std::string(16, 'x'), std::string(17, 'x'), std::string(500000, '\xff')}) {
    auto const opened = open(encrypt(receiver_key(), header, content));
    check_holds(opened);
    BOOST_TEST((*opened == content));
  }
}

BOOST_AUTO_TEST_CASE(larger_keys_open) {
  for (auto const& key : {tests::rsa_key::generate(3072), tests::rsa_key::generate(2056)}) {
    auto const ring = ring_of(key);
    auto const parsed = compact_jwe::parse(encrypt(key, header, plaintext), {});
    check_holds(decrypt(parsed.value(), ring, timestamp(), false));
  }
}

BOOST_AUTO_TEST_CASE(key_chosen_by_the_caller_opens_whatever_the_kid_says) {
  auto const key = decryption_key_from_jwk(receiver_key().private_jwk("any")).value();
  auto const parsed =
      compact_jwe::parse(encrypt(receiver_key(), R"({"alg":"RSA-OAEP-256","enc":"A256GCM"})", plaintext), {});
  check_holds(decrypt(parsed.value(), *key, false));
}

BOOST_AUTO_TEST_CASE(sha1_opens_only_where_it_is_allowed) {
  auto const old_header = R"({"alg":"RSA-OAEP","enc":"A256GCM","kid":"tpp-1"})";
  auto const token = encrypt(receiver_key(), old_header, plaintext, {.oaep_hash = "SHA1", .mgf1_hash = "SHA1"});
  check_fails(open(token), reason::jwe_algorithm);
  check_holds(open(token, true));
}

BOOST_AUTO_TEST_CASE(other_algorithms_are_refused_before_any_key_is_used) {
  for (auto const* alg : {"RSA1_5", "RSA-OAEP-384", "RSA-OAEP-512", "dir", "A256KW", "ECDH-ES", "PBES2-HS256+A128KW",
                          "none", "rsa-oaep-256"}) {
    BOOST_TEST_CONTEXT(alg) {
      auto const named = R"({"alg":")" + std::string(alg) + R"(","enc":"A256GCM","kid":"tpp-1"})";
      check_fails(open(encrypt(receiver_key(), named, plaintext), true), reason::jwe_algorithm);
    }
  }
  for (auto const* enc : {"A128GCM", "A192GCM", "A256CBC-HS512", "A128CBC-HS256", "a256gcm", "none"}) {
    BOOST_TEST_CONTEXT(enc) {
      auto const named = R"({"alg":"RSA-OAEP-256","enc":")" + std::string(enc) + R"(","kid":"tpp-1"})";
      check_fails(open(encrypt(receiver_key(), named, plaintext), true), reason::jwe_algorithm);
    }
  }
}

BOOST_AUTO_TEST_CASE(kid_must_be_in_the_ring) {
  for (auto const* kid : {R"(,"kid":"tpp-2")", R"(,"kid":"")", R"(,"kid":"TPP-1")", ""}) {
    auto const named = R"({"alg":"RSA-OAEP-256","enc":"A256GCM")" + std::string(kid) + "}";
    check_fails(open(encrypt(receiver_key(), named, plaintext)), reason::unknown_decryption_key);
  }
}

// All that can be wrong once the key is found. One reason, one text: nothing tells an attacker which it was.
BOOST_AUTO_TEST_CASE(whatever_is_wrong_after_the_key_was_found_answers_alike) {
  auto const token = seal();
  auto const wrapped = bytes_of(token, 1);
  auto const vector = bytes_of(token, 2);
  auto const tag = bytes_of(token, 4);
  auto bent_key = wrapped;
  bent_key[200] = static_cast<char>(bent_key[200] ^ 1);
  auto bent_text = bytes_of(token, 3);
  bent_text[0] = static_cast<char>(bent_text[0] ^ 1);
  auto bent_tag = tag;
  bent_tag[15] = static_cast<char>(bent_tag[15] ^ 1);
  auto const random_block = std::string("\x00\x5a", 2) + std::string(254, '\x33');

  std::vector<std::pair<std::string, std::string>> const attacks{
      {"sealed for another key", encrypt(bank_key(), header, plaintext)},
      {"OAEP with SHA-1 under the name of SHA-256", seal({.oaep_hash = "SHA1", .mgf1_hash = "SHA1"})},
      {"MGF1 with SHA-1", seal({.mgf1_hash = "SHA1"})},
      {"OAEP hash SHA-1, MGF1 SHA-256", seal({.oaep_hash = "SHA1"})},
      {"PKCS#1 v1.5 padding", seal({.pkcs1_padding = true})},
      {"content key of 16 bytes", seal({.content_key_bytes = 16})},
      {"content key of 31 bytes", seal({.content_key_bytes = 31})},
      {"content key of 33 bytes", seal({.content_key_bytes = 33})},
      {"content key of 64 bytes", seal({.content_key_bytes = 64})},
      {"empty content key", seal({.content_key_bytes = 0})},
      {"first byte of the padded block is not zero", seal_block('\x01' + std::string(255, '\x33'))},
      {"first byte is zero, the rest is noise", seal_block(random_block)},
      {"block of zeros", seal_block(std::string(256, '\0'))},
      {"block of one", seal_block(std::string(255, '\0') + '\x01')},
      {"encrypted key of one byte", with_part(token, 1, "AA")},
      {"encrypted key cut short", with_part(token, 1, base64url(wrapped.substr(0, 255)))},
      {"encrypted key cut in front", with_part(token, 1, base64url(wrapped.substr(1)))},
      {"encrypted key too long", with_part(token, 1, base64url(wrapped + 'x'))},
      {"encrypted key with a leading zero", with_part(token, 1, base64url('\0' + wrapped))},
      {"encrypted key twice", with_part(token, 1, base64url(wrapped + wrapped))},
      {"encrypted key equal to the modulus", with_part(token, 1, base64url(receiver_key().n()))},
      {"encrypted key above the modulus", with_part(token, 1, base64url(std::string(256, '\xff')))},
      {"encrypted key bent", with_part(token, 1, base64url(bent_key))},
      {"vector cut short", with_part(token, 2, base64url(vector.substr(0, 11)))},
      {"vector too long", with_part(token, 2, base64url(vector + '\0'))},
      {"vector of one byte", with_part(token, 2, "AA")},
      {"vector really of 16 bytes", seal({.vector_bytes = 16})},
      {"vector really of 8 bytes", seal({.vector_bytes = 8})},
      {"vector changed", with_part(token, 2, base64url(std::string(12, 'x')))},
      {"ciphertext bent", with_part(token, 3, base64url(bent_text))},
      {"ciphertext cut short", with_part(token, 3, base64url(bytes_of(token, 3).substr(1)))},
      {"tag cut to 15 bytes", with_part(token, 4, base64url(tag.substr(0, 15)))},
      {"tag cut to 12 bytes", with_part(token, 4, base64url(tag.substr(0, 12)))},
      {"tag cut to 4 bytes", with_part(token, 4, base64url(tag.substr(0, 4)))},
      {"tag of one byte", with_part(token, 4, base64url(tag.substr(0, 1)))},
      {"tag too long", with_part(token, 4, base64url(tag + '\0'))},
      {"tag bent", with_part(token, 4, base64url(bent_tag))},
      {"header changed after sealing",
       with_part(token, 0, base64url(R"({"kid":"tpp-1","alg":"RSA-OAEP-256","enc":"A256GCM","cty":"JWT"})"))},
      {"no additional data", seal({.additional_data = ""})},
      {"decoded header as additional data", seal({.additional_data = header})},
  };
  std::set<std::string> details;
  for (auto const& [name, attack] : attacks) {
    BOOST_TEST_CONTEXT(name) {
      auto const outcome = open(attack);
      check_fails(outcome, reason::decryption);
      details.insert(outcome.error().detail);
      BOOST_TEST(ERR_peek_error() == 0UL);
    }
  }
  BOOST_TEST(details.size() == 1U);
}

BOOST_AUTO_TEST_CASE(key_that_opens_sha256_does_not_open_under_the_name_of_sha1) {
  auto const old_header = R"({"alg":"RSA-OAEP","enc":"A256GCM","kid":"tpp-1"})";
  check_fails(open(encrypt(receiver_key(), old_header, plaintext), true), reason::decryption);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
