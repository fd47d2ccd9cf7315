#include "config/policies.hpp"

namespace consentd::config {

authz::bearer_policy bearer_policy_of(settings const& how) {
  authz::bearer_policy policy;
  policy.issuer = how.bearer.issuer;
  if (!how.bearer.subject.empty()) {
    policy.subject = how.bearer.subject;
  }
  policy.audience = how.bearer.audience;
  policy.leeway = how.bearer.leeway;
  policy.max_lifetime = how.bearer.max_lifetime;
  return policy;
}

jose::event_policy event_policy_of(settings const& how) {
  jose::event_policy policy;
  policy.audiences = how.events.audiences;
  policy.leeway = how.events.leeway;
  policy.max_expiry = how.events.max_expiry;
  policy.allow_rsa_oaep_sha1 = how.events.allow_rsa_oaep_sha1;
  policy.limit.token_bytes = how.hub.max_body_bytes;
  policy.payload.bytes = how.hub.max_body_bytes;
  return policy;
}

} // namespace consentd::config
