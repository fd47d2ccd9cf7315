#include "net/client_source.hpp"

#include "net/origin/openssl.hpp"
#include "tests/support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <string>

using namespace consentd;
using namespace consentd::net;
using namespace consentd::tests;

namespace ip = boost::asio::ip;

namespace {

request_head from_address(std::string const& address) {
  request_head head;
  head.peer.ip = ip::make_address(address);
  return head;
}

request_head from_unix_socket() {
  request_head head;
  head.peer.address = "unix";
  return head;
}

request_head claiming(request_head head, std::optional<std::string> const& address) {
  head.peer.proxied = proxied_peer{address.value_or("unix"), std::nullopt};
  if (address) {
    head.peer.proxied->ip = ip::make_address(*address);
  }
  return head;
}

request_head with(request_head head, std::string const& name, std::string const& value) {
  head.fields.push_back({name, value});
  return head;
}

forwarding forwarding_rules() {
  forwarding rules;
  rules.proxies = {network::parse("10.0.0.0/8").value()};
  return rules;
}

std::string address_of(request_head const& head, std::optional<forwarding> const& rules) {
  auto const found = client_address_of(head, rules);
  if (!found) {
    return std::string{to_string(found.error().code)};
  }
  return *found ? (*found)->to_string() : "none";
}

std::string const xff = "X-Forwarded-For";

struct certificates {
  certificates() : pem{certificate_authority{}.issue().certificate} {
    auto const source = open_text(pem);
    der = der_of(*x509_ptr{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)});
    auto const begin = pem.find('\n');
    for (char const c : pem.substr(begin, pem.find("-----END") - begin)) {
      header += c == '\n' ? "" : std::string(1, c);
    }
    header = ":" + header + ":";
    rules.proxies = {network::parse("10.0.0.0/8").value()};
  }
  std::string pem;
  std::string der;
  std::string header;
  passed_certificate rules;
  std::shared_ptr<std::string const> of_tls = std::make_shared<std::string const>("verified by TLS");
};

} // namespace

BOOST_AUTO_TEST_SUITE(client_source_address)

BOOST_AUTO_TEST_CASE(is_the_socket_s_without_further_rules) {
  BOOST_TEST(address_of(from_address("192.0.2.1"), std::nullopt) == "192.0.2.1");
  BOOST_TEST(address_of(with(from_address("192.0.2.1"), xff, "203.0.113.9"), std::nullopt) == "192.0.2.1");
  BOOST_TEST(address_of(from_unix_socket(), std::nullopt) == "none");
}

BOOST_AUTO_TEST_CASE(is_the_one_of_the_proxy_header_where_there_is_one) {
  BOOST_TEST(address_of(claiming(from_address("10.0.0.1"), "192.0.2.1"), std::nullopt) == "192.0.2.1");
  BOOST_TEST(address_of(claiming(from_unix_socket(), "192.0.2.1"), std::nullopt) == "192.0.2.1");
  BOOST_TEST(address_of(claiming(from_address("10.0.0.1"), std::nullopt), std::nullopt) == "none");
}

