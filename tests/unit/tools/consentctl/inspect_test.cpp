// The real program on real tokens, good and bad: what the simulator sends, and what an inspection says of it.
#include "base/base64url.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tools/hubsim/fault.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

struct bench {
  tests::temporary_folder folder;
  std::string config = scratch_deployment().file(place::daemon_settings);
  std::string received = format_date_time(scratch_now());

  tests::finished inspect(std::string const& token, std::vector<std::string> arguments) {
    auto const file = folder / "token";
    tests::write_text(file, token + "\n");
    arguments.insert(arguments.begin(), {CONSENTCTL, "inspect", file});
    return tests::run(arguments);
  }
  tests::finished event(std::string const& token, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--config", config, "--at", received});
    return inspect(token, std::move(more));
  }
  tests::finished bearer(std::string const& token, std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"--bearer", "--jwks", jwks_of(scratch_deployment().hub)});
    return event(token, std::move(more));
  }

  static std::string jwks_of(issuer const& whose) {
    return whose.id + "=" + scratch_deployment().file(place::jwks(whose.name)).string();
  }
};

request good(std::string const& from = "bank-a") {
  auto const& by = scratch_deployment();
  return make_requests(by, *by.find(from), scratch_event(family::payment), nullptr, scratch_now(), "i")[0].request;
}

expected_request bad(fault const& each) {
  auto const& by = scratch_deployment();
  return make_requests(by, *by.find("bank-a"), scratch_event(family::payment), &each, scratch_now(), "i").back();
}

bool says(tests::finished const& of, std::string const& text) {
  return of.output.find(text) != std::string::npos;
}

// All key sets from files, so that nothing fails for want of a key.
std::vector<std::string> all_key_sets() {
  std::vector<std::string> out;
  for (auto const& each : scratch_deployment().issuers) {
    out.insert(out.end(), {"--jwks", bench::jwks_of(each)});
  }
  return out;
}

