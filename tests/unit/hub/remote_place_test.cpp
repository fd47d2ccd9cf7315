#include "hub/discovery.hpp"
#include "hub/remote_place.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd;

BOOST_AUTO_TEST_SUITE(remote_place)

BOOST_AUTO_TEST_CASE(urls_are_taken_apart) {
  auto const plain = hub::parse_https_url("https://Keys.Example").value();
  BOOST_TEST(plain.host == "keys.example");
  BOOST_TEST(plain.port == "443");
  BOOST_TEST(plain.path == "/");
  auto const full = hub::parse_https_url("https://[2001:db8::1]:8443/a/b?c=d").value();
  BOOST_TEST(full.host == "2001:db8::1");
  BOOST_TEST(full.port == "8443");
  BOOST_TEST(full.path == "/a/b?c=d");
  BOOST_TEST(hub::parse_https_url("https://host?x").value().path == "/?x");
}

BOOST_DATA_TEST_CASE(what_is_no_plain_https_url_is_asked_for_nothing,
                     (std::vector<std::string>{"http://host/", "file:///etc/passwd", "https:///path",
                                               "https://user@host/", "https://user:word@host/", "https://host:/",
                                               "https://host/#part", "host/path", "", "https://ho st/",
                                               "https://host:99999/"}),
                     url) {
  auto const parsed = hub::parse_https_url(url);
  BOOST_REQUIRE(!parsed);
  BOOST_TEST((parsed.error().code == reason::bad_setting));
}

BOOST_AUTO_TEST_CASE(only_listed_hosts_may_be_asked) {
  std::vector<std::string> const hosts{"Keys.example", "10.1.2.3"};
  auto const listed = [&](std::string const& url) { return hub::is_listed(hub::parse_https_url(url).value(), hosts); };
  BOOST_TEST(listed("https://keys.EXAMPLE/x"));
  BOOST_TEST(listed("https://10.1.2.3:99/"));
  BOOST_TEST(!listed("https://keys.example.evil.example/"));
  BOOST_TEST(!listed("https://evil-keys.example/"));
  BOOST_TEST(!listed("https://sub.keys.example/"));
  BOOST_TEST(!listed("https://10.1.2.30/"));
}

BOOST_DATA_TEST_CASE(addresses_inside_are_not_public,
                     (std::vector<std::string>{"0.0.0.0",
                                               "10.0.0.1",
                                               "10.255.255.255",
                                               "100.64.0.1",
                                               "127.0.0.1",
                                               "127.255.0.1",
                                               "169.254.169.254",
                                               "172.16.0.1",
                                               "172.31.255.255",
                                               "192.0.0.8",
                                               "192.168.1.1",
                                               "198.18.0.1",
                                               "224.0.0.1",
                                               "240.0.0.1",
                                               "255.255.255.255",
                                               "::",
                                               "::1",
                                               "fe80::1",
                                               "fc00::1",
                                               "fd12:3456::1",
                                               "ff02::1",
                                               "::ffff:10.0.0.1",
                                               "::ffff:127.0.0.1",
                                               "64:ff9b::a00:1",
                                               "64:ff9b::7f00:1",
                                               "2002:a00:1::1",
                                               "2002:7f00:1::",
                                               "2001:db8::1",
                                               "2001::1",
                                               "fec0::1",
                                               "::10.0.0.1"}),
                     text) {
  BOOST_TEST(!hub::is_public(boost::asio::ip::make_address(text)));
}

BOOST_DATA_TEST_CASE(addresses_of_the_internet_are_public,
                     (std::vector<std::string>{"1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
                                               "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255",
                                               "172.32.0.0", "192.167.255.255", "192.169.0.0", "223.255.255.255",
                                               "2a00:1450::1", "2400:cb00::1", "::ffff:1.1.1.1", "64:ff9b::101:101",
                                               "2002:101:101::1"}),
                     text) {
  BOOST_TEST(hub::is_public(boost::asio::ip::make_address(text)));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(discovery)

BOOST_AUTO_TEST_CASE(document_is_looked_for_below_the_issuer) {
  BOOST_TEST(hub::discovery_url("https://a.example") == "https://a.example/.well-known/openid-configuration");
  BOOST_TEST(hub::discovery_url("https://a.example/") == "https://a.example/.well-known/openid-configuration");
  BOOST_TEST(hub::discovery_url("https://a.example/bank") == "https://a.example/bank/.well-known/openid-configuration");
}

BOOST_AUTO_TEST_CASE(document_of_the_issuer_names_its_key_set) {
  auto const read = hub::read_jwks_uri(
      R"({"issuer":"https://a.example","jwks_uri":"https://keys.example/a","token_endpoint":"https://t"})",
      "https://a.example");
  BOOST_TEST(read.value() == "https://keys.example/a");
}

BOOST_DATA_TEST_CASE(
    document_that_is_wrong_names_nothing,
    (std::vector<std::string>{
        R"({"issuer":"https://b.example","jwks_uri":"https://keys.example/a"})",
        R"({"issuer":"https://a.example/","jwks_uri":"https://keys.example/a"})",
        R"({"jwks_uri":"https://keys.example/a"})", R"({"issuer":"https://a.example"})",
        R"({"issuer":["https://a.example"],"jwks_uri":"https://keys.example/a"})",
        R"({"issuer":"https://a.example","jwks_uri":"http://keys.example/a"})",
        R"({"issuer":"https://a.example","jwks_uri":"file:///keys"})", R"({"issuer":"https://a.example","jwks_uri":7})",
        R"({"issuer":"https://b.example","issuer":"https://a.example","jwks_uri":"https://keys.example/a"})", "[]", "",
        "null", R"("https://a.example")"}),
    document) {
  auto const read = hub::read_jwks_uri(document, "https://a.example");
  BOOST_REQUIRE(!read);
  BOOST_TEST((read.error().code == reason::bad_key));
}

BOOST_AUTO_TEST_SUITE_END()
