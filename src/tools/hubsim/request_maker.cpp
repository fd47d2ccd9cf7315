#include "tools/hubsim/request_maker.hpp"

#include "base/interaction_id.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

namespace {

using namespace std::chrono_literals;

std::int64_t seconds_of(std::chrono::sys_seconds when) {
  return when.time_since_epoch().count();
}

// The OpenAPI description has an array, the older guides a string (contract section 8, 1).
void write_audience(json::writer& out, event_plan const& plan) {
  if (plan.aud_as_text) {
    out.member("aud", plan.aud);
  } else {
    out.name("aud").begin_array().string(plan.aud).end_array();
  }
}

std::string make_claims(event_plan const& plan) {
  json::writer out;
  out.begin_object().member("iss", plan.iss);
  write_audience(out, plan);
  out.name("iat").integer(seconds_of(plan.iat));
  out.name("nbf").integer(seconds_of(plan.nbf));
  out.name("exp").integer(seconds_of(plan.exp));
  if (!plan.jti.empty()) {
    out.member("jti", plan.jti);
  }
  out.end_object();
  auto claims = out.take();
  // As text: a plan may hold a message that no writer would write.
  auto const append = [&claims](std::string const& members) { claims.insert(claims.size() - 1, "," + members); };
  if (!plan.message.empty()) {
    append("\"message\":" + plan.message);
  }
  if (!plan.more.empty()) {
    append(plan.more);
  }
  return claims;
}

} // namespace

bearer_plan plan_bearer(deployment const& by, timestamp now) {
  auto const second = std::chrono::floor<std::chrono::seconds>(now);
  bearer_plan plan;
  plan.iss = by.hub.id;
  plan.sub = "api-hub";
  plan.aud = by.audience;
  plan.jti = new_uuid();
  plan.iat = second;
  plan.exp = second + 30s;
  plan.token.kid = by.hub.kid;
  plan.token.signer = by.hub.signer;
  return plan;
}

request_plan plan_request(deployment const& by, issuer const& from, event_spec const& spec, timestamp now,
                          std::string interaction_id) {
  auto const second = std::chrono::floor<std::chrono::seconds>(now);
  request_plan plan;
  plan.interaction_id = std::move(interaction_id);
  plan.content_type = spec.version == version::v2_1 ? "application/jwe" : "application/jwt";
  plan.bearer = plan_bearer(by, now);
  auto& event = plan.event;
  event.iss = from.id;
  event.aud = by.audience;
  event.aud_as_text = spec.version != version::v2_1;
  event.iat = second;
  event.nbf = second;
  event.exp = second + 5min;
  event.jti = spec.jti;
  event.message = make_message(spec);
  event.inner.kid = from.kid;
  event.inner.signer = from.signer;
  auto const& recipient = by.recipients.at(spec.encryption_key - 1);
  event.outer.kid = recipient.kid;
  event.outer.recipient = recipient.public_key;
  return plan;
}

std::string make_bearer(bearer_plan const& plan) {
  json::writer out;
  out.begin_object().member("iss", plan.iss);
  if (!plan.sub.empty()) {
    out.member("sub", plan.sub);
  }
  out.member("aud", plan.aud);
  out.name("iat").integer(seconds_of(plan.iat));
  out.name("exp").integer(seconds_of(plan.exp));
  if (!plan.jti.empty()) {
    out.member("jti", plan.jti);
  }
  out.end_object();
  return make_jws(plan.token, out.take());
}

request make_request(request_plan const& plan) {
  request made;
  made.interaction_id = plan.interaction_id;
  made.content_type = plan.content_type;
  made.bearer = make_bearer(plan.bearer);
  made.claims = make_claims(plan.event);
  made.jws = make_jws(plan.event.inner, made.claims);
  made.body = made.jws;
  for (unsigned i = 0; i != plan.event.envelopes; ++i) {
    made.body = make_jwe(plan.event.outer, made.body);
  }
  return made;
}

} // namespace consentd::hubsim
