#include "jose/compact.hpp"

#include "tests/unit/jose/parties.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::jose {

using tests::base64url;
using tests::with_part;

namespace {

std::string const bare_jws_header = R"({"alg":"PS256","kid":"k","typ":"JWT"})";
std::string const bare_jwe_header = R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"k"})";

std::string jws_of(std::string const& header) {
  return base64url(header) + "." + base64url("{}") + ".c2ln";
}
std::string jwe_of(std::string const& header) {
  return base64url(header) + ".a2V5.aXY.Y3Q.dGFn";
}

result<compact_jws> parse_jws(std::string const& token) {
  return compact_jws::parse(token, {});
}
result<compact_jwe> parse_jwe(std::string const& token) {
  return compact_jwe::parse(token, {});
}

// Texts that are no canonical base64url: some end the process inside cjose, some are a second text for the same bytes.
std::vector<std::string> const bad_parts{"A===", "A",    "AA==", "AAA=", "QQ=", "QR",        "QUJ",
                                         "Q Q",  "Q\nQ", "Q+/Q", "====", "=",   "Q\xc3\xa9", std::string("QQ\0Q", 4)};

} // namespace

BOOST_AUTO_TEST_SUITE(compact)

BOOST_AUTO_TEST_CASE(jws_parts_come_out_as_they_went_in) {
  auto const token = jws_of(bare_jws_header);
  auto const parsed = parse_jws(token);
  check_holds(parsed);
  BOOST_TEST(parsed->header().alg == "PS256");
  BOOST_TEST(parsed->header().kid == "k");
  BOOST_TEST(parsed->header().typ.value() == "JWT");
  BOOST_TEST(!parsed->header().cty.has_value());
  BOOST_TEST(parsed->token() == token);
  BOOST_TEST(parsed->payload_part() == "e30");
  BOOST_TEST(parsed->signature_part() == "c2ln");
  BOOST_TEST(parsed->signing_input() == base64url(bare_jws_header) + ".e30");
}

BOOST_AUTO_TEST_CASE(jws_payload_may_be_empty) {
  auto const parsed = parse_jws(base64url(bare_jws_header) + "..c2ln");
  check_holds(parsed);
  BOOST_TEST(parsed->payload_part().empty());
}

BOOST_AUTO_TEST_CASE(jwe_parts_come_out_as_they_went_in) {
  auto const parsed = parse_jwe(jwe_of(bare_jwe_header));
  check_holds(parsed);
  BOOST_TEST(parsed->header().enc == "A256GCM");
  BOOST_TEST(parsed->part(0) == base64url(bare_jwe_header));
  BOOST_TEST(parsed->part(1) == "a2V5");
  BOOST_TEST(parsed->part(2) == "aXY");
  BOOST_TEST(parsed->part(3) == "Y3Q");
  BOOST_TEST(parsed->part(4) == "dGFn");
}

BOOST_AUTO_TEST_CASE(parts_outlive_a_move) {
  auto parsed = parse_jwe(jwe_of(bare_jwe_header));
  auto const moved = std::move(*parsed);
  BOOST_TEST(moved.part(4) == "dGFn");
}

BOOST_AUTO_TEST_CASE(jws_needs_three_parts) {
  auto const token = jws_of(bare_jws_header);
  for (auto const& bad : {std::string(), std::string("."), std::string(".."), token + ".", token + ".AA", "." + token,
                          jwe_of(bare_jwe_header), token.substr(0, token.rfind('.')),
                          token.substr(0, token.rfind('.') + 1), with_part(token, 0, "")}) {
    BOOST_TEST_CONTEXT(bad) {
      check_fails(parse_jws(bad), reason::not_a_jws);
    }
  }
}

BOOST_AUTO_TEST_CASE(jwe_needs_five_parts_and_none_empty) {
  auto const token = jwe_of(bare_jwe_header);
  for (auto const& bad : {std::string(), std::string("...."), token + ".", token + ".AA", jws_of(bare_jws_header),
                          with_part(token, 0, ""), with_part(token, 1, ""), with_part(token, 2, ""),
                          with_part(token, 3, ""), with_part(token, 4, "")}) {
    BOOST_TEST_CONTEXT(bad) {
      check_fails(parse_jwe(bad), reason::not_a_jwe);
      check_fails(looks_like_jwe(bad, {}), reason::not_a_jwe);
    }
  }
}

BOOST_AUTO_TEST_CASE(json_serialisations_are_refused) {
  check_fails(parse_jws(R"({"payload":"e30","signatures":[]})"), reason::not_a_jws);
  check_fails(parse_jwe(R"({"protected":"e30","ciphertext":"AA"})"), reason::not_a_jwe);
}

