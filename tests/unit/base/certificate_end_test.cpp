#include "base/certificate_end.hpp"

#include <openssl/err.h>

#include <boost/test/unit_test.hpp>

#include <string>

using namespace consentd;

namespace {

// openssl req -x509; `openssl x509 -enddate` says Nov 18 17:13:53 2036 GMT.
std::string const certificate = R"(-----BEGIN CERTIFICATE-----
MIIBbDCCAROgAwIBAgIUQQJxWT60bu2gzShWio8fMQD8VNIwCgYIKoZIzj0EAwIw
DDEKMAgGA1UEAwwBeDAeFw0yNjExMjExNzEzNTNaFw0zNjExMTgxNzEzNTNaMAwx
CjAIBgNVBAMMAXgwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAARRt/ZGCIchzNZM
wTnUPnb+ltogw3w1P5xGQf1BT6rDlnV7MGfY/7xYVrpDTq4nu2jHZx8hJpqYbEdZ
wo/1HjgZo1MwUTAdBgNVHQ4EFgQUT83Fx7SmUm3jmvkFmmCHxKInVmgwHwYDVR0j
BBgwFoAUT83Fx7SmUm3jmvkFmmCHxKInVmgwDwYDVR0TAQH/BAUwAwEB/zAKBggq
hkjOPQQDAgNHADBEAiBK3k6dWX2bfPnuHH6ouQcJd8/LcxSSYh+mm1FndMxVQAIg
Kd+cHPBIU3y4Nv6Zt1cQF9ffNVNVxHfIcvO0QwNr6UY=
-----END CERTIFICATE-----
)";

// openssl ca -gencrl; `openssl crl -nextupdate` says Dec 11 17:13:53 2026 GMT.
std::string const list = R"(-----BEGIN X509 CRL-----
MIGQMDgwCgYIKoZIzj0EAwIwDDEKMAgGA1UEAwwBeBcNMjYxMTIxMTcxMzUzWhcN
MjYxMjExMTcxMzUzWjAKBggqhkjOPQQDAgNIADBFAiBJzvpPrgVzlQTt1wCSdxch
wplkLiInvp3ZD6Key03uewIhAP7VibbL8CaC4IorSYw72fHSXZ6KlQ5jp0zVHkqQ
jEdu
-----END X509 CRL-----
)";

} // namespace

BOOST_AUTO_TEST_SUITE(ends)

BOOST_AUTO_TEST_CASE(of_a_certificate_is_the_end_that_openssl_tells) {
  BOOST_TEST(format_date_time(certificate_end(certificate).value()) == "2036-11-18T17:13:53Z");
  BOOST_TEST(format_date_time(certificate_end("text before\n" + certificate + list).value()) == "2036-11-18T17:13:53Z");
}

BOOST_AUTO_TEST_CASE(of_a_revocation_list_is_its_next_update) {
  BOOST_TEST(format_date_time(revocation_list_end(list).value()) == "2026-12-11T17:13:53Z");
  BOOST_TEST(format_date_time(revocation_list_end(list + list).value()) == "2026-12-11T17:13:53Z");
}

BOOST_AUTO_TEST_CASE(of_anything_else_are_not_known_and_leave_no_error_behind) {
  for (auto const& other : {std::string(), std::string("nonsense"), certificate.substr(0, 200)}) {
    BOOST_TEST((certificate_end(other).error().code == reason::bad_key));
    BOOST_TEST((revocation_list_end(other).error().code == reason::bad_key));
  }
  BOOST_TEST((certificate_end(list).error().code == reason::bad_key));
  BOOST_TEST((revocation_list_end(certificate).error().code == reason::bad_key));
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
