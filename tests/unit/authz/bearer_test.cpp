#include "authz/bearer.hpp"

#include "base/base64url.hpp"
#include "base/digest.hpp"
#include "tests/support/jose_maker.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::authz {

using std::chrono::microseconds;
using std::chrono::seconds;
using tests::base64url;
using tests::sign;
using tests::with_part;

namespace {

std::string const issuer = "OFP";
std::string const header = R"({"alg":"PS256","typ":"JWT","kid":"hub-1"})";
constexpr std::int64_t minted = 1750000000;
timestamp const now{seconds(minted + 2)};
std::string const token_id = "6f1c1b6e-0c36-4d9f-8d39-6e6a3d0f1c11";

tests::rsa_key const& hub_key() {
  static auto const key = tests::rsa_key::generate();
  return key;
}
tests::rsa_key const& other_key() {
  static auto const key = tests::rsa_key::generate();
  return key;
}

class hub_keys final : public jose::key_source {
public:
  std::optional<reason> fails;
  result<std::shared_ptr<jose::verification_key const>> find(std::string_view whose, std::string_view kid,
                                                             timestamp) const override {
    if (fails) {
      return failure{*fails, ""};
    }
    if (whose != issuer) {
      return failure{reason::unknown_issuer, ""};
    }
    if (kid != "hub-1") {
      return failure{reason::unknown_signing_key, ""};
    }
    return key_;
  }

private:
  std::shared_ptr<jose::verification_key const> key_ =
      jose::verification_key::from_jwk(json::document::parse(hub_key().public_jwk("hub-1"), {}).value().root()).value();
};

// A claims set in parts that a case can bend; an empty text leaves the member out.
struct claims_text {
  std::string iss = R"("OFP")";
  std::string sub = R"("hub")";
  std::string aud = R"("tpp-1")";
  std::string exp = std::to_string(minted + 30);
  std::string iat = std::to_string(minted);
  std::string nbf = {};
  std::string jti = '"' + token_id + '"';

  std::string text() const {
    struct member {
      char const* name;
      std::string const& value;
    };
    std::string out = R"({"extra":{})";
    for (auto const& [name, value] : {member{"iss", iss}, member{"sub", sub}, member{"aud", aud}, member{"exp", exp},
                                      member{"iat", iat}, member{"nbf", nbf}, member{"jti", jti}}) {
      if (!value.empty()) {
        out += ",\"" + std::string(name) + "\":" + value;
      }
    }
    return out + '}';
  }
};

std::string token_of(claims_text const& claims) {
  return sign(hub_key(), header, claims.text());
}

struct scene {
  hub_keys keys;
  bearer_policy policy;

  scene() {
    policy.issuer = issuer;
    policy.subject = "hub";
    policy.audience = "tpp-1";
  }

