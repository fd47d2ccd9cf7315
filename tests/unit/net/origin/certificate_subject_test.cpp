#include "net/origin/certificate_subject.hpp"

#include "net/origin/openssl.hpp"
#include "tests/support/certificates.hpp"

#include <boost/test/unit_test.hpp>

#include <openssl/pem.h>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::net;
using namespace consentd::tests;

namespace {

std::string der_of_pem(std::string const& pem) {
  auto const source = open_text(pem);
  x509_ptr const certificate{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
  return der_of(*certificate);
}

std::string issue(subject_name const& subject, std::vector<std::pair<std::string, std::string>> more = {}) {
  static certificate_authority const authority;
  leaf_options leaf;
  leaf.subject = subject;
  leaf.more_subject = std::move(more);
  return der_of_pem(authority.issue(leaf).certificate);
}

void check_refused(std::string const& der, std::string const& words) {
  auto const read = read_subject(der);
  BOOST_REQUIRE(!read.has_value());
  BOOST_TEST((read.error().code == reason::source_not_allowed));
  BOOST_TEST(read.error().detail.find(words) != std::string::npos, read.error().detail);
  BOOST_TEST(ERR_peek_error() == 0U);
}

// The DER form of one whose O is `from`, with other bytes in their place: reading looks at no signature.
std::string with_organization(std::string const& from, std::string const& to) {
  auto der = issue({"hub", from, "platform"});
  der.replace(der.find(from), from.size(), to);
  return der;
}

} // namespace

BOOST_AUTO_TEST_SUITE(certificate_subject_parts)

BOOST_AUTO_TEST_CASE(are_the_one_o_and_the_one_ou) {
  auto const read = read_subject(issue({"hub", "Open Finance Platform", "a1b2"}));
  BOOST_TEST((read.value() == certificate_subject{"Open Finance Platform", "a1b2"}));
  BOOST_TEST((read_subject(issue({{}, "O", "OU"})).value() == certificate_subject{"O", "OU"}));
}

BOOST_AUTO_TEST_CASE(are_utf_8) {
  auto const name = "\xd9\x85\xd8\xb5\xd8\xb1\xd9\x81";
  BOOST_TEST(read_subject(issue({"hub", name, "x"})).value().organization == name);
}

BOOST_AUTO_TEST_CASE(must_be_there) {
  check_refused(issue({"hub", {}, "unit"}), "exactly one O");
  check_refused(issue({"hub", "organization", {}}), "exactly one OU");
  check_refused(issue({"hub", {}, {}}), "exactly one O");
}

// An attacker's certificate with the right name and another one: one reader takes the first, another the last.
BOOST_AUTO_TEST_CASE(must_not_be_there_twice) {
  check_refused(issue({"hub", "right", "unit"}, {{"O", "wrong"}}), "exactly one O");
  check_refused(issue({"hub", "right", "unit"}, {{"O", "right"}}), "exactly one O");
  check_refused(issue({"hub", "right", "unit"}, {{"OU", "wrong"}}), "exactly one OU");
}

BOOST_AUTO_TEST_CASE(are_not_looked_for_in_other_parts) {
  auto const read = read_subject(issue({"O=wrong,OU=wrong", "right", "unit"}, {{"L", "O=wrong"}}));
  BOOST_TEST((read.value() == certificate_subject{"right", "unit"}));
}

BOOST_AUTO_TEST_CASE(must_be_text) {
  BOOST_TEST(read_subject(with_organization("right", "other")).has_value());
  check_refused(with_organization("right", "ri\xff\xfet"), "");
  check_refused(with_organization("right", std::string("ri\0ht", 5)), "control characters");
  check_refused(with_organization("right", "ri\nht"), "control characters");
  check_refused(with_organization("right", "righ\x7f"), "control characters");
}

BOOST_AUTO_TEST_CASE(of_something_else_are_a_failure) {
  auto const der = issue({"hub", "organization", "unit"});
  check_refused("", "not one certificate");
  check_refused("nonsense", "not one certificate");
  check_refused(der.substr(0, der.size() - 1), "not one certificate");
  check_refused(der + "x", "not one certificate");
  check_refused(der + der, "not one certificate");
}

BOOST_AUTO_TEST_SUITE_END()
