// One delivery of the Hub, made in two steps: a plan in which everything can still be bent, then the finished request.
// Pure but for the randomness that encryption and signatures need; any thread. What benchmarks and tests pre-make
// requests with.
#ifndef CONSENTD_TOOLS_HUBSIM_REQUEST_MAKER_HPP
#define CONSENTD_TOOLS_HUBSIM_REQUEST_MAKER_HPP

#include "base/time.hpp"
#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/event_spec.hpp"
#include "tools/hubsim/tokens.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace consentd::hubsim {

// The authorization JWT (contract section 2).
struct bearer_plan {
  std::string iss;
  std::string sub; // empty: absent
  std::string aud;
  std::string jti; // empty: absent
  std::chrono::sys_seconds iat;
  std::chrono::sys_seconds exp;
  jws_recipe token;
};

// The event's claims (contract section 4), the JWS around them, the JWE around that.
struct event_plan {
  std::string iss;
  std::string aud;
  bool aud_as_text = false; // a string instead of an array of one
  std::chrono::sys_seconds iat;
  std::chrono::sys_seconds nbf;
  std::chrono::sys_seconds exp;
  std::string jti;     // empty: absent
  std::string message; // JSON; empty: absent
  std::string more;    // further claims, JSON text
  jws_recipe inner;
  jwe_recipe outer;
  unsigned envelopes = 1; // JWEs around the JWS
};

struct request_plan {
  std::string interaction_id;
  std::string content_type;
  bearer_plan bearer;
  event_plan event;
};

// What goes over the wire, and what is inside for those who want to look.
struct request {
  std::string interaction_id;
  std::string method = "POST";
  std::string path_suffix; // appended to the webhook's URL
  std::string content_type;
  std::string accept = "*/*";
  std::optional<std::string> bearer; // the token alone; absent: no Authorization header
  std::string body;
  std::string claims; // the claims that were signed
  std::string jws;    // the signed event that was encrypted
};

// A proper delivery of `spec` by `from` at `now`, encrypted to the first recipient. The bearer lives 30 s and has a new
// `jti`; the event's `exp` is 5 minutes ahead.
request_plan plan_request(deployment const& by, issuer const& from, event_spec const& spec, timestamp now,
                          std::string interaction_id);

// Costs two RSA private operations and one public one (about 0.6 ms).
request make_request(request_plan const& plan);

// The token of it alone, for an event that is delivered again.
std::string make_bearer(bearer_plan const& plan);
bearer_plan plan_bearer(deployment const& by, timestamp now);

} // namespace consentd::hubsim

#endif
