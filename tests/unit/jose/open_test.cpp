#include "jose/open.hpp"

#include "tests/unit/jose/parties.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

using std::chrono::microseconds;
using std::chrono::seconds;
using tests::encrypt;
using tests::sign;

namespace {

std::string const jwe_header = R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-1","cty":"JWT"})";
std::string const jws_header = R"({"alg":"PS256","kid":"bank-1"})";
constexpr std::int64_t receipt = 1750000000;
timestamp const received{seconds(receipt)};

// A claims set in parts that a case can bend; an empty text leaves the member out.
struct claims_text {
  std::string iss = R"("https://bank")";
  std::string aud = R"("client-1")";
  std::string exp = std::to_string(receipt + 3600);
  std::string nbf = {};
  std::string jti = R"("6f1c1b6e-0c36-4d9f-8d39-6e6a3d0f1c11")";
  std::string message = R"({"Data":{},"Meta":{}})";

  std::string text() const {
    std::string out;
    struct member {
      char const* name;
      std::string const& value;
    };
    for (auto const& [name, value] : {member{"iss", iss}, member{"aud", aud}, member{"exp", exp}, member{"nbf", nbf},
                                      member{"jti", jti}, member{"message", message}}) {
      if (!value.empty()) {
        out += (out.empty() ? "{\"" : ",\"") + std::string(name) + "\":" + value;
      }
    }
    return out + '}';
  }
};

struct heard final : step_listener {
  std::vector<std::string> steps;
  void holds(std::string_view step, std::string_view /*detail*/) override { steps.emplace_back(step); }
};

struct scene {
  key_ring ring = ring_of(receiver_key());
  known_issuers issuers;
  event_policy policy;
  heard steps;
  claimed learned;

  scene() {
    issuers.add("https://bank", tests::jwk_set_of({bank_key().public_jwk("bank-1", R"(,"use":"sig")")}));
    issuers.add("https://other",
                tests::jwk_set_of({other_bank_key().public_jwk("bank-1"), other_bank_key().public_jwk("other-1")}));
    issuers.add_without_keys("https://away");
    policy.audiences = {"client-0", "client-1"};
  }

