// The authorization JWT of a delivery: who is speaking, and nothing else (contract section 2). Knows no HTTP.
#ifndef CONSENTD_AUTHZ_BEARER_HPP
#define CONSENTD_AUTHZ_BEARER_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "jose/compact.hpp"
#include "jose/key_source.hpp"
#include "jose/open.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::authz {

struct bearer_policy {
  std::string issuer;                 // `iss`, compared whole; also the issuer whose keys are asked for
  std::optional<std::string> subject; // `sub`, when one is configured
  std::string audience;               // must be in `aud`
  std::chrono::seconds leeway{10};
  std::chrono::seconds max_lifetime{60}; // `exp` - `iat`
  jose::bounds limit{.token_bytes = 8192, .header_bytes = 2048};
};

// A token that was accepted.
struct caller {
  std::string issuer;
  std::string subject;
  std::string identity;  // "jti:<jti>", or "sha256:<hex of the digest of the canonical token>" when it has no jti
  timestamp spent_until; // `exp` plus leeway
  std::string kid;
};

// Checks by contract section 2, in its order, and stops at the first failure: bearer_malformed (no strict compact JWS,
// claims no JSON object), bearer_header (alg, typ, cty, kid), bearer_unknown_key, keys_unavailable (our lack: answer
// 503), bearer_signature, bearer_claim (naming the claim), bearer_expired. Costs an RSA verification (about 40 µs); any
// thread. `steps` may be null.
result<caller> check_bearer(std::string_view token, timestamp now, jose::key_source const& keys,
                            bearer_policy const& policy, jose::step_listener* steps = nullptr);

} // namespace consentd::authz

#endif
