#include "hub/fetcher.hpp"

#include "tests/support/process.hpp"
#include "tests/unit/hub/authority.hpp"
#include "tests/unit/hub/connect_proxy.hpp"
#include "tests/unit/hub/key_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd;
namespace asio = boost::asio;

namespace {

std::shared_ptr<asio::ssl::context> trusting(std::string const& certificate) {
  tests::temporary_folder const folder;
  tests::write_text(folder / "ca.crt", certificate);
  return hub::make_client_context(folder / "ca.crt").value();
}

hub::fetch_rules loopback_rules() {
  hub::fetch_rules rules;
  rules.hosts = {"localhost", "127.0.0.1", "::1"};
  rules.private_addresses = true;
  return rules;
}

result<std::string> get(std::string const& url, hub::fetch_rules rules = loopback_rules(),
                        std::string const& trusted = tests::authority().certificate()) {
  asio::io_context context;
  hub::fetcher const by(trusting(trusted), std::move(rules));
  auto got = asio::co_spawn(context, by.get(url), asio::use_future);
  context.run();
  return got.get();
}

std::string name_of(result<std::string> const& got) {
  return got ? "got" : std::string(to_string(got.error().code));
}

struct scene {
  tests::key_server server{tests::authority().issue()};
  scene() { server.answer(200, "{}"); }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(fetcher, scene)

BOOST_AUTO_TEST_CASE(a_document_comes_over_verified_tls) {
  BOOST_TEST(get(server.url()).value() == "{}");
  BOOST_TEST(get(server.url("127.0.0.1")).value() == "{}");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_not_trusted) {
  tests::certificate_authority const other("Other Root");
  BOOST_TEST(name_of(get(server.url(), loopback_rules(), other.certificate())) == "disconnected");
  BOOST_TEST(server.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_host_is_not_trusted) {
  tests::leaf_options elsewhere;
  elsewhere.dns_names = {"elsewhere.example"};
  elsewhere.ip_addresses = {};
  tests::key_server stranger(tests::authority().issue(elsewhere));
  stranger.answer(200, "{}");
  BOOST_TEST(name_of(get(stranger.url())) == "disconnected");
  BOOST_TEST(stranger.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(redirects_and_errors_are_no_documents) {
  for (unsigned const status : {301U, 302U, 307U, 404U, 500U, 204U}) {
    server.answer(status, status == 204U ? "" : "{}", {{"Location", server.url()}});
    BOOST_TEST(name_of(get(server.url())) == "disconnected");
  }
  BOOST_TEST(server.asked() == 6U);
}

BOOST_AUTO_TEST_CASE(a_document_is_bounded) {
  auto rules = loopback_rules();
  rules.max_bytes = 1000;
  server.answer(200, std::string(1000, ' '));
  BOOST_TEST(get(server.url(), rules).value().size() == 1000U);
  server.answer(200, std::string(1001, ' '));
  BOOST_TEST(name_of(get(server.url(), rules)) == "disconnected");
}

BOOST_AUTO_TEST_CASE(only_https_is_asked) {
  for (auto const* url :
       {"http://localhost/jwks", "ftp://localhost/", "localhost", "https://", "https://a@localhost/", ""}) {
    BOOST_TEST(name_of(get(url)) == "bad-setting");
  }
}

BOOST_AUTO_TEST_CASE(a_host_that_is_not_listed_is_not_asked) {
  auto rules = loopback_rules();
  rules.hosts = {"127.0.0.1"};
  BOOST_TEST(name_of(get(server.url("127.0.0.1"), rules)) == "got");
  BOOST_TEST(name_of(get(server.url("localhost"), rules)) == "bad-setting");
  BOOST_TEST(server.asked() == 1U);
}

BOOST_AUTO_TEST_CASE(a_name_that_leads_inside_is_not_asked) {
  auto rules = loopback_rules();
  rules.private_addresses = false;
  for (auto const* host : {"localhost", "127.0.0.1"}) {
    BOOST_TEST(name_of(get(server.url(host), rules)) == "bad-setting");
  }
  BOOST_TEST(server.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(a_proxy_is_asked_for_a_tunnel_and_the_server_is_still_verified) {
  auto rules = loopback_rules();
  rules.private_addresses = false; // where a name leads is the proxy's business
  auto const port = static_cast<unsigned short>(std::stoi(server.port()));
  {
    tests::connect_proxy proxy(port, "HTTP/1.1 200 Connection established\r\n\r\n");
    rules.proxy = hub::proxy_place{"127.0.0.1", proxy.port()};
    BOOST_TEST(name_of(get("https://localhost/jwks", rules)) == "got");
    BOOST_TEST(proxy.asked().starts_with("CONNECT localhost:443 HTTP/1.1\r\n"));
  }
  tests::connect_proxy proxy(port, "HTTP/1.1 200 OK\r\n\r\n");
  rules.proxy = hub::proxy_place{"127.0.0.1", proxy.port()};
  rules.hosts = {"elsewhere.example"};
  BOOST_TEST(name_of(get("https://elsewhere.example/jwks", rules)) ==
             "disconnected"); // the certificate is for localhost
  BOOST_TEST(server.asked() == 1U);
}

BOOST_AUTO_TEST_CASE(a_proxy_that_refuses_or_speaks_first_is_no_way) {
  auto rules = loopback_rules();
  auto const port = static_cast<unsigned short>(std::stoi(server.port()));
  for (auto const* answer : {"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno", "nonsense\r\n\r\n",
                             "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK\r\n\r\n{}"}) {
    tests::connect_proxy proxy(port, answer);
    rules.proxy = hub::proxy_place{"127.0.0.1", proxy.port()};
    BOOST_TEST(name_of(get("https://localhost/jwks", rules)) == "disconnected");
  }
  BOOST_TEST(server.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(own_certificate_must_fit_its_key) {
  tests::temporary_folder const folder;
  auto const own = tests::authority().issue();
  auto const other = tests::authority().issue();
  tests::write_text(folder / "ca.crt", tests::authority().certificate());
  tests::write_text(folder / "own.crt", own.certificate);
  BOOST_TEST((hub::make_client_context(folder / "ca.crt", {folder / "own.crt", own.private_key}).has_value()));
  for (auto const& key : {other.private_key, std::string("not a key"), std::string()}) {
    auto const made = hub::make_client_context(folder / "ca.crt", {folder / "own.crt", key});
    BOOST_REQUIRE(!made);
    BOOST_TEST((made.error().code == reason::bad_setting));
    BOOST_TEST(made.error().detail.find("own.crt") != std::string::npos);
  }
  BOOST_TEST(!hub::make_client_context(folder / "ca.crt", {folder / "missing.crt", own.private_key}));
}

BOOST_AUTO_TEST_SUITE_END()