  result<caller> check(std::string const& token, timestamp when = now) const {
    return check_bearer(token, when, keys, policy);
  }
  result<caller> check_claims(claims_text const& claims, timestamp when = now) const {
    return check(token_of(claims), when);
  }
  result<caller> check_header(std::string const& text) const {
    return check(sign(hub_key(), text, claims_text{}.text()));
  }
};

void check_holds(result<caller> const& outcome) {
  BOOST_TEST(outcome.has_value(), (outcome.has_error() ? describe(outcome.error()) : std::string()));
}

void check_fails(result<caller> const& outcome, reason expected) {
  BOOST_TEST(outcome.has_error());
  if (outcome.has_error()) {
    BOOST_TEST(to_string(outcome.error().code) == to_string(expected), describe(outcome.error()));
  }
}

void check_claim(result<caller> const& outcome, std::string_view name) {
  check_fails(outcome, reason::bearer_claim);
  if (outcome.has_error()) {
    BOOST_TEST(outcome.error().detail.starts_with(name), outcome.error().detail);
  }
}

std::string seconds_text(std::int64_t offset) {
  return std::to_string(minted + offset);
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(bearer, scene)

BOOST_AUTO_TEST_CASE(sound_token_names_its_caller) {
  auto const accepted = check_claims({});
  check_holds(accepted);
  BOOST_TEST(accepted->issuer == "OFP");
  BOOST_TEST(accepted->identity == "jti:" + token_id);
  BOOST_TEST((accepted->spent_until == timestamp(seconds(minted + 40))));
  BOOST_TEST(accepted->kid == "hub-1");
}

BOOST_AUTO_TEST_CASE(token_without_jti_is_known_by_its_digest) {
  auto const token = token_of({.jti = ""});
  auto const first = check(token);
  check_holds(first);
  std::string expected = "sha256:";
  for (unsigned const byte : sha256(token)) {
    expected += "0123456789abcdef"[byte / 16];
    expected += "0123456789abcdef"[byte % 16];
  }
  BOOST_TEST(first->identity == expected);
  BOOST_TEST(check(token)->identity == first->identity);
  BOOST_TEST(check(token_of({.jti = ""}))->identity != first->identity);
}

// A second text of one token would pass a replay check that is made of the text.
BOOST_AUTO_TEST_CASE(token_has_no_second_text) {
  auto const token = token_of({.jti = ""});
  auto const signature = tests::part_of(token, 2);
  auto loose = signature; // 256 bytes leave four bits over in the last digit
  loose.back() = static_cast<char>(loose.back() + 1);
  for (auto const& bad :
       {token + "=", token + "==", token + "A===", token + "\n", " " + token, with_part(token, 2, loose),
        with_part(token, 2, signature + "="), with_part(token, 0, base64url(header) + "=")}) {
    check_fails(check(bad), reason::bearer_malformed);
  }
  auto const bytes = decode_base64url(signature).value();
  check_fails(check(with_part(token, 2, base64url('\0' + bytes))), reason::bearer_signature);
}

BOOST_AUTO_TEST_CASE(text_that_is_no_compact_jws_is_malformed) {
  auto const token = token_of({});
  for (auto const& bad : {std::string(), std::string("token"), std::string("a.b"), std::string("..."), token + ".AA",
                          with_part(token, 2, ""), with_part(token, 0, "A==="), with_part(token, 1, "A==="),
                          with_part(token, 2, "A===")}) {
    check_fails(check(bad), reason::bearer_malformed);
  }
}

BOOST_AUTO_TEST_CASE(claims_must_be_a_json_object) {
  for (auto const* payload : {"", "[]", "null", "{", R"({"iss":"OFP","iss":"OFP"})"}) {
    check_fails(check(sign(hub_key(), header, payload)), reason::bearer_malformed);
  }
}

BOOST_AUTO_TEST_CASE(token_at_the_limit_passes_and_one_byte_more_fails) {
  auto const token = token_of({});
  policy.limit.token_bytes = token.size();
  check_holds(check(token));
  policy.limit.token_bytes = token.size() - 1;
  check_fails(check(token), reason::bearer_malformed);
  policy.limit = {.token_bytes = 8192, .header_bytes = base64url(header).size()};
  check_holds(check(token));
  --policy.limit.header_bytes;
  check_fails(check(token), reason::bearer_header);
}

BOOST_AUTO_TEST_CASE(type_is_jwt_or_jose_in_any_case) {
  for (auto const* typ : {"JWT", "JOSE", "jwt", "Jose"}) {
    check_holds(check_header(R"({"alg":"PS256","kid":"hub-1","typ":")" + std::string(typ) + "\"}"));
  }
  for (auto const* typ : {"", "at+jwt", "JWT ", "JOSE+JSON", "secevent+jwt"}) {
    check_fails(check_header(R"({"alg":"PS256","kid":"hub-1","typ":")" + std::string(typ) + "\"}"),
                reason::bearer_header);
  }
  check_fails(check_header(R"({"alg":"PS256","kid":"hub-1"})"), reason::bearer_header);
}

BOOST_AUTO_TEST_CASE(content_type_is_json_or_absent) {
  for (auto const* cty : {"json", "JSON"}) {
    check_holds(check_header(R"({"alg":"PS256","kid":"hub-1","typ":"JWT","cty":")" + std::string(cty) + "\"}"));
  }
  for (auto const* cty : {"", "JWT", "application/json"}) {
    check_fails(check_header(R"({"alg":"PS256","kid":"hub-1","typ":"JWT","cty":")" + std::string(cty) + "\"}"),
                reason::bearer_header);
  }
}

BOOST_AUTO_TEST_CASE(header_outside_the_rules_is_refused) {
  for (auto const* more :
       {R"(,"crit":["exp"])", R"(,"b64":false)", R"(,"zip":"DEF")", R"(,"alg":"PS256")", R"(,"cty":7)"}) {
    check_fails(check_header(R"({"alg":"PS256","kid":"hub-1","typ":"JWT")" + std::string(more) + '}'),
                reason::bearer_header);
  }
  check_fails(check_header(R"({"alg":"PS256","typ":"JWT"})"), reason::bearer_header);
  check_fails(check_header(R"({"alg":"PS256","typ":"JWT","kid":""})"), reason::bearer_header);
}

BOOST_AUTO_TEST_CASE(algorithm_other_than_ps256_is_refused) {
  auto const named = [](std::string const& alg) { return R"({"alg":")" + alg + R"(","typ":"JWT","kid":"hub-1"})"; };
  auto const claims = claims_text{}.text();
  check_fails(check(base64url(named("none")) + '.' + base64url(claims) + '.'), reason::bearer_malformed);
  check_fails(check(base64url(named("none")) + '.' + base64url(claims) + ".AA"), reason::bearer_header);
  check_fails(check(tests::sign_hs256(hub_key().public_pem(), named("HS256"), claims)), reason::bearer_header);
  check_fails(check(sign(hub_key(), named("RS256"), claims, {.pss = false})), reason::bearer_header);
  check_fails(check(sign(hub_key(), named("PS512"), claims, {.hash = "SHA512", .salt_bytes = 64})),
              reason::bearer_header);
}

