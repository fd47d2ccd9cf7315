#include "base/digest.hpp"

#include "base/base64url.hpp"

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(digest)

// FIPS 180-2 appendix B.1, and the digest of nothing.
BOOST_AUTO_TEST_CASE(sha256_of_known_texts) {
  using consentd::as_bytes, consentd::encode_base64url, consentd::sha256;
  BOOST_TEST(encode_base64url(as_bytes(sha256("abc"))) == "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
  BOOST_TEST(encode_base64url(as_bytes(sha256({}))) == "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU");
}

BOOST_AUTO_TEST_SUITE_END()
