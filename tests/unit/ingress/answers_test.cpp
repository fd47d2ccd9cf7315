// Ties the answers of docs/reasons.md to what the webhook gives.
#include "base/reason.hpp"
#include "ingress/webhook.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>
#include <string>

using namespace consentd;

namespace {

// The third cell of each row, by the reason's name; the parentheses say in which mode it is given, not what it is.
std::map<std::string, std::string, std::less<>> documented_answers() {
  std::ifstream file(CONSENTD_SOURCE_DIR "/docs/reasons.md");
  BOOST_REQUIRE(file.is_open());
  std::map<std::string, std::string, std::less<>> answers;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("| `")) {
      continue;
    }
    auto const name = line.substr(3, line.find('`', 3) - 3);
    auto const meaning = line.find('|', 1);
    auto const answer = line.find('|', meaning + 1);
    auto const end = line.find('|', answer + 1);
    BOOST_REQUIRE(end != std::string::npos);
    auto cell = line.substr(answer + 2, end - answer - 3);
    std::erase_if(cell, [](char c) { return c == '(' || c == ')'; });
    answers.emplace(name, std::move(cell));
  }
  return answers;
}

} // namespace

BOOST_AUTO_TEST_SUITE(answers)

BOOST_AUTO_TEST_CASE(every_reason_is_answered_as_the_document_says) {
  auto const documented = documented_answers();
  for (auto const code : all_reasons()) {
    auto const row = documented.find(to_string(code));
    BOOST_REQUIRE_MESSAGE(row != documented.end(), to_string(code));
    bool const given_here = row->second.find_first_not_of("0123456789") == std::string::npos;
    // What the webhook never answers with would be a mistake of ours.
    auto const expected = given_here ? row->second : std::string("500");
    BOOST_TEST(std::to_string(ingress::status_of(code)) == expected, to_string(code)
                                                                         << " is documented as " << row->second);
  }
}

BOOST_AUTO_TEST_SUITE_END()