BOOST_AUTO_TEST_CASE(jws_part_outside_canonical_base64url_is_refused_in_every_position) {
  for (std::size_t part = 0; part < 3; ++part) {
    for (auto const& bad : bad_parts) {
      BOOST_TEST_CONTEXT("part " << part << ": " << bad) {
        check_fails(parse_jws(with_part(jws_of(bare_jws_header), part, bad)), reason::not_a_jws);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(jwe_part_outside_canonical_base64url_is_refused_in_every_position) {
  for (std::size_t part = 0; part < 5; ++part) {
    for (auto const& bad : bad_parts) {
      BOOST_TEST_CONTEXT("part " << part << ": " << bad) {
        auto const token = with_part(jwe_of(bare_jwe_header), part, bad);
        check_fails(parse_jwe(token), reason::not_a_jwe);
        check_fails(looks_like_jwe(token, {}), reason::not_a_jwe);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(critical_unencoded_and_compressed_are_refused_by_presence) {
  for (auto const* member : {R"("crit":["exp"])", R"("crit":[])", R"("crit":null)", R"("b64":false)", R"("b64":true)",
                             R"("b64":null)", R"("zip":"DEF")", R"("zip":null)", R"("\u007aip":"DEF")"}) {
    BOOST_TEST_CONTEXT(member) {
      check_fails(parse_jws(jws_of(R"({"alg":"PS256",)" + std::string(member) + "}")), reason::jws_header);
      check_fails(parse_jwe(jwe_of(R"({"alg":"RSA-OAEP-256","enc":"A256GCM",)" + std::string(member) + "}")),
                  reason::jwe_header);
    }
  }
}

BOOST_AUTO_TEST_CASE(header_member_twice_is_refused) {
  for (auto const* header :
       {R"({"alg":"none","alg":"PS256","enc":"A256GCM"})", R"({"alg":"PS256","enc":"A256GCM","alg":"PS256"})",
        R"({"alg":"PS256","enc":"A256GCM","\u0061lg":"none"})",
        R"({"alg":"PS256","enc":"A256GCM","kid":"a","kid":"b"})",
        R"({"alg":"PS256","enc":"A256GCM","x":{"y":1,"y":2}})"}) {
    BOOST_TEST_CONTEXT(header) {
      check_fails(parse_jws(jws_of(header)), reason::jws_header);
      check_fails(parse_jwe(jwe_of(header)), reason::jwe_header);
      check_fails(looks_like_jwe(jwe_of(header), {}), reason::jwe_header);
    }
  }
}

BOOST_AUTO_TEST_CASE(header_must_be_a_json_object_with_algorithms_as_strings) {
  for (auto const* header :
       {"[]", "null", "\"PS256\"", "{", "{}", R"({"enc":"A256GCM"})", R"({"alg":"","enc":"A256GCM"})",
        R"({"alg":null,"enc":"A256GCM"})", R"({"alg":["PS256"],"enc":"A256GCM"})",
        R"({"alg":"PS256","enc":"A256GCM","kid":1})", R"({"alg":"PS256","enc":"A256GCM","typ":{}})",
        R"({"alg":"PS256","enc":"A256GCM","cty":[]})", R"({"alg":"PS256","enc":256})",
        R"({"alg":"PS256","enc":"A256GCM"} x)", "\xef\xbb\xbf{\"alg\":\"PS256\",\"enc\":\"A256GCM\"}"}) {
    BOOST_TEST_CONTEXT(header) {
      check_fails(parse_jws(jws_of(header)), reason::jws_header);
      check_fails(parse_jwe(jwe_of(header)), reason::jwe_header);
    }
  }
  check_fails(parse_jwe(jwe_of(R"({"alg":"RSA-OAEP-256"})")), reason::jwe_header);
}

BOOST_AUTO_TEST_CASE(key_material_in_a_header_is_passed_over) {
  auto const parsed = parse_jws(jws_of(R"({"alg":"PS256","jku":"https://evil","jwk":{"kty":"RSA"},"x5c":["AA"]})"));
  check_holds(parsed);
  BOOST_TEST(parsed->header().kid.empty());
}

BOOST_AUTO_TEST_CASE(shape_of_a_jwe_says_nothing_about_its_algorithms) {
  check_holds(looks_like_jwe(jwe_of(R"({"alg":"none"})"), {}));
  check_fails(looks_like_jwe(jwe_of("[]"), {}), reason::jwe_header);
}

BOOST_AUTO_TEST_CASE(token_at_the_limit_passes_and_one_byte_more_fails) {
  auto const jws = jws_of(bare_jws_header);
  auto const jwe = jwe_of(bare_jwe_header);
  check_holds(compact_jws::parse(jws, {.token_bytes = jws.size(), .header_bytes = 4096}));
  check_fails(compact_jws::parse(jws, {.token_bytes = jws.size() - 1, .header_bytes = 4096}), reason::not_a_jws);
  check_holds(compact_jwe::parse(jwe, {.token_bytes = jwe.size(), .header_bytes = 4096}));
  check_fails(compact_jwe::parse(jwe, {.token_bytes = jwe.size() - 1, .header_bytes = 4096}), reason::not_a_jwe);
  check_holds(looks_like_jwe(jwe, {.token_bytes = jwe.size(), .header_bytes = 4096}));
  check_fails(looks_like_jwe(jwe, {.token_bytes = jwe.size() - 1, .header_bytes = 4096}), reason::not_a_jwe);
}

BOOST_AUTO_TEST_CASE(header_at_the_limit_passes_and_one_byte_more_fails) {
  auto const jws = jws_of(bare_jws_header);
  auto const jwe = jwe_of(bare_jwe_header);
  auto const jws_size = base64url(bare_jws_header).size();
  auto const jwe_size = base64url(bare_jwe_header).size();
  check_holds(compact_jws::parse(jws, {.token_bytes = 8192, .header_bytes = jws_size}));
  check_fails(compact_jws::parse(jws, {.token_bytes = 8192, .header_bytes = jws_size - 1}), reason::jws_header);
  check_holds(compact_jwe::parse(jwe, {.token_bytes = 8192, .header_bytes = jwe_size}));
  check_fails(compact_jwe::parse(jwe, {.token_bytes = 8192, .header_bytes = jwe_size - 1}), reason::jwe_header);
  check_fails(looks_like_jwe(jwe, {.token_bytes = 8192, .header_bytes = jwe_size - 1}), reason::jwe_header);
}

BOOST_AUTO_TEST_CASE(deeply_nested_header_is_refused) {
  auto const nested = R"({"alg":"PS256","x":)" + std::string(200, '[') + std::string(200, ']') + "}";
  check_fails(parse_jws(jws_of(nested)), reason::jws_header);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::jose
