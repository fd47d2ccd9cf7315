#include "base/reason.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <fstream>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace {

using namespace consentd;

// Contract section 7.
std::set<std::string_view> const codes_of_the_contract{
    "JWS.InvalidSignature",   "JWS.Malformed",          "JWS.InvalidClaim",  "JWS.InvalidHeader",
    "JWS.InvalidPayload",     "JWE.DecryptionError",    "JWE.InvalidHeader", "Event.UnexpectedEvent",
    "Body.InvalidFormat",     "Resource.InvalidFormat", "Consent.Invalid",   "GenericError",
    "GenericRecoverableError"};

struct documented {
  std::string meaning;
  std::string answer;
  std::string code;
};

std::string trimmed(std::string const& cell) {
  auto const first = cell.find_first_not_of(" `");
  auto const last = cell.find_last_not_of(" `");
  return first == std::string::npos ? "" : cell.substr(first, last - first + 1);
}

std::vector<std::string> cells(std::string const& row) {
  std::vector<std::string> found;
  for (std::size_t at = 1; at < row.size();) {
    auto const end = std::min(row.find('|', at), row.size());
    found.push_back(trimmed(row.substr(at, end - at)));
    at = end + 1;
  }
  return found;
}

std::map<std::string, documented, std::less<>> read_document() {
  std::ifstream file(CONSENTD_SOURCE_DIR "/docs/reasons.md");
  BOOST_REQUIRE(file.is_open());
  std::map<std::string, documented, std::less<>> rows;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) {
      continue;
    }
    auto const row = cells(line);
    BOOST_REQUIRE_EQUAL(row.size(), 4U);
    BOOST_REQUIRE_MESSAGE(rows.emplace(row[0], documented{row[1], row[2], row[3]}).second, row[0] + " has two rows");
  }
  return rows;
}

} // namespace

BOOST_AUTO_TEST_SUITE(reason_)

BOOST_AUTO_TEST_CASE(names_lead_back_to_their_reason) {
  std::set<std::string_view> seen;
  for (auto const code : all_reasons()) {
    BOOST_TEST(seen.insert(to_string(code)).second, to_string(code) << " is the name of two reasons");
    BOOST_TEST((parse_reason(to_string(code)) == code), to_string(code));
  }
  BOOST_TEST(to_string(reason::issuer_mismatch) == "issuer-mismatch");
  BOOST_TEST(to_string(reason::not_a_jwe) == "not-a-jwe");
}

BOOST_AUTO_TEST_CASE(unknown_names_are_no_reason) {
  for (auto const* const name : {"", "issuer_mismatch", "Issuer-Mismatch", "issuer-mismatch ", "issuer"}) {
    BOOST_TEST(!parse_reason(name).has_value(), name);
  }
}

BOOST_AUTO_TEST_CASE(the_document_lists_every_reason_and_no_other) {
  auto const rows = read_document();
  for (auto const code : all_reasons()) {
    auto const row = rows.find(to_string(code));
    BOOST_REQUIRE_MESSAGE(row != rows.end(), to_string(code) << " is not in docs/reasons.md");
    auto const expected = contract_code(code).empty() ? "–" : contract_code(code);
    BOOST_TEST(row->second.code == expected, to_string(code));
    BOOST_TEST(row->second.meaning == meaning(code), to_string(code));
    BOOST_TEST(!row->second.answer.empty(), to_string(code));
  }
  for (auto const& [name, row] : rows) {
    BOOST_TEST(parse_reason(name).has_value(), name << " is in docs/reasons.md alone");
  }
}

BOOST_AUTO_TEST_CASE(final_are_those_that_no_mend_changes) {
  std::set<reason> found;
  for (auto const code : all_reasons()) {
    if (is_final(code)) {
      found.insert(code);
    }
  }
  BOOST_TEST((found == std::set<reason>{reason::replay, reason::signature, reason::expired}));
}

BOOST_AUTO_TEST_CASE(senders_are_told_only_codes_of_the_contract) {
  std::set<std::string_view> used;
  for (auto const code : all_reasons()) {
    if (!contract_code(code).empty()) {
      BOOST_TEST(codes_of_the_contract.contains(contract_code(code)), to_string(code));
      used.insert(contract_code(code));
    }
  }
  BOOST_TEST((used == codes_of_the_contract));
}

// Contract section 7: a body comes with 400, 403, 500 and 503, so what is answered so needs a code, and a 401 must not
// have one.
BOOST_AUTO_TEST_CASE(answers_with_a_body_have_a_code) {
  std::set<std::string_view> const with_body{"400", "(400)", "403", "500", "(500)", "503", "(503)"};
  for (auto const& [name, row] : read_document()) {
    if (with_body.contains(row.answer)) {
      BOOST_TEST(row.code != "–", name);
    }
    if (row.answer == "401") {
      BOOST_TEST(row.code == "–", name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