// A private JWK of three numbers (RFC 7518 section 6.3.2).
std::string private_jwk(key const& from) {
  std::string out = R"({"kty":"RSA")";
  for (auto const& [name, parameter] : {std::pair{"n", OSSL_PKEY_PARAM_RSA_N}, std::pair{"e", OSSL_PKEY_PARAM_RSA_E},
                                        std::pair{"d", OSSL_PKEY_PARAM_RSA_D}}) {
    BIGNUM* number = nullptr;
    BOOST_TEST_REQUIRE(EVP_PKEY_get_bn_param(from.get(), parameter, &number) == 1);
    std::vector<unsigned char> bytes(static_cast<std::size_t>(BN_num_bytes(number)));
    BN_bn2bin(number, bytes.data());
    BN_free(number);
    out += std::string(",\"") + name + "\":\"" + encode_base64url(std::string(bytes.begin(), bytes.end())) + "\"";
  }
  return out + "}";
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(inspecting_events, bench)

BOOST_AUTO_TEST_CASE(a_good_event_holds_step_by_step) {
  auto const told = event(good().body);
  BOOST_TEST(told.status == 0, told.output);
  for (auto const* step : {"ok    JWE protected header: ", "ok    decryption: ", "ok    JWS protected header: ",
                           "ok    signature: ", "ok    aud: ", "ok    exp and nbf: ", "ok    event: "}) {
    BOOST_TEST(says(told, step), step << " in " << told.output);
  }
  BOOST_TEST(says(told, "consent consent-1\n"));
  BOOST_TEST(says(told, "kind payment\n"));
  BOOST_TEST(says(told, "status Authorized\n"));
  BOOST_TEST(told.output.ends_with("\nvalid\n"));
}

BOOST_AUTO_TEST_CASE(the_resource_is_shown_only_when_it_is_asked_for) {
  BOOST_TEST(!says(event(good().body), "ControlParameters"));
  BOOST_TEST(!says(event(good().body, {"--json"}), "ControlParameters"));
  BOOST_TEST(says(event(good().body, {"--show-payload"}), "ControlParameters"));
}

BOOST_AUTO_TEST_CASE(every_bad_event_fails_with_its_reason) {
  int seen = 0;
  for (auto const& each : {envelope_faults(), event_faults()}) {
    for (auto const& one : each) {
      // These need to know what the daemon knows.
      if (one.from_before != takes::nothing || one.why == reason::issuer_mismatch || one.why == reason::kind_mismatch) {
        continue;
      }
      auto const told = event(bad(one).request.body, all_key_sets());
      BOOST_TEST(told.status == 1, one.name);
      BOOST_TEST(says(told, "FAIL  " + std::string(to_string(one.why)) + ": "), one.name << ": " << told.output);
      BOOST_TEST(told.output.ends_with("\ninvalid\n"));
      ++seen;
    }
  }
  BOOST_TEST(seen > 25);
}

BOOST_AUTO_TEST_CASE(the_time_of_receipt_counts) {
  auto const late = event(good().body, {"--at", format_date_time(scratch_now() + std::chrono::hours(1))});
  BOOST_TEST(late.status == 64); // --at comes twice
  auto const expired = inspect(good().body, {"--config", config, "--at", "2026-03-28T13:27:13Z"});
  BOOST_TEST(expired.status == 1);
  BOOST_TEST(says(expired, "FAIL  expired: "), expired.output);
  BOOST_TEST(says(expired, "status Authorized")); // what it says is still told
}

BOOST_AUTO_TEST_CASE(keys_that_are_published_must_be_given_offline) {
  auto const& by = scratch_deployment();
  auto const told = event(good("bank-b").body);
  BOOST_TEST(told.status == 2); // it is no forgery for that
  BOOST_TEST(says(told, "?     keys-unavailable: "), told.output);
  BOOST_TEST(told.output.ends_with("\nunchecked\n"), told.output);
  auto const json = event(good("bank-b").body, {"--json"});
  BOOST_TEST(json.status == 2);
  BOOST_TEST(json.output.starts_with(R"({"valid":null,)"), json.output);
  BOOST_TEST(says(json, R"("verdict":"unchecked")"), json.output);
  BOOST_TEST(says(told, "--jwks " + by.find("bank-b")->id + "=FILE"), told.output);
  BOOST_TEST(event(good("bank-b").body, {"--jwks", jwks_of(*by.find("bank-b"))}).status == 0);
  auto const other = event(good("bank-b").body, {"--jwks", "https://nobody.example=" + folder / "x"});
  BOOST_TEST(other.status == 2);
  BOOST_TEST(says(other, "?     bad-setting: "));
}

BOOST_AUTO_TEST_CASE(settings_that_cannot_be_used_are_told) {
  auto const missing = inspect(good().body, {"--config", folder / "none.toml"});
  BOOST_TEST(missing.status == 2);
  BOOST_TEST(says(missing, "?     bad-setting: no such file: " + (folder / "none.toml") + ": create it"),
             missing.output);
  BOOST_TEST(tests::run({CONSENTCTL, "inspect", folder / "none", "--config", config}).status == 2);
}

BOOST_AUTO_TEST_CASE(json_tells_the_same) {
  auto const told = event(good().body, {"--json"});
  BOOST_TEST(told.status == 0);
  BOOST_TEST(told.output.starts_with(R"({"valid":true,"steps":[{"holds":true,"step":)"), told.output);
  BOOST_TEST(says(told, R"("consent":"consent-1")"));
  auto const wrong = event("a.b.c.d.e", {"--json"});
  BOOST_TEST(wrong.status == 1);
  BOOST_TEST(wrong.output.starts_with(R"({"valid":false,"steps":[{"holds":false,"reason":"not-a-jwe")"), wrong.output);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(inspecting_bearers, bench)

BOOST_AUTO_TEST_CASE(a_good_bearer_holds) {
  auto const told = bearer(*good().bearer);
  BOOST_TEST(told.status == 0, told.output);
  BOOST_TEST(says(told, "ok    signature: "));
  BOOST_TEST(bearer("Bearer " + *good().bearer).status == 0);
}

BOOST_AUTO_TEST_CASE(every_bad_bearer_fails_with_its_reason) {
  int seen = 0;
  for (auto const& one : bearer_faults()) {
    auto const request = bad(one).request;
    if (one.from_before != takes::nothing || !request.bearer) {
      continue;
    }
    auto const told = bearer(*request.bearer);
    BOOST_TEST(told.status == 1, one.name);
    BOOST_TEST(says(told, "FAIL  " + std::string(to_string(one.why)) + ": "), one.name << ": " << told.output);
    ++seen;
  }
  BOOST_TEST(seen > 12);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_FIXTURE_TEST_SUITE(inspecting_bare_jose, bench)

BOOST_AUTO_TEST_CASE(a_jws_holds_with_its_key_and_with_no_other) {
  auto const& by = scratch_deployment();
  auto const& bank = *by.find("bank-a");
  tests::write_text(folder / "bank.jwk", jwk(bank.signer, bank.kid));
  tests::write_text(folder / "other.jwk", jwk(by.stranger, bank.kid));
  auto const token = good().jws;
  auto const told = inspect(token, {"--jose-only", "--key", folder / "bank.jwk"});
  BOOST_TEST(told.status == 0, told.output);
  BOOST_TEST(told.output.ends_with("\nvalid\n"));
  auto const wrong = inspect(token, {"--jose-only", "--key", folder / "other.jwk"});
  BOOST_TEST(wrong.status == 1);
  BOOST_TEST(says(wrong, "FAIL  signature: "));
  auto const padded = inspect(token + "A===", {"--jose-only", "--key", folder / "bank.jwk"});
  BOOST_TEST(padded.status == 1);
  BOOST_TEST(says(padded, "FAIL  not-a-jws: "), padded.output);
  BOOST_TEST(inspect(token, {"--jose-only", "--key", folder / "none.jwk"}).status == 2);
  tests::write_text(folder / "bad.jwk", "{}");
  BOOST_TEST(inspect(token, {"--jose-only", "--key", folder / "bad.jwk"}).status == 2);
}

BOOST_AUTO_TEST_CASE(a_jwe_opens_with_its_key_whatever_kid_it_names) {
  auto const& by = scratch_deployment();
  tests::write_text(folder / "stranger.jwk", private_jwk(by.stranger));
  jwe_recipe how;
  how.kid = "some-kid";
  how.recipient = by.stranger;
  auto const told =
      inspect(make_jwe(how, "plain \x1b text"), {"--jose-only", "--key", folder / "stranger.jwk", "--show-payload"});
  BOOST_TEST(told.status == 0, told.output);
  BOOST_TEST(says(told, "plain \\u001b text\n"));
  how.recipient = by.find("bank-a")->signer;
  BOOST_TEST(
      says(inspect(make_jwe(how, "x"), {"--jose-only", "--key", folder / "stranger.jwk"}), "FAIL  decryption: "));
}

BOOST_AUTO_TEST_CASE(sha1_needs_to_be_allowed) {
  auto const& by = scratch_deployment();
  tests::write_text(folder / "stranger.jwk", private_jwk(by.stranger));
  jwe_recipe how;
  how.alg = "RSA-OAEP";
  how.how = wrapping::oaep_sha1;
  how.recipient = by.stranger;
  std::vector<std::string> arguments{"--jose-only", "--key", folder / "stranger.jwk"};
  BOOST_TEST(says(inspect(make_jwe(how, "x"), arguments), "FAIL  jwe-algorithm: "));
  arguments.emplace_back("--allow-rsa-oaep-sha1");
  BOOST_TEST(inspect(make_jwe(how, "x"), arguments).status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