  result<signed_event> open(std::string const& body, timestamp when = received) {
    steps.steps.clear();
    learned = {};
    return open_event(body, when, ring, issuers, policy, &steps, &learned);
  }
  result<signed_event> open_jws(std::string const& jws, timestamp when = received) {
    return open(encrypt(receiver_key(), jwe_header, jws), when);
  }
  result<signed_event> open_claims(claims_text const& claims, timestamp when = received) {
    return open_jws(sign(bank_key(), jws_header, claims.text()), when);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(opening, scene)

BOOST_AUTO_TEST_CASE(sound_event_opens_with_its_claims_and_message) {
  auto const jws = sign(bank_key(), jws_header, claims_text{}.text());
  auto const event = open_jws(jws);
  check_holds(event);
  BOOST_TEST(event->claims.iss.value() == "https://bank");
  BOOST_TEST(event->payload.root().find("message")->find("Data")->is_object());
  BOOST_TEST(event->jws == jws);
  BOOST_TEST(event->jwe_kid == "tpp-1");
  BOOST_TEST(event->jws_kid == "bank-1");
  BOOST_TEST(!event->expired);
  std::vector<std::string> const expected{"JWE protected header", "decryption", "JWS protected header",
                                          "issuer and key",       "signature",  "aud",
                                          "exp and nbf",          "message"};
  BOOST_TEST(steps.steps == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(nobody_needs_to_listen) {
  auto const body = encrypt(receiver_key(), jwe_header, sign(bank_key(), jws_header, claims_text{}.text()));
  check_holds(open_event(body, received, ring, issuers, policy));
}

BOOST_AUTO_TEST_CASE(body_that_is_no_jwe_is_refused) {
  check_fails(open(""), reason::not_a_jwe);
  check_fails(open(sign(bank_key(), jws_header, claims_text{}.text())), reason::not_a_jwe);
  check_fails(open(encrypt(receiver_key(), jwe_header, "x") + "\n"), reason::not_a_jwe);
  BOOST_TEST(steps.steps.empty());
}

BOOST_AUTO_TEST_CASE(content_type_of_the_jwe_is_jwt_or_absent) {
  auto const jws = sign(bank_key(), jws_header, claims_text{}.text());
  for (auto const* cty : {"", R"(,"cty":"JWT")", R"(,"cty":"jwt")", R"(,"typ":"anything")"}) {
    check_holds(open(encrypt(receiver_key(),
                             R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-1")" + std::string(cty) + '}', jws)));
  }
  for (auto const* cty :
       {R"(,"cty":"json")", R"(,"cty":"")", R"(,"cty":"JWT ")", R"(,"zip":"DEF")", R"(,"crit":["exp"])"}) {
    check_fails(open(encrypt(receiver_key(),
                             R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-1")" + std::string(cty) + '}', jws)),
                reason::jwe_header);
  }
}

BOOST_AUTO_TEST_CASE(failures_of_decryption_pass_through) {
  auto const jws = sign(bank_key(), jws_header, claims_text{}.text());
  check_fails(open(encrypt(receiver_key(), R"({"alg":"RSA1_5","enc":"A256GCM","kid":"tpp-1"})", jws)),
              reason::jwe_algorithm);
  check_fails(open(encrypt(receiver_key(), R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-9"})", jws)),
              reason::unknown_decryption_key);
  check_fails(open(encrypt(bank_key(), jwe_header, jws)), reason::decryption);
}

BOOST_AUTO_TEST_CASE(sha1_wrapping_opens_where_the_policy_names_it) {
  auto const body =
      encrypt(receiver_key(), R"({"alg":"RSA-OAEP","enc":"A256GCM","kid":"tpp-1"})",
              sign(bank_key(), jws_header, claims_text{}.text()), {.oaep_hash = "SHA1", .mgf1_hash = "SHA1"});
  check_fails(open(body), reason::jwe_algorithm);
  policy.allow_rsa_oaep_sha1 = true;
  check_holds(open(body));
}

BOOST_AUTO_TEST_CASE(plaintext_that_is_no_compact_jws_is_refused) {
  check_fails(open_jws("{}"), reason::not_a_jws);
  check_fails(open_jws(claims_text{}.text()), reason::not_a_jws);
  check_fails(open_jws(sign(bank_key(), jws_header, claims_text{}.text()) + "\n"), reason::not_a_jws);
  // A JWE in a JWE: nobody signed anything.
  check_fails(open_jws(encrypt(receiver_key(), jwe_header, sign(bank_key(), jws_header, claims_text{}.text()))),
              reason::not_a_jws);
}

// Each would end the process if it reached cjose.
BOOST_AUTO_TEST_CASE(misplaced_padding_inside_the_jwe_is_refused) {
  auto const jws = sign(bank_key(), jws_header, claims_text{}.text());
  for (std::size_t part = 0; part < 3; ++part) {
    check_fails(open_jws(tests::with_part(jws, part, "A===")), reason::not_a_jws);
    check_fails(open_jws(tests::with_part(jws, part, tests::part_of(jws, part) + "A===")), reason::not_a_jws);
  }
}

BOOST_AUTO_TEST_CASE(header_of_the_jws_is_held_to_the_rules) {
  auto const claims = claims_text{}.text();
  check_fails(open_jws(sign(bank_key(), R"({"alg":"PS256"})", claims)), reason::jws_header);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"PS256","kid":""})", claims)), reason::jws_header);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"PS256","kid":"bank-1","b64":false,"crit":["b64"]})", claims)),
              reason::jws_header);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"none","kid":"bank-1","alg":"PS256"})", claims)), reason::jws_header);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"RS256","kid":"bank-1"})", claims, {.pss = false})),
              reason::jws_algorithm);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"none","kid":"bank-1"})", claims)), reason::jws_algorithm);
  check_fails(open_jws(tests::sign_hs256(bank_key().public_pem(), R"({"alg":"HS256","kid":"bank-1"})", claims)),
              reason::jws_algorithm);
}

