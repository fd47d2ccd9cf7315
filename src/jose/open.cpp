#include "jose/open.hpp"

#include "base/base64url.hpp"
#include "jose/media_type.hpp"
#include "jose/quoted.hpp"
#include "jose/steps.hpp"

#include <algorithm>
#include <utility>

namespace consentd::jose {

namespace {

result<compact_jwe> read_envelope(std::string_view body, event_policy const& policy, steps_told const& steps,
                                  claimed& learned) {
  auto token = compact_jwe::parse(std::string(body), policy.limit);
  if (!token) {
    return token;
  }
  auto const& header = token->header();
  learned.jwe_kid = header.kid;
  if (header.cty && !same_media_type(*header.cty, "JWT")) {
    return failure{reason::jwe_header, "cty is " + quoted(*header.cty) + ", not JWT"};
  }
  steps.holds("JWE protected header", [&] {
    return "alg " + quoted(header.alg) + ", enc " + quoted(header.enc) + ", kid " + quoted(header.kid);
  });
  return token;
}

// The event's token before its signature is checked: header, and the payload as JSON.
struct unverified_event {
  compact_jws token;
  std::string payload;
  json::document document;
  std::string issuer;
};

result<compact_jws> read_token(std::string plaintext, event_policy const& policy, steps_told const& steps,
                               claimed& learned) {
  auto token = compact_jws::parse(std::move(plaintext), policy.limit);
  if (!token) {
    return token;
  }
  auto const& header = token->header();
  learned.jws_kid = header.kid;
  learned.jws = token->token();
  // verify() pins it again; here it comes first, so that nothing is asked of a token that cannot be accepted.
  if (header.alg != "PS256") {
    return failure{reason::jws_algorithm, "alg is " + quoted(header.alg) + ", not PS256"};
  }
  if (header.kid.empty()) {
    return failure{reason::jws_header, "header member kid is missing"};
  }
  steps.holds("JWS protected header", [&] { return "alg PS256, kid " + quoted(header.kid); });
  return token;
}

constexpr std::size_t longest_text = 512; // as read_claims() has it

result<unverified_event> peek(compact_jws token, event_policy const& policy, claimed& learned) {
  auto payload = decode_base64url(token.payload_part()).value();
  auto document = json::document::parse(payload, policy.payload);
  if (!document) {
    return failure{reason::claims_malformed, "the payload: " + document.error().detail};
  }
  if (!document->root().is_object()) {
    return failure{reason::claims_malformed, "the payload is no JSON object"};
  }
  auto const issuer = document->root().find_string("iss");
  if (!issuer) {
    return failure{reason::claims_malformed, "iss is missing or no string"};
  }
  if (issuer->empty() || issuer->size() > longest_text) {
    return failure{reason::claims_malformed, "iss has not 1 to 512 bytes"};
  }
  learned.issuer = *issuer;
  if (auto const jti = document->root().find_string("jti"); jti && jti->size() <= longest_text) {
    learned.jti = std::string(*jti);
  }
  return unverified_event{std::move(token), std::move(payload), std::move(*document), learned.issuer};
}

result<void> check_signature(unverified_event const& event, timestamp received, key_source const& issuers,
                             steps_told const& steps, claimed& learned) {
  auto key = issuers.find(event.issuer, event.token.header().kid, received);
  if (!key) {
    return key.error();
  }
  steps.holds("issuer and key", [&] {
    return "iss " + quoted(event.issuer) + " is configured and has the kid " + quoted(event.token.header().kid);
  });
  auto const verified = verify(event.token, **key);
  if (!verified) {
    return verified.error();
  }
  // The document was read from the token before: here it is tied to the bytes that were signed.
  if (verified->bytes() != event.payload) {
    return failure{reason::signature, "the signature holds for other bytes"};
  }
  learned.key = std::move(*key);
  steps.holds("signature", [] { return std::string("PS256 holds"); });
  return {};
}

result<void> check_audience(registered_claims const& claims, event_policy const& policy, steps_told const& steps) {
  auto const ours = [&](std::string const& one) {
    return std::find(policy.audiences.begin(), policy.audiences.end(), one) != policy.audiences.end();
  };
  auto const found = std::find_if(claims.aud.begin(), claims.aud.end(), ours);
  if (found == claims.aud.end()) {
    return failure{reason::audience, claims.aud.empty() ? "aud is missing" : "aud names none of our client ids"};
  }
  steps.holds("aud", [&] { return "names " + quoted(*found); });
  return {};
}

// True when the event has expired: the one failure that does not end the reading (contract section 4, last paragraph).
result<bool> check_times(registered_claims const& claims, timestamp received, event_policy const& policy,
                         steps_told const& steps) {
  if (!claims.exp) {
    return failure{reason::claims_malformed, "exp is missing"};
  }
  if (*claims.exp > received + policy.max_expiry) {
    return failure{reason::expiry_too_far, "exp " + format_date_time(*claims.exp) + " is over " +
                                               std::to_string(policy.max_expiry.count()) + " s after receipt"};
  }
  if (claims.nbf && *claims.nbf > received + policy.leeway) {
    return failure{reason::not_yet_valid, "nbf " + format_date_time(*claims.nbf) + " is after receipt"};
  }
  // No leeway: `exp` must be later than the moment of receipt.
  bool const expired = *claims.exp <= received;
  if (!expired) {
    steps.holds("exp and nbf", [&] {
      return "received " + format_date_time(received) + ", expires " + format_date_time(*claims.exp);
    });
  }
  return expired;
}

} // namespace

result<signed_event> open_event(std::string_view body, timestamp received, key_ring const& keys,
                                key_source const& issuers, event_policy const& policy, step_listener* steps,
                                claimed* learned) {
  steps_told const told(steps);
  claimed unasked;
  auto& seen = learned != nullptr ? *learned : unasked;
  auto const envelope = read_envelope(body, policy, told, seen);
  if (!envelope) {
    return envelope.error();
  }
  auto plaintext = decrypt(*envelope, keys, received, policy.allow_rsa_oaep_sha1);
  if (!plaintext) {
    return plaintext.error();
  }
  seen.opened = true;
  told.holds("decryption", [&] { return "opened with the key " + quoted(envelope->header().kid); });
  auto token = read_token(std::move(*plaintext), policy, told, seen);
  if (!token) {
    return token.error();
  }
  auto event = peek(std::move(*token), policy, seen);
  if (!event) {
    return event.error();
  }
  if (auto const holds = check_signature(*event, received, issuers, told, seen); !holds) {
    return holds.error();
  }
  auto claims = read_claims(event->document.root());
  if (!claims) {
    return claims.error();
  }
  if (auto const addressed = check_audience(*claims, policy, told); !addressed) {
    return addressed.error();
  }
  auto const expired = check_times(*claims, received, policy, told);
  if (!expired) {
    return expired.error();
  }
  auto const message = event->document.root().find("message");
  if (!message || !message->is_object()) {
    return failure{reason::claims_malformed, "message is missing or no object"};
  }
  told.holds("message", [] { return std::string("is there"); });
  auto const jws_kid = event->token.header().kid;
  return signed_event{.claims = std::move(*claims),
                      .payload = std::move(event->document),
                      .jws = event->token.token(),
                      .jwe_kid = envelope->header().kid,
                      .jws_kid = jws_kid,
                      .expired = *expired,
                      .key = seen.key};
}

} // namespace consentd::jose
