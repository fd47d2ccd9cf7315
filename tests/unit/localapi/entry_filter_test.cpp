#include "localapi/entry_filter.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;

namespace {

store::journal_entry decided_for_bank_b() {
  store::journal_entry made;
  made.type = store::entry_type::announced;
  made.consent_id = "c-1";
  made.issuer = "https://bank-b.example";
  made.kind = consent::kind::payment;
  made.left_issuer = "https://bank-a.example";
  made.left_kind = consent::kind::account_access;
  return made;
}

store::entry_filter by_issuer(std::string issuer) {
  store::entry_filter made;
  made.issuer = std::move(issuer);
  return made;
}

store::entry_filter by_kind(consent::kind kind) {
  store::entry_filter made;
  made.kind = kind;
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(entry_filters)

BOOST_AUTO_TEST_CASE(consent_that_leaves_an_issuer_or_a_kind_passes_once_more) {
  auto const entry = decided_for_bank_b();
  BOOST_TEST(passes(by_issuer("https://bank-a.example"), entry));
  BOOST_TEST(passes(by_issuer("https://bank-b.example"), entry));
  BOOST_TEST(!passes(by_issuer("https://bank-c.example"), entry));
  BOOST_TEST(passes(by_kind(consent::kind::account_access), entry));
  BOOST_TEST(passes(by_kind(consent::kind::payment), entry));
  BOOST_TEST(!passes(by_kind(consent::kind::insurance), entry));
}

BOOST_AUTO_TEST_CASE(absence_lets_everything_pass_and_nothing_was_left_by_most) {
  auto entry = decided_for_bank_b();
  entry.left_issuer.reset();
  entry.left_kind.reset();
  BOOST_TEST(passes({}, entry));
  BOOST_TEST(!passes(by_issuer("https://bank-a.example"), entry));
  BOOST_TEST(!passes(by_kind(consent::kind::account_access), entry));
}

BOOST_AUTO_TEST_SUITE_END()