BOOST_AUTO_TEST_CASE(issuer_must_be_known_before_any_key_is_looked_up) {
  check_fails(open_claims({.iss = R"("https://evil")"}), reason::unknown_issuer);
  check_fails(open_claims({.iss = R"("https://bank/")"}), reason::unknown_issuer);
  check_fails(open_claims({.iss = R"("https://away")"}), reason::keys_unavailable);
  check_fails(open_jws(sign(bank_key(), R"({"alg":"PS256","kid":"bank-9"})", claims_text{}.text())),
              reason::unknown_signing_key);
}

BOOST_AUTO_TEST_CASE(key_of_another_issuer_with_the_same_kid_does_not_verify) {
  check_fails(open_jws(sign(other_bank_key(), jws_header, claims_text{}.text())), reason::signature);
  check_fails(open_jws(sign(bank_key(), jws_header, claims_text{.iss = R"("https://other")"}.text())),
              reason::signature);
  // A kid of the other issuer's is not found at all.
  check_fails(open_jws(sign(other_bank_key(), R"({"alg":"PS256","kid":"other-1"})", claims_text{}.text())),
              reason::unknown_signing_key);
}

BOOST_AUTO_TEST_CASE(kid_that_occurs_twice_in_a_set_verifies_nothing) {
  issuers.add("https://bank",
              tests::jwk_set_of({bank_key().public_jwk("bank-1"), other_bank_key().public_jwk("bank-1")}));
  check_fails(open_claims({}), reason::unknown_signing_key);
}

BOOST_AUTO_TEST_CASE(payload_must_be_a_json_object_with_an_issuer) {
  for (auto const* payload : {"", "null", "[]", "\"x\"", "{", R"({"a":1,"a":2})", "{}", R"({"iss":7})", R"({"iss":""})",
                              R"({"iss":"a","iss":"https://bank"})", "{\"iss\":\"\xff\"}"}) {
    BOOST_TEST_CONTEXT(payload) {
      check_fails(open_jws(sign(bank_key(), jws_header, payload)), reason::claims_malformed);
    }
  }
  check_fails(open_claims({.iss = '"' + std::string(513, 'x') + '"'}), reason::claims_malformed);
  BOOST_TEST(learned.issuer.empty());
}

BOOST_AUTO_TEST_CASE(audience_must_name_us) {
  check_holds(open_claims({.aud = R"(["stranger","client-0"])"}));
  check_fails(open_claims({.aud = R"("stranger")"}), reason::audience);
  check_fails(open_claims({.aud = R"(["client-10","client"])"}), reason::audience);
  check_fails(open_claims({.aud = ""}), reason::audience);
  check_fails(open_claims({.aud = "7"}), reason::claims_malformed);
}

BOOST_AUTO_TEST_CASE(expiry_is_judged_at_receipt_without_leeway) {
  auto const opened = [&](timestamp when) { return open_claims({.exp = std::to_string(receipt)}, when); };
  auto const in_time = opened(received - microseconds(1));
  check_holds(in_time);
  BOOST_TEST(!in_time->expired);
  for (auto const when : {received, received + microseconds(1), received + seconds(100000000)}) {
    auto const late = opened(when);
    check_holds(late);
    BOOST_TEST(late->expired);
  }
  check_fails(open_claims({.exp = ""}), reason::claims_malformed);
}

BOOST_AUTO_TEST_CASE(expired_event_that_fails_on_anything_else_fails) {
  auto const old = std::to_string(receipt - 60);
  check_fails(open_claims({.aud = R"("stranger")", .exp = old}), reason::audience);
  check_fails(open_claims({.exp = old, .nbf = std::to_string(receipt + 60)}), reason::not_yet_valid);
  check_fails(open_claims({.exp = old, .message = ""}), reason::claims_malformed);
  check_fails(open_jws(sign(other_bank_key(), jws_header, claims_text{.exp = old}.text())), reason::signature);
}

BOOST_AUTO_TEST_CASE(expiry_at_thirty_days_passes_and_later_fails) {
  auto const limit = receipt + 30LL * 24 * 3600;
  check_holds(open_claims({.exp = std::to_string(limit)}));
  check_fails(open_claims({.exp = std::to_string(limit) + ".000001"}), reason::expiry_too_far);
  check_fails(open_claims({.exp = "253402300799"}), reason::expiry_too_far);
  policy.max_expiry = seconds(60);
  check_holds(open_claims({.exp = std::to_string(receipt + 60)}));
  check_fails(open_claims({.exp = std::to_string(receipt + 61)}), reason::expiry_too_far);
}

BOOST_AUTO_TEST_CASE(not_before_may_be_ten_seconds_after_receipt_and_no_more) {
  check_holds(open_claims({.nbf = std::to_string(receipt + 10)}));
  check_fails(open_claims({.nbf = std::to_string(receipt + 10) + ".000001"}), reason::not_yet_valid);
  policy.leeway = seconds(0);
  check_holds(open_claims({.nbf = std::to_string(receipt)}));
  check_fails(open_claims({.nbf = std::to_string(receipt + 1)}), reason::not_yet_valid);
}

BOOST_AUTO_TEST_CASE(jti_may_be_absent_and_has_at_most_512_bytes) {
  check_holds(open_claims({.jti = ""}));
  check_holds(open_claims({.jti = '"' + std::string(512, 'j') + '"'}));
  check_fails(open_claims({.jti = '"' + std::string(513, 'j') + '"'}), reason::claims_malformed);
  check_fails(open_claims({.jti = R"("")"}), reason::claims_malformed);
  check_fails(open_claims({.jti = "7"}), reason::claims_malformed);
}

// A bearer token or any other JWT of the same issuer is no event.
BOOST_AUTO_TEST_CASE(message_must_be_an_object) {
  for (auto const* message : {"", "null", "[]", R"("{}")", "7"}) {
    check_fails(open_claims({.message = message}), reason::claims_malformed);
  }
}

BOOST_AUTO_TEST_CASE(payload_at_the_limit_passes_and_one_byte_more_fails) {
  auto const size = claims_text{}.text().size();
  policy.payload.bytes = size;
  check_holds(open_claims({}));
  policy.payload.bytes = size - 1;
  check_fails(open_claims({}), reason::claims_malformed);
}

BOOST_AUTO_TEST_CASE(body_at_the_limit_passes_and_one_byte_more_fails) {
  auto const body = encrypt(receiver_key(), jwe_header, sign(bank_key(), jws_header, claims_text{}.text()));
  policy.limit.token_bytes = body.size();
  check_holds(open(body));
  policy.limit.token_bytes = body.size() - 1;
  check_fails(open(body), reason::not_a_jwe);
}

BOOST_AUTO_TEST_CASE(what_was_read_before_a_failure_is_learned) {
  check_fails(open(encrypt(bank_key(), jwe_header, "x")), reason::decryption);
  BOOST_TEST(learned.jwe_kid == "tpp-1");
  BOOST_TEST(learned.jws_kid.empty());
  check_fails(open_jws(sign(bank_key(), jws_header, "[]")), reason::claims_malformed);
  BOOST_TEST(learned.jws_kid == "bank-1");
  BOOST_TEST(learned.issuer.empty());
  check_fails(open_claims({.iss = R"("https://away")"}), reason::keys_unavailable);
  BOOST_TEST(learned.issuer == "https://away");
  check_holds(open_claims({}));
  BOOST_TEST(learned.issuer == "https://bank");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
