#include "ingress/sender.hpp"

#include "net/origin/openssl.hpp"
#include "tests/support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>

using namespace consentd;
using namespace consentd::ingress;

namespace {

std::shared_ptr<std::string const> certificate_of(tests::subject_name const& subject) {
  static tests::certificate_authority const authority;
  auto const pem = authority.issue({.subject = subject}).certificate;
  auto const source = net::open_text(pem);
  return std::make_shared<std::string const>(
      net::der_of(*net::x509_ptr{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)}));
}

net::request_head from(std::string const& address) {
  net::request_head head;
  head.peer.address = address + ":4711";
  head.peer.ip = boost::asio::ip::make_address(address);
  return head;
}

std::vector<net::network> networks(std::initializer_list<char const*> texts) {
  std::vector<net::network> all;
  for (auto const* const text : texts) {
    all.push_back(net::network::parse(text).value());
  }
  return all;
}

std::string word(result<sender> const& found) {
  return found ? "admitted" : std::string(to_string(found.error().code));
}

struct rules_of_two {
  sender_rules rules;
  rules_of_two() {
    rules.senders = {{{"Hub", "hub-client"}, "https://hub.example", "hub"}, {{"Second", "two"}, "Second", "two"}};
  }
  std::string by(tests::subject_name const& subject) const {
    auto head = from("192.0.2.1");
    head.peer.certificate = certificate_of(subject);
    return word(identify_sender(head, rules));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(sender_addresses)

BOOST_AUTO_TEST_CASE(anybody_may_send_without_rules) {
  auto const found = identify_sender(from("192.0.2.1"), {});
  BOOST_TEST(found.value().address == "192.0.2.1");
  BOOST_TEST((found->known == nullptr));
}

BOOST_AUTO_TEST_CASE(only_listed_addresses_may_send) {
  sender_rules rules;
  rules.addresses = networks({"192.0.2.0/24", "2001:db8::/32"});
  BOOST_TEST(word(identify_sender(from("192.0.2.255"), rules)) == "admitted");
  BOOST_TEST(word(identify_sender(from("2001:db8::9"), rules)) == "admitted");
  BOOST_TEST(word(identify_sender(from("192.0.3.1"), rules)) == "source-not-allowed");
  net::request_head local;
  local.peer.address = "unix";
  BOOST_TEST(word(identify_sender(local, rules)) == "source-not-allowed");
}

BOOST_AUTO_TEST_CASE(a_listed_address_cannot_be_claimed_in_a_header) {
  sender_rules rules;
  rules.addresses = networks({"192.0.2.0/24"});
  rules.forwarding = net::forwarding{.proxies = networks({"10.0.0.0/8"})};
  auto stranger = from("203.0.113.1");
  stranger.fields.push_back({"X-Forwarded-For", "192.0.2.1"});
  BOOST_TEST(word(identify_sender(stranger, rules)) == "source-not-allowed");
  BOOST_TEST(ignored_header(stranger, rules).value_or("") == "X-Forwarded-For");
  auto proxy = from("10.0.0.1");
  proxy.fields.push_back({"X-Forwarded-For", "203.0.113.7, 192.0.2.1"});
  BOOST_TEST(identify_sender(proxy, rules).value().address == "192.0.2.1");
  BOOST_TEST(!ignored_header(proxy, rules));
  proxy.fields.back().value = "192.0.2.1, 203.0.113.7";
  BOOST_TEST(word(identify_sender(proxy, rules)) == "source-not-allowed");
}

BOOST_AUTO_TEST_CASE(a_listed_address_cannot_be_claimed_in_a_proxy_header_of_a_stranger) {
  sender_rules rules;
  rules.addresses = networks({"192.0.2.0/24"});
  rules.proxies = networks({"10.0.0.0/8"});
  auto const claiming = [](std::string const& peer) {
    auto head = from(peer);
    head.peer.proxied = net::proxied_peer{"192.0.2.1:9", boost::asio::ip::make_address("192.0.2.1")};
    return head;
  };
  BOOST_TEST(word(identify_sender(claiming("10.0.0.1"), rules)) == "admitted");
  BOOST_TEST(word(identify_sender(claiming("203.0.113.1"), rules)) == "source-not-allowed");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(sender_certificates, rules_of_two)

BOOST_AUTO_TEST_CASE(only_listed_subjects_may_send) {
  BOOST_TEST(by({"anything", "Hub", "hub-client"}) == "admitted");
  BOOST_TEST(by({"anything", "Second", "two"}) == "admitted");
  BOOST_TEST(by({"anything", "Hub", "two"}) == "source-not-allowed"); // one of each, not a pair
  BOOST_TEST(by({"anything", "hub", "hub-client"}) == "source-not-allowed");
  BOOST_TEST(by({"anything", "Hub", ""}) == "source-not-allowed");
  BOOST_TEST(by({"Hub", "", "hub-client"}) == "source-not-allowed");
  BOOST_TEST(word(identify_sender(from("192.0.2.1"), rules)) == "source-not-allowed");
}

BOOST_AUTO_TEST_CASE(token_must_be_that_of_its_certificate) {
  sender const with_certificate{"192.0.2.1", &rules.senders.front()};
  auto const agreement = [&](char const* issuer, char const* subject) {
    authz::caller token;
    token.issuer = issuer;
    token.subject = subject;
    auto const agrees = check_agreement(token, with_certificate);
    return agrees ? "agrees" : std::string(to_string(agrees.error().code));
  };
  BOOST_TEST(agreement("https://hub.example", "hub") == "agrees");
  BOOST_TEST(agreement("Second", "two") == "bearer-claim");
  BOOST_TEST(agreement("https://hub.example", "two") == "bearer-claim");
  BOOST_TEST(check_agreement({}, {"192.0.2.1", nullptr}).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
