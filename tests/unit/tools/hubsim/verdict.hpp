// What the daemon's own code makes of a request of the simulator.
#ifndef CONSENTD_TESTS_HUBSIM_VERDICT_HPP
#define CONSENTD_TESTS_HUBSIM_VERDICT_HPP

#include "authz/bearer.hpp"
#include "events/event.hpp"
#include "tools/hubsim/request_maker.hpp"

namespace consentd::hubsim {

// The bearer, checked at `now` against the set-up's JWK sets.
result<authz::caller> judge_bearer(deployment const& by, request const& what, timestamp now);

// The body: its shape, the JWE, the JWS, the claims, the message. `expired` is a failure here.
result<events::consent_event> judge_event(deployment const& by, request const& what, timestamp now);

} // namespace consentd::hubsim

#endif