BOOST_AUTO_TEST_CASE(signature_must_hold_under_the_issuers_key) {
  check_fails(check(sign(other_key(), header, claims_text{}.text())), reason::bearer_signature);
  auto const jwk = R"({"alg":"PS256","typ":"JWT","kid":"hub-1","jwk":)" + other_key().public_jwk("hub-1") + '}';
  check_fails(check(sign(other_key(), jwk, claims_text{}.text())), reason::bearer_signature);
  check_fails(check(with_part(token_of({}), 1, base64url(claims_text{.exp = seconds_text(50)}.text()))),
              reason::bearer_signature);
  check_fails(check(sign(hub_key(), header, claims_text{}.text(), {.salt_bytes = 20})), reason::bearer_signature);
}

BOOST_AUTO_TEST_CASE(missing_keys_are_told_from_an_unknown_one) {
  check_fails(check_header(R"({"alg":"PS256","kid":"hub-2","typ":"JWT"})"), reason::bearer_unknown_key);
  keys.fails = reason::keys_unavailable;
  check_fails(check_claims({}), reason::keys_unavailable);
  // The configured issuer is ours to know: not the sender's fault.
  keys.fails = reason::unknown_issuer;
  check_fails(check_claims({}), reason::keys_unavailable);
}

BOOST_AUTO_TEST_CASE(issuer_is_compared_whole) {
  check_claim(check_claims({.iss = ""}), "iss");
  for (auto const* iss : {R"("ofp")", R"("OFP ")", R"("OF")", R"("OFP2")", R"(["OFP"])", "7"}) {
    check_claim(check_claims({.iss = iss}), "iss");
  }
}

BOOST_AUTO_TEST_CASE(subject_is_required_and_compared_when_configured) {
  check_claim(check_claims({.sub = ""}), "sub");
  check_claim(check_claims({.sub = R"("hub2")"}), "sub");
  policy.subject.reset();
  check_holds(check_claims({.sub = R"("anyone")"}));
  check_claim(check_claims({.sub = ""}), "sub");
}

BOOST_AUTO_TEST_CASE(audience_must_name_us) {
  check_holds(check_claims({.aud = R"(["other","tpp-1"])"}));
  for (auto const* aud : {"", R"("tpp-2")", R"(["tpp"])", R"("TPP-1")", "{}", "[]"}) {
    check_claim(check_claims({.aud = aud}), "aud");
  }
}

BOOST_AUTO_TEST_CASE(expiry_has_ten_seconds_of_leeway) {
  timestamp const expiry{seconds(minted + 30)};
  check_holds(check_claims({}, expiry + seconds(10) - microseconds(1)));
  check_fails(check_claims({}, expiry + seconds(10)), reason::bearer_expired);
  policy.leeway = seconds(0);
  check_holds(check_claims({}, expiry - microseconds(1)));
  check_fails(check_claims({}, expiry), reason::bearer_expired);
  check_claim(check_claims({.exp = ""}), "exp");
  check_claim(check_claims({.exp = R"("1750000030")"}), "exp");
}

BOOST_AUTO_TEST_CASE(issue_time_may_be_ten_seconds_ahead) {
  timestamp const issue{seconds(minted)};
  check_holds(check_claims({}, issue - seconds(10)));
  check_claim(check_claims({}, issue - seconds(10) - microseconds(1)), "iat");
  check_claim(check_claims({.iat = ""}), "iat");
}

BOOST_AUTO_TEST_CASE(not_before_may_be_ten_seconds_ahead) {
  check_holds(check_claims({.nbf = seconds_text(12)}));
  check_claim(check_claims({.nbf = seconds_text(12) + ".000001"}), "nbf");
  check_claim(check_claims({.nbf = "null"}), "nbf");
}

BOOST_AUTO_TEST_CASE(lifetime_at_the_cap_passes_and_a_second_more_fails) {
  check_holds(check_claims({.exp = seconds_text(60)}));
  check_claim(check_claims({.exp = seconds_text(61)}), "exp");
  // An old issue time does not make a long life shorter.
  check_claim(check_claims({.exp = seconds_text(30), .iat = seconds_text(-31)}), "exp");
}

BOOST_AUTO_TEST_CASE(life_that_ends_before_it_begins_is_refused) {
  check_claim(check_claims({.exp = seconds_text(5), .iat = seconds_text(5)}), "exp");
  check_claim(check_claims({.exp = seconds_text(4), .iat = seconds_text(5)}), "exp");
}

BOOST_AUTO_TEST_CASE(jti_is_a_uuid) {
  for (auto const* jti : {R"("7")", R"("")", R"("{6f1c1b6e-0c36-4d9f-8d39-6e6a3d0f1c11}")",
                          R"("6f1c1b6e0c364d9f8d396e6a3d0f1c11")", "7", "null"}) {
    check_claim(check_claims({.jti = jti}), "jti");
  }
}

BOOST_AUTO_TEST_CASE(inspection_hears_of_each_step) {
  struct heard final : jose::step_listener {
    std::vector<std::string> steps;
    void holds(std::string_view step, std::string_view /*detail*/) override { steps.emplace_back(step); }
  } listener;
  check_holds(check_bearer(token_of({}), now, keys, policy, &listener));
  std::vector<std::string> const expected{"protected header", "key", "signature", "iss, sub, aud", "exp, iat, nbf"};
  BOOST_TEST(listener.steps == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::authz
