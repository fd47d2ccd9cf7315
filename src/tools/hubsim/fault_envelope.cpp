// Events with a bad JWE or a bad signature (contract section 3): acknowledged, then quarantined.
#include "tools/hubsim/fault.hpp"

#include "base/base64url.hpp"

#include <algorithm>

namespace consentd::hubsim {

namespace {

// Flips one bit of the given part of a compact token, which stays canonical base64url.
void tamper(std::string& token, std::size_t part) {
  std::size_t start = 0;
  for (std::size_t i = 0; i != part; ++i) {
    start = token.find('.', start) + 1;
  }
  auto const end = std::min(token.find('.', start), token.size());
  auto bytes = decode_base64url(std::string_view(token).substr(start, end - start)).value_or("?");
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  token.replace(start, end - start, encode_base64url(bytes));
}

constexpr fault list[] = {
    {"unknown-encryption-kid", "encrypted under a `kid` that is none of ours", 202, reason::unknown_decryption_key,
     takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.kid = "no-such-certificate"; }},
    {"wrong-encryption-key", "our `kid`, but encrypted to a stranger's key", 202, reason::decryption, takes::nothing,
     nullptr, [](request_plan& plan, deployment const& by) { plan.event.outer.recipient = by.stranger; }},
    {"rsa-oaep-sha1", "`alg` RSA-OAEP, as older guides have it", 202, reason::jwe_algorithm, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.outer.alg = "RSA-OAEP";
       plan.event.outer.how = wrapping::oaep_sha1;
     }},
    {"mixed-hashes", "OAEP with SHA-256, but SHA-1 in its mask", 202, reason::decryption, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.how = wrapping::oaep_sha256_mgf1_sha1; }},
    {"pkcs1-padding", "the content key wrapped with PKCS #1 v1.5 under `alg` RSA-OAEP-256", 202, reason::decryption,
     takes::nothing, nullptr, [](request_plan& plan, deployment const&) { plan.event.outer.how = wrapping::pkcs1; }},
    {"wrong-enc", "`enc` A128GCM", 202, reason::jwe_algorithm, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.outer.enc = "A128GCM";
       plan.event.outer.content_key_bytes = 16;
     }},
    {"short-content-key", "a content key of 128 bits under `enc` A256GCM", 202, reason::decryption, takes::nothing,
     nullptr, [](request_plan& plan, deployment const&) { plan.event.outer.content_key_bytes = 16; }},
    {"long-vector", "a vector of 128 bits instead of 96", 202, reason::decryption, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.vector_bytes = 16; }},
    {"cut-tag", "the first 96 bits of the authentication tag alone", 202, reason::decryption, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.tag_bytes = 12; }},
    {"tampered-key", "one bit of the encrypted key flipped", 202, reason::decryption, takes::nothing, nullptr, nullptr,
     [](request& of) { tamper(of.body, 1); }},
    {"tampered-ciphertext", "one bit of the ciphertext flipped", 202, reason::decryption, takes::nothing, nullptr,
     nullptr, [](request& of) { tamper(of.body, 3); }},
    {"tampered-tag", "one bit of the authentication tag flipped", 202, reason::decryption, takes::nothing, nullptr,
     nullptr, [](request& of) { tamper(of.body, 4); }},
    {"jwe-zip", "a header that asks for decompression", 202, reason::jwe_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.more = R"("zip":"DEF")"; }},
    {"jwe-crit", "a critical header extension that nobody knows", 202, reason::jwe_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.outer.more = R"("crit":["x-new"],"x-new":1)"; }},
    {"nested-jwe", "the signed event encrypted twice", 202, reason::not_a_jws, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.envelopes = 2; }},
    {"alg-none", "the event with `alg` none and an empty signature", 202, reason::not_a_jws, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.inner.alg = "none";
       plan.event.inner.how = signing::nothing;
     }},
    {"alg-none-signed", "the event with `alg` none over a signature that holds", 202, reason::jws_algorithm,
     takes::nothing, nullptr, [](request_plan& plan, deployment const&) { plan.event.inner.alg = "none"; }},
    {"rs256", "the event signed with RS256 by the issuer's own key", 202, reason::jws_algorithm, takes::nothing,
     nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.inner.alg = "RS256";
       plan.event.inner.how = signing::rs256;
     }},
    {"hs256", "the event with HS256, keyed with the issuer's public key", 202, reason::jws_algorithm, takes::nothing,
     nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.inner.alg = "HS256";
       plan.event.inner.how = signing::hs256_public_key;
     }},
    {"jws-crit", "a critical extension in the event's header", 202, reason::jws_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.inner.more = R"("crit":["x-new"],"x-new":1)"; }},
    {"duplicate-header", "`alg` twice in the event's header", 202, reason::jws_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.inner.more = R"("alg":"PS256")"; }},
    {"unknown-kid", "a `kid` that the issuer's JWKS lacks", 202, reason::unknown_signing_key, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.inner.kid = "no-such-key"; }},
    {"unknown-issuer", "`iss` is no configured issuer", 202, reason::unknown_issuer, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.iss = "https://bank.example.com/unknown"; }},
    {"other-issuers-key", "one issuer's claims under another issuer's key and `kid`", 202, reason::unknown_signing_key,
     takes::nothing, nullptr,
     [](request_plan& plan, deployment const& by) {
       auto const& other = by.other_than(plan.event.iss);
       plan.event.inner.kid = other.kid;
       plan.event.inner.signer = other.signer;
     }},
    {"wrong-signing-key", "the issuer's `kid` over a stranger's signature", 202, reason::signature, takes::nothing,
     nullptr, [](request_plan& plan, deployment const& by) { plan.event.inner.signer = by.stranger; }},
    {"embedded-key", "signed by a stranger whose public key comes along in the header", 202, reason::signature,
     takes::nothing, nullptr,
     [](request_plan& plan, deployment const& by) {
       plan.event.inner.signer = by.stranger;
       plan.event.inner.more = "\"jwk\":" + jwk(by.stranger, plan.event.inner.kid);
     }},
};

} // namespace

std::span<fault const> envelope_faults() noexcept {
  return list;
}

} // namespace consentd::hubsim
