#include "config/keys.hpp"

#include "base/certificate_end.hpp"
#include "tests/unit/config/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace consentd::config {
namespace {

struct with_keys : testing::scratch {
  testing::key_pair const pair = testing::make_key_pair();
  settings from;

  with_keys() {
    from.file = "consentd.toml";
    write("key.pem", pair.private_key);
    write("key.crt", pair.certificate, 0644);
  }
  std::string refusal() const {
    auto const ring = load_decryption_keys(from);
    BOOST_TEST_REQUIRE(!ring.has_value());
    return ring.error().detail;
  }
};

bool has(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// A public key of 2048 bits: the modulus is any odd number of that size.
std::string jwk(std::string_view kid) {
  return R"({"kty":"RSA","kid":")" + std::string(kid) + R"(","e":"AQAB","n":")" + std::string(341, 'x') + "w\"}";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(keys, with_keys)

BOOST_AUTO_TEST_CASE(given_kid_leads_to_the_key) {
  from.decryption_keys = {{path("key.pem"), "", "k1", {}, 3}};
  auto const ring = load_decryption_keys(from);
  BOOST_TEST_REQUIRE(ring.has_value());
  BOOST_TEST(ring->ring.find("k1", {}).has_value());
  BOOST_TEST(ring->ring.keys().size() == 1U);
  BOOST_TEST(ring->certificates.empty());
}

BOOST_AUTO_TEST_CASE(certificates_digest_leads_to_the_key) {
  from.decryption_keys = {{path("key.pem"), path("key.crt"), "", {}, 3}};
  auto const ring = load_decryption_keys(from);
  BOOST_TEST_REQUIRE(ring.has_value());
  auto const kid = jose::certificate_kid(pair.certificate, pair.private_key);
  BOOST_TEST(kid->size() == 43U);
  BOOST_TEST(ring->ring.find(*kid, {}).has_value());
  BOOST_TEST_REQUIRE(ring->certificates.size() == 1U);
  BOOST_TEST(ring->certificates.front().kid == *kid);
  BOOST_TEST((ring->certificates.front().not_after == certificate_end(pair.certificate).value()));
}

BOOST_AUTO_TEST_CASE(certificate_of_another_key_is_refused_with_its_line) {
  write("other.crt", testing::make_key_pair().certificate, 0644);
  from.decryption_keys = {{path("key.pem"), "", "k1", {}, 3}, {path("key.pem"), path("other.crt"), "", {}, 7}};
  auto const line = refusal();
  BOOST_TEST(line.starts_with("consentd.toml:7: decryption_key[2].certificate: "), line);
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused_and_not_repeated) {
  write("key.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
  from.decryption_keys = {{path("key.pem"), "", "k1", {}, 3}};
  auto const line = refusal();
  BOOST_TEST(line.starts_with("consentd.toml:3: decryption_key[1].private_key: "), line);
  BOOST_TEST(has(line, path("key.pem")), line);
  BOOST_TEST(!has(line, "c2VjcmV0"), line);
}

BOOST_AUTO_TEST_CASE(readable_private_key_is_refused_here_too) {
  write("key.pem", pair.private_key, 0644);
  from.decryption_keys = {{path("key.pem"), "", "k1", {}, 3}};
  BOOST_TEST(has(refusal(), "others may read"));
}

BOOST_AUTO_TEST_CASE(two_keys_of_one_kid_are_refused) {
  write("two.pem", testing::make_key_pair().private_key);
  from.decryption_keys = {{path("key.pem"), "", "k1", {}, 3}, {path("two.pem"), "", "k1", {}, 7}};
  BOOST_TEST(has(refusal(), "decryption_key: "));
}

BOOST_AUTO_TEST_CASE(error_bodies_are_signed_with_the_key_that_is_named) {
  BOOST_TEST(!load_error_key(from)->has_value());
  from.errors.private_key = path("key.pem");
  from.errors.kid = "k1";
  auto const key = load_error_key(from);
  BOOST_TEST_REQUIRE(key.has_value());
  BOOST_TEST((*key)->kid() == "k1");
}

BOOST_AUTO_TEST_CASE(error_key_that_cannot_sign_is_refused_with_its_line_and_not_repeated) {
  write("key.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n");
  from.errors.private_key = path("key.pem");
  from.errors.line = 9;
  auto const refused = load_error_key(from);
  BOOST_TEST_REQUIRE(!refused.has_value());
  BOOST_TEST(refused.error().detail.starts_with("consentd.toml:9: errors.private_key: "), refused.error().detail);
  BOOST_TEST(!has(refused.error().detail, "c2VjcmV0"));
  write("key.pem", pair.private_key, 0644);
  BOOST_TEST(has(load_error_key(from).error().detail, "others may read"));
}

BOOST_AUTO_TEST_CASE(key_set_is_read_from_its_file) {
  auto const set = load_jwks(write("a.jwks", "{\"keys\":[" + jwk("a") + ',' + jwk("b") + "]}"), 2);
  BOOST_TEST_REQUIRE(set.has_value());
  BOOST_TEST(set->size() == 2U);
  BOOST_TEST(!load_jwks(path("a.jwks"), 1).has_value());
}

BOOST_AUTO_TEST_CASE(key_set_without_a_usable_key_is_refused_with_the_reason) {
  auto const empty = load_jwks(write("a.jwks", "{\"keys\":[]}"), 64);
  BOOST_TEST(has(empty.error().detail, path("a.jwks") + ": no key in it can be used: it is empty"));
  auto const twice = load_jwks(write("b.jwks", "{\"keys\":[" + jwk("a") + ',' + jwk("a") + "]}"), 64);
  BOOST_TEST((twice.error().code == reason::bad_key));
  auto const text = load_jwks(write("c.jwks", "nothing"), 64);
  BOOST_TEST(has(text.error().detail, path("c.jwks")));
  BOOST_TEST((load_jwks(path("absent"), 64).error().code == reason::bad_setting));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::config