BOOST_AUTO_TEST_CASE(is_the_forwarded_one_from_a_trusted_proxy_alone) {
  auto const rules = forwarding_rules();
  BOOST_TEST(address_of(with(from_address("10.0.0.1"), xff, "203.0.113.9"), rules) == "203.0.113.9");
  BOOST_TEST(address_of(with(from_address("192.0.2.1"), xff, "203.0.113.9"), rules) == "192.0.2.1");
  // Behind a balancer of layer 4 it is the balancer's client that wrote the header.
  BOOST_TEST(address_of(with(claiming(from_address("10.0.0.1"), "192.0.2.1"), xff, "203.0.113.9"), rules) ==
             "192.0.2.1");
  BOOST_TEST(address_of(with(claiming(from_address("10.0.0.1"), "10.0.0.2"), xff, "203.0.113.9"), rules) ==
             "203.0.113.9");
  BOOST_TEST(address_of(from_address("10.0.0.1"), rules) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(of_a_stranger_who_claims_to_be_a_proxy_is_not_read_from_headers) {
  auto const head = with(claiming(from_address("192.0.2.1"), "10.0.0.2"), xff, "203.0.113.9");
  BOOST_TEST(address_of(head, forwarding_rules()) == "10.0.0.2"); // a claim, and whose it is worth is for the handler
}

BOOST_AUTO_TEST_CASE(is_read_from_the_configured_header_alone) {
  auto const rules = forwarding_rules();
  auto const head =
      with(with(from_address("10.0.0.1"), "Forwarded", "for=198.51.100.1"), "x-forwarded-for", "203.0.113.9");
  BOOST_TEST(address_of(head, rules) == "203.0.113.9");
  BOOST_TEST(address_of(with(from_address("10.0.0.1"), "Forwarded", "for=198.51.100.1"), rules) ==
             "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(of_a_process_beside_the_proxy_is_not_taken_for_our_own_unix_socket) {
  auto rules = forwarding_rules();
  rules.trust_unix_sockets = true;
  BOOST_TEST(address_of(with(from_unix_socket(), xff, "203.0.113.9"), rules) == "203.0.113.9");
  BOOST_TEST(address_of(with(claiming(from_unix_socket(), std::nullopt), xff, "203.0.113.9"), rules) == "none");
  BOOST_TEST(address_of(with(claiming(from_address("10.0.0.1"), std::nullopt), xff, "203.0.113.9"), rules) == "none");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(client_source_certificate, certificates)

BOOST_AUTO_TEST_CASE(is_that_of_tls_from_a_stranger_whatever_a_header_says) {
  for (auto const* const nearest : {"192.0.2.1", "11.0.0.1"}) {
    auto head = with(from_address(nearest), "Client-Cert", header);
    BOOST_TEST(client_certificate_of(head, rules).value() == nullptr);
    head.peer.certificate = of_tls;
    BOOST_TEST(client_certificate_of(head, rules).value() == of_tls);
    BOOST_TEST(client_certificate_of(head, std::nullopt).value() == of_tls);
  }
}

BOOST_AUTO_TEST_CASE(is_that_of_the_header_from_a_trusted_proxy_whatever_tls_says) {
  auto head = with(from_address("10.0.0.1"), "client-cert", header);
  head.peer.certificate = of_tls;
  BOOST_TEST((*client_certificate_of(head, rules).value() == der));
  auto without = from_address("10.0.0.1");
  without.peer.certificate = of_tls;
  BOOST_TEST(client_certificate_of(without, rules).value() == nullptr);
}

BOOST_AUTO_TEST_CASE(passed_on_counts_when_both_the_socket_s_peer_and_whom_it_carries_are_proxies) {
  auto const head = with(from_address("10.0.0.1"), "Client-Cert", header);
  BOOST_TEST((*client_certificate_of(claiming(head, "10.0.0.2"), rules).value() == der));
  BOOST_TEST(client_certificate_of(claiming(head, "192.0.2.1"), rules).value() == nullptr);
  BOOST_TEST(client_certificate_of(claiming(head, std::nullopt), rules).value() == nullptr);
  auto const stranger = with(from_address("192.0.2.1"), "Client-Cert", header);
  BOOST_TEST(client_certificate_of(claiming(stranger, "10.0.0.2"), rules).value() == nullptr);
}

BOOST_AUTO_TEST_CASE(must_be_one_and_of_the_configured_form) {
  auto const refused = [this](request_head const& head) {
    return client_certificate_of(head, rules).error().code == reason::header_not_allowed;
  };
  auto const head = with(from_address("10.0.0.1"), "Client-Cert", header);
  BOOST_TEST(client_certificate_of(head, rules).has_value());
  BOOST_TEST(refused(with(head, "Client-Cert", header)));
  BOOST_TEST(refused(with(from_address("10.0.0.1"), "Client-Cert", pem)));
  rules.as = passed_certificate::form::escaped_pem;
  BOOST_TEST(refused(head));
}

BOOST_AUTO_TEST_CASE(over_a_unix_socket_counts_where_that_is_trusted) {
  auto const head = with(from_unix_socket(), "Client-Cert", header);
  BOOST_TEST(client_certificate_of(head, rules).value() == nullptr);
  rules.trust_unix_sockets = true;
  BOOST_TEST((*client_certificate_of(head, rules).value() == der));
  BOOST_TEST(client_certificate_of(claiming(head, std::nullopt), rules).value() == nullptr);
  BOOST_TEST(client_certificate_of(claiming(head, "192.0.2.1"), rules).value() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
