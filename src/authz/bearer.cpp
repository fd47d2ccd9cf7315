#include "authz/bearer.hpp"

#include "base/digest.hpp"
#include "base/interaction_id.hpp"
#include "jose/media_type.hpp"
#include "jose/quoted.hpp"
#include "jose/steps.hpp"
#include "json/document.hpp"

#include <algorithm>

namespace consentd::authz {

namespace {

failure claim(std::string what) {
  return {reason::bearer_claim, std::move(what)};
}

result<jose::compact_jws> read_token(std::string_view text, bearer_policy const& policy) {
  auto token = jose::compact_jws::parse(std::string(text), policy.limit);
  if (!token) {
    bool const header = token.error().code == reason::jws_header;
    return failure{header ? reason::bearer_header : reason::bearer_malformed, token.error().detail};
  }
  return token;
}

result<void> check_header(jose::protected_header const& header) {
  auto const refused = [](std::string detail) { return failure{reason::bearer_header, std::move(detail)}; };
  if (header.alg != "PS256") {
    return refused("alg is " + jose::quoted(header.alg) + ", not PS256");
  }
  if (!header.typ || (!jose::same_media_type(*header.typ, "JWT") && !jose::same_media_type(*header.typ, "JOSE"))) {
    return refused("typ is neither JWT nor JOSE");
  }
  if (header.cty && !jose::same_media_type(*header.cty, "json")) {
    return refused("cty is not json");
  }
  if (header.kid.empty()) {
    return refused("kid is missing");
  }
  return {};
}

result<std::shared_ptr<jose::verification_key const>>
find_key(jose::key_source const& keys, bearer_policy const& policy, std::string const& kid, timestamp now) {
  auto key = keys.find(policy.issuer, kid, now);
  if (key) {
    return key;
  }
  if (key.error().code == reason::unknown_signing_key) {
    return failure{reason::bearer_unknown_key, "the issuer's key set has no usable key " + jose::quoted(kid)};
  }
  // The issuer is our configuration's, so an unknown one is a lack of ours as well.
  return failure{reason::keys_unavailable, key.error().detail};
}

result<jose::registered_claims> read_claims(jose::verified_payload const& payload, bearer_policy const& policy) {
  auto const document =
      json::document::parse(payload.bytes(), {.bytes = policy.limit.token_bytes, .depth = 16, .values = 2048});
  if (!document || !document->root().is_object()) {
    return failure{reason::bearer_malformed, "the claims set is no JSON object"};
  }
  auto claims = jose::read_claims(document->root());
  if (!claims) {
    return claim(claims.error().detail);
  }
  return claims;
}

result<void> check_parties(jose::registered_claims const& claims, bearer_policy const& policy) {
  if (claims.iss != policy.issuer) {
    return claim("iss is not the configured issuer");
  }
  if (!claims.sub) {
    return claim("sub is missing");
  }
  if (policy.subject && claims.sub != policy.subject) {
    return claim("sub is not the configured subject");
  }
  if (std::find(claims.aud.begin(), claims.aud.end(), policy.audience) == claims.aud.end()) {
    return claim("aud does not name us");
  }
  return {};
}

result<void> check_times(jose::registered_claims const& claims, timestamp now, bearer_policy const& policy) {
  if (!claims.exp) {
    return claim("exp is missing");
  }
  if (!claims.iat) {
    return claim("iat is missing");
  }
  if (*claims.exp + policy.leeway <= now) {
    return failure{reason::bearer_expired, "exp " + format_date_time(*claims.exp) + " has passed"};
  }
  if (*claims.iat > now + policy.leeway) {
    return claim("iat is in the future");
  }
  if (*claims.exp <= *claims.iat) {
    return claim("exp is not after iat");
  }
  // Both are of the sender's clock, so there is nothing to be lenient about.
  if (*claims.exp - *claims.iat > policy.max_lifetime) {
    return claim("exp is over " + std::to_string(policy.max_lifetime.count()) + " s after iat");
  }
  if (claims.nbf && *claims.nbf > now + policy.leeway) {
    return claim("nbf is in the future");
  }
  return {};
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (char const c : bytes) {
    auto const byte = static_cast<unsigned char>(c);
    text += digits[byte >> 4U];
    text += digits[byte & 0x0fU];
  }
  return text;
}

// The text is the token's only one: strict base64url, and a signature of exactly the modulus' length. So its digest is
// an identity that a sender without the key cannot change.
result<std::string> identity_of(jose::registered_claims const& claims, std::string_view token) {
  if (!claims.jti) {
    return "sha256:" + hex(as_bytes(sha256(token)));
  }
  if (!is_uuid(*claims.jti)) {
    return claim("jti is no UUID");
  }
  return "jti:" + *claims.jti;
}

} // namespace

result<caller> check_bearer(std::string_view token, timestamp now, jose::key_source const& keys,
                            bearer_policy const& policy, jose::step_listener* steps) {
  jose::steps_told const told(steps);
  auto const parsed = read_token(token, policy);
  if (!parsed) {
    return parsed.error();
  }
  auto const& header = parsed->header();
  if (auto const allowed = check_header(header); !allowed) {
    return allowed.error();
  }
  told.holds("protected header",
             [&] { return "alg PS256, typ " + jose::quoted(*header.typ) + ", kid " + jose::quoted(header.kid); });
  auto const key = find_key(keys, policy, header.kid, now);
  if (!key) {
    return key.error();
  }
  told.holds("key", [&] { return "kid " + jose::quoted(header.kid) + " is a key of " + jose::quoted(policy.issuer); });
  auto const payload = jose::verify(*parsed, **key);
  if (!payload) {
    return failure{reason::bearer_signature, payload.error().detail};
  }
  told.holds("signature", [] { return std::string("PS256 holds"); });
  auto const claims = read_claims(*payload, policy);
  if (!claims) {
    return claims.error();
  }
  if (auto const right = check_parties(*claims, policy); !right) {
    return right.error();
  }
  told.holds("iss, sub, aud",
             [&] { return "iss " + jose::quoted(*claims->iss) + ", sub " + jose::quoted(*claims->sub); });
  if (auto const timely = check_times(*claims, now, policy); !timely) {
    return timely.error();
  }
  told.holds("exp, iat, nbf", [&] {
    return "issued " + format_date_time(*claims->iat) + ", expires " + format_date_time(*claims->exp);
  });
  auto identity = identity_of(*claims, token);
  if (!identity) {
    return identity.error();
  }
  return caller{.issuer = policy.issuer,
                .subject = *claims->sub,
                .identity = std::move(*identity),
                .spent_until = *claims->exp + policy.leeway,
                .kid = header.kid};
}

} // namespace consentd::authz
