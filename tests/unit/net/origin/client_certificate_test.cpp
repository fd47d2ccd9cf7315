#include "net/origin/client_certificate.hpp"

#include "tests/support/certificates.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <openssl/err.h>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::net;
using namespace consentd::tests;

namespace data = boost::unit_test::data;

namespace {

using texts = std::vector<std::string_view>;

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----\n";
constexpr std::string_view end_line = "-----END CERTIFICATE-----\n";

// The certificate's base64 in PEM, without its lines: what RFC 9440 puts between colons.
std::string base64_of(std::string const& pem) {
  auto text = pem.substr(begin_line.size(), pem.size() - begin_line.size() - end_line.size());
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  return text;
}

// As nginx does it.
std::string escaped(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string made;
  for (char const c : text) {
    auto const value = static_cast<unsigned char>(c);
    if (std::isalnum(value) != 0 || std::string_view{"-._~"}.find(c) != std::string_view::npos) {
      made += c;
    } else {
      made += '%';
      made += digits[value >> 4U];
      made += digits[value & 15U];
    }
  }
  return made;
}

// One whose base64 ends in one "=", so that every rule about padding has something to bite.
std::string const& certificate() {
  static std::string const made = [] {
    certificate_authority const authority;
    leaf_options leaf;
    for (;;) {
      auto pem = authority.issue(leaf).certificate;
      auto const text = base64_of(pem);
      if (text.ends_with('=') && !text.ends_with("==") && text.find_first_of("+/") != std::string::npos) {
        return pem;
      }
      leaf.subject.common_name += "x";
    }
  }();
  return made;
}

std::string const& value() {
  static std::string const made = base64_of(certificate());
  return made;
}

// A certificate whose DER form is larger than `least`.
std::string certificate_beyond(std::size_t least) {
  leaf_options leaf;
  while (leaf.dns_names.size() * 100 < least) {
    leaf.dns_names.push_back(std::string(60, 'a') + "." + std::string(40, 'b'));
  }
  return certificate_authority{}.issue(leaf).certificate;
}

void check_refused(result<std::string> const& read) {
  BOOST_REQUIRE(!read.has_value());
  BOOST_TEST((read.error().code == reason::header_not_allowed));
  BOOST_TEST(ERR_peek_error() == 0U);
}

} // namespace

BOOST_AUTO_TEST_SUITE(client_certificate_header)

BOOST_AUTO_TEST_CASE(of_either_form_gives_the_same_certificate) {
  auto const plain = ":" + value() + ":";
  auto const url = escaped(certificate());
  auto const first = certificate_of_client_cert(texts{plain});
  auto const second = certificate_of_escaped_pem(texts{url});
  BOOST_REQUIRE(first.has_value());
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((*first == *second));
  BOOST_TEST(first->front() == '\x30');
}

BOOST_AUTO_TEST_CASE(must_stand_on_exactly_one_line) {
  auto const plain = ":" + value() + ":";
  auto const url = escaped(certificate());
  check_refused(certificate_of_client_cert({}));
  check_refused(certificate_of_client_cert(texts{plain, plain}));
  check_refused(certificate_of_escaped_pem({}));
  check_refused(certificate_of_escaped_pem(texts{url, url}));
}

BOOST_AUTO_TEST_CASE(of_rfc_9440_with_another_form_is_refused) {
  auto const& text = value();
  auto other_bits = text; // the last character before the padding has two bits that belong to no byte
  other_bits[text.size() - 2] = static_cast<char>(other_bits[text.size() - 2] + 1);
  auto url_alphabet = text;
  std::replace(url_alphabet.begin(), url_alphabet.end(), '+', '-');
  std::replace(url_alphabet.begin(), url_alphabet.end(), '/', '_');
  BOOST_TEST(certificate_of_client_cert(texts{std::string_view{":" + text + ":"}}).has_value());
  for (std::string const& each : std::vector<std::string>{"",
                                                          ":",
                                                          "::",
                                                          text,
                                                          ":" + text,
                                                          text + ":",
                                                          "\"" + text + "\"",
                                                          ":" + text + ":;a=b",
                                                          ":" + text + ": ",
                                                          " :" + text + ":",
                                                          ":" + text + ":, :" + text + ":",
                                                          ": " + text + ":",
                                                          ":" + text + "=:",
                                                          ":" + text.substr(0, text.size() - 1) + ":",
                                                          ":" + text.substr(0, 64) + "\n" + text.substr(64) + ":",
                                                          ":" + text.substr(0, 64) + " " + text.substr(64) + ":",
                                                          ":" + other_bits + ":",
                                                          ":" + url_alphabet + ":",
                                                          ":" + text.substr(0, 400) + ":",
                                                          ":" + text.substr(4) + ":",
                                                          ":AAAA:"}) {
    check_refused(certificate_of_client_cert(texts{each}));
  }
}

BOOST_AUTO_TEST_CASE(of_rfc_9440_with_bytes_behind_the_certificate_is_refused) {
  // Two padded certificates are not base64; bytes behind one without its padding are.
  auto const text = ":" + value().substr(0, value().size() - 1) + "AAAAA:";
  check_refused(certificate_of_client_cert(texts{text}));
}

BOOST_AUTO_TEST_CASE(of_nginx_with_another_form_is_refused) {
  auto const& pem = certificate();
  auto const url = escaped(pem);
  auto bare_plus = url;
  bare_plus.replace(bare_plus.find("%2"), 3, "+");
  auto const encrypted = std::string{begin_line} +
                         "Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,0123456789ABCDEF\n\n" +
                         pem.substr(begin_line.size());
  BOOST_TEST(certificate_of_escaped_pem(texts{url}).has_value());
  for (std::string const& each :
       std::vector<std::string>{"",
                                pem,
                                url + "%",
                                url + "%0",
                                url + "%zz",
                                url + " ",
                                " " + url,
                                bare_plus,
                                url + url,
                                escaped("x" + pem),
                                escaped(pem + "x"),
                                escaped("\n" + pem),
                                escaped(pem + "\n"),
                                escaped(pem.substr(0, pem.size() - 1)),
                                escaped(pem.substr(0, 400)),
                                escaped(encrypted),
                                escaped(std::string{begin_line} + std::string{end_line}),
                                escaped(pem + std::string("\0", 1)),
                                escaped("-----BEGIN X509 CERTIFICATE-----\n" + pem.substr(begin_line.size())),
                                ":" + value() + ":"}) {
    check_refused(certificate_of_escaped_pem(texts{each}));
  }
}

BOOST_AUTO_TEST_CASE(is_taken_up_to_its_bound) {
  auto const below = certificate_beyond(largest_certificate - 2000);
  auto const above = certificate_beyond(largest_certificate);
  auto const plain_below = ":" + base64_of(below) + ":";
  auto const plain_above = ":" + base64_of(above) + ":";
  auto const url_below = escaped(below);
  auto const url_above = escaped(above);
  BOOST_TEST(certificate_of_client_cert(texts{plain_below}).has_value());
  check_refused(certificate_of_client_cert(texts{plain_above}));
  BOOST_TEST(certificate_of_escaped_pem(texts{url_below}).has_value());
  check_refused(certificate_of_escaped_pem(texts{url_above}));
  auto const endless = std::string(1'000'000, 'A');
  check_refused(certificate_of_client_cert(texts{":" + endless + ":"}));
  check_refused(certificate_of_escaped_pem(texts{endless}));
}

BOOST_AUTO_TEST_SUITE_END()
