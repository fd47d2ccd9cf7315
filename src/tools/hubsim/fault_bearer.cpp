// Bad authorization JWTs (contract section 2): each must be refused at once, and nothing stored.
#include "tools/hubsim/fault.hpp"

namespace consentd::hubsim {

namespace {

using namespace std::chrono_literals;

// A different text that decodes to the same bytes unless trailing bits are held to zero: the last character of a
// 256-byte signature carries two bits of it and four that nobody reads.
void set_trailing_bits(std::string& token) {
  auto& last = token.back();
  switch (last) {
  case 'A':
    last = 'B';
    break;
  case 'Q':
    last = 'R';
    break;
  case 'g':
    last = 'h';
    break;
  default:
    last = 'x';
  }
}

constexpr fault list[] = {
    {"bearer-missing", "no Authorization header", 401, reason::bearer_missing, takes::nothing, nullptr, nullptr,
     [](request& of) { of.bearer.reset(); }},
    {"bearer-not-a-jwt", "an opaque access token where the JWT belongs", 401, reason::bearer_malformed, takes::nothing,
     nullptr, nullptr, [](request& of) { of.bearer = "mF_9.B5f-4.1JqM.opaque"; }},
    {"bearer-padding", "misplaced base64 padding (`A===`) in the signature", 401, reason::bearer_malformed,
     takes::nothing, nullptr, nullptr,
     [](request& of) { *of.bearer = of.bearer->substr(0, of.bearer->rfind('.') + 1) + "A==="; }},
    {"bearer-trailing-bits", "a valid token in a second spelling: unused bits of the last character are set", 401,
     reason::bearer_malformed, takes::nothing, nullptr, nullptr,
     [](request& of) { set_trailing_bits(of.bearer.value()); }},
    {"bearer-alg-none", "`alg` none and an empty signature", 401, reason::bearer_malformed, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.bearer.token.alg = "none";
       plan.bearer.token.how = signing::nothing;
     }},
    {"bearer-alg-none-signed", "`alg` none over a signature that holds", 401, reason::bearer_header, takes::nothing,
     nullptr, [](request_plan& plan, deployment const&) { plan.bearer.token.alg = "none"; }},
    {"bearer-rs256", "signed with RS256 by the Hub's own key", 401, reason::bearer_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.bearer.token.alg = "RS256";
       plan.bearer.token.how = signing::rs256;
     }},
    {"bearer-hs256", "HS256 keyed with the Hub's public key", 401, reason::bearer_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.bearer.token.alg = "HS256";
       plan.bearer.token.how = signing::hs256_public_key;
     }},
    {"bearer-no-typ", "no `typ` in the header", 401, reason::bearer_header, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.bearer.token.typ.clear(); }},
    {"bearer-crit", "a critical header extension that nobody knows", 401, reason::bearer_header, takes::nothing,
     nullptr, [](request_plan& plan, deployment const&) { plan.bearer.token.more = R"("crit":["x-new"],"x-new":1)"; }},
    {"bearer-unknown-kid", "a `kid` that the Hub's JWKS lacks", 401, reason::bearer_unknown_key, takes::nothing,
     nullptr, [](request_plan& plan, deployment const&) { plan.bearer.token.kid = "no-such-key"; }},
    {"bearer-wrong-key", "the Hub's `kid` over a stranger's signature", 401, reason::bearer_signature, takes::nothing,
     nullptr, [](request_plan& plan, deployment const& by) { plan.bearer.token.signer = by.stranger; }},
    {"bearer-wrong-issuer", "`iss` is another party", 401, reason::bearer_claim, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.bearer.iss = "https://hub.example.com/other"; }},
    {"bearer-no-subject", "no `sub`", 401, reason::bearer_claim, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.bearer.sub.clear(); }},
    {"bearer-wrong-audience", "`aud` is another TPP", 401, reason::bearer_claim, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.bearer.aud = "tpp-client-of-somebody-else"; }},
    {"bearer-future-iat", "issued two minutes ahead of now", 401, reason::bearer_claim, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.bearer.iat += 2min;
       plan.bearer.exp += 2min;
     }},
    {"bearer-long-lifetime", "valid for an hour", 401, reason::bearer_claim, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.bearer.exp = plan.bearer.iat + 1h; }},
    {"bearer-expired", "expired a minute ago", 401, reason::bearer_expired, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.bearer.iat -= 90s;
       plan.bearer.exp = plan.bearer.iat + 30s;
     }},
    {"bearer-spent", "a good delivery, then another event under the same token", 401, reason::bearer_replay,
     takes::bearer},
};

} // namespace

std::span<fault const> bearer_faults() noexcept {
  return list;
}

} // namespace consentd::hubsim
