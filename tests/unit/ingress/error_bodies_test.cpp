// The bodies of refusals: what they say, when there is none.
#include "ingress/error_bodies.hpp"
#include "ingress/error_message.hpp"

#include "jose/open.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/jose/parties.hpp"
#include "json/document.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <fstream>
#include <map>

namespace {

using namespace consentd;
using namespace std::chrono_literals;

struct signing_fixture {
  ingress::error_terms terms{.issuer = "tpp", .audience = "https://hub.example", .lifetime = 60s, .patience = 1min};
  test::manual_clock now{timestamp(1'800'000'000s + 250ms)};

  std::string body_of(reason why) {
    boost::asio::io_context io; // outlives whoever posts to it
    ingress::error_bodies bodies(jose::signing_key::from_pem(jose::bank_key().private_pem(), "tpp-sign").value(), terms,
                                 now);
    std::string made;
    boost::asio::co_spawn(io, bodies.body_for(why), [&made](std::exception_ptr const& thrown, std::string body) {
      BOOST_TEST((thrown == nullptr));
      made = std::move(body);
    });
    io.run();
    return made;
  }
};

json::document claims_of(std::string const& body) {
  auto const token = jose::compact_jws::parse(body, {});
  BOOST_REQUIRE(token.has_value());
  auto const verified = jose::verify(*token, *jose::public_half(jose::bank_key()));
  BOOST_REQUIRE(verified.has_value());
  auto parsed = json::document::parse(verified->bytes(), {});
  BOOST_REQUIRE(parsed.has_value());
  return std::move(*parsed);
}

std::string cell(std::string const& row, int number) {
  std::size_t from = 0;
  for (int i = 0; i <= number; ++i) {
    from = row.find('|', from) + 1;
  }
  auto text = row.substr(from, row.find('|', from) - from);
  text.erase(0, text.find_first_not_of(' '));
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(error_bodies, signing_fixture)

BOOST_AUTO_TEST_CASE(body_says_who_to_whom_when_and_what_to_mend) {
  auto const claims = claims_of(body_of(reason::signature));
  auto const root = claims.root();
  BOOST_TEST(*root.find_string("iss") == "tpp");
  BOOST_TEST(root.find("aud")->raw() == R"(["https://hub.example"])");
  BOOST_TEST(root.find("iat")->integer().value() == 1'800'000'000);
  BOOST_TEST(root.find("nbf")->integer().value() == 1'800'000'000);
  BOOST_TEST(root.find("exp")->integer().value() == 1'800'000'060);
  BOOST_TEST(!root.find("sub").has_value());
  BOOST_TEST(root.size() == 6U);
  auto const errors = root.find("message")->find("Errors").value();
  BOOST_TEST(errors.size() == 1U);
  auto const error = errors.first()->get();
  BOOST_TEST(error.size() == 2U);
  BOOST_TEST(*error.find_string("Code") == "JWS.InvalidSignature");
  BOOST_TEST(*error.find_string("Message") == ingress::error_message(reason::signature));
}

BOOST_AUTO_TEST_CASE(reason_without_a_code_has_no_body) {
  BOOST_TEST(body_of(reason::bearer_signature).empty());
  BOOST_TEST(body_of(reason::media_type).empty());
}

BOOST_AUTO_TEST_CASE(beyond_its_bounds_there_is_no_body) {
  terms.most_a_second = 0;
  BOOST_TEST(body_of(reason::signature).empty());
  terms.most_a_second = 1;
  BOOST_TEST(!body_of(reason::signature).empty());
  terms.most_at_once = 0;
  BOOST_TEST(body_of(reason::signature).empty());
  terms.most_at_once = 1;
  terms.patience = 0ms;
  BOOST_TEST(body_of(reason::signature).empty());
}

BOOST_AUTO_TEST_CASE(place_of_a_finished_signature_is_free_again) {
  terms.most_at_once = 1;
  terms.most_a_second = 1000;
  boost::asio::io_context io;
  ingress::error_bodies bodies(jose::signing_key::from_pem(jose::bank_key().private_pem(), "k").value(), terms, now);
  for (int i = 0; i < 3; ++i) {
    io.restart();
    std::string made;
    boost::asio::co_spawn(io, bodies.body_for(reason::signature),
                          [&made](std::exception_ptr const&, std::string body) { made = std::move(body); });
    io.run();
    BOOST_TEST(!made.empty());
  }
}

BOOST_AUTO_TEST_CASE(every_code_has_its_words_and_reasons_of_one_code_have_the_same) {
  std::map<std::string_view, std::string_view> words;
  for (auto const code : all_reasons()) {
    auto const text = ingress::error_message(code);
    BOOST_TEST(text.empty() == contract_code(code).empty(), to_string(code));
    BOOST_TEST(text.size() <= 500U, to_string(code)); // AEMessage of the OpenAPI
    if (!text.empty() && code != reason::source_not_allowed) {
      BOOST_TEST((words.emplace(contract_code(code), text).first->second == text), to_string(code));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_document_has_the_words) {
  std::map<std::string, std::string, std::less<>> documented;
  std::ifstream file(CONSENTD_SOURCE_DIR "/docs/reasons.md");
  bool there = false;
  for (std::string line; std::getline(file, line);) {
    there = there || line == "## What the sender reads";
    if (there && line.starts_with("| ") && line != "| code | message |") {
      documented.emplace(cell(line, 0), cell(line, 1));
    }
  }
  std::size_t held = 0;
  for (auto const code : all_reasons()) {
    if (contract_code(code).empty()) {
      continue;
    }
    auto const key =
        code == reason::source_not_allowed ? std::string(to_string(code)) : std::string(contract_code(code));
    auto const row = documented.find(key);
    BOOST_REQUIRE_MESSAGE(row != documented.end(), key);
    BOOST_TEST(row->second == ingress::error_message(code));
    ++held;
  }
  BOOST_TEST(held > 13U);
  BOOST_TEST(documented.size() == 14U);
}

BOOST_AUTO_TEST_SUITE_END()
