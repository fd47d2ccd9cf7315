// Published test vectors of others (Wycheproof, the RFC 7520 cookbook), each with the verdict that this receiver must
// give. They are no part of this repository: the environment variable CONSENTD_VECTORS names their folder.
#include "jose/open.hpp"

#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <sstream>

namespace consentd::jose {

namespace {

struct verdicts {
  int valid = 0;
  int invalid = 0;
};

std::string read_file(std::string const& path) {
  std::ifstream file(path);
  BOOST_REQUIRE_MESSAGE(file, path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

result<std::string> open_jwe(json::value const& vector) {
  auto const key = decryption_key_from_jwk(std::string(vector.find("key")->raw()));
  if (!key) {
    return key.error();
  }
  auto const token = compact_jwe::parse(std::string(*vector.find_string("input")), {});
  if (!token) {
    return token.error();
  }
  return decrypt(*token, **key, false);
}

result<std::string> open_jws(json::value const& vector) {
  auto const key = verification_key::from_jwk(*vector.find("key"));
  if (!key) {
    return key.error();
  }
  auto const token = compact_jws::parse(std::string(*vector.find_string("input")), {});
  if (!token) {
    return token.error();
  }
  auto const payload = verify(*token, **key);
  if (!payload) {
    return payload.error();
  }
  return payload->bytes();
}

verdicts judge_all(std::string const& path) {
  auto const document =
      json::document::parse(read_file(path), {.bytes = std::size_t{4} << 20U, .depth = 32, .values = 200000});
  BOOST_REQUIRE(document.has_value());
  verdicts seen;
  for (auto item = document->root().find("vectors")->first(); item; item = item->next()) {
    auto const vector = item->get();
    auto const opened = vector.find_string("kind") == "jwe" ? open_jwe(vector) : open_jws(vector);
    bool const expected = vector.find_string("expect") == "valid";
    BOOST_TEST(opened.has_value() == expected, *vector.find_string("id")
                                                   << ' ' << vector.find_string("comment").value_or("") << ": "
                                                   << (opened ? std::string("accepted") : describe(opened.error())));
    ++(expected ? seen.valid : seen.invalid);
  }
  return seen;
}

} // namespace

BOOST_AUTO_TEST_CASE(published_vectors_get_the_expected_verdicts) {
  auto const* folder = std::getenv("CONSENTD_VECTORS");
  if (folder == nullptr || *folder == '\0') {
    std::cout << "CONSENTD_VECTORS is not set: skipped\n";
    return;
  }
  verdicts all;
  for (auto const* name : {"wycheproof_jwe.json", "wycheproof_jws.json", "rfc7520.json"}) {
    auto const seen = judge_all(std::string(folder) + '/' + name);
    all.valid += seen.valid;
    all.invalid += seen.invalid;
  }
  // A reader that finds nothing must not pass.
  BOOST_TEST(all.valid > 0);
  BOOST_TEST(all.invalid > 100);
}

} // namespace consentd::jose
