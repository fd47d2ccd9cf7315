// Verified bytes → a typed event of its family (contract sections 4, 5 and 8).
#ifndef CONSENTD_EVENTS_EVENT_HPP
#define CONSENTD_EVENTS_EVENT_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "consent/decision.hpp"
#include "jose/open.hpp"

#include <string>

namespace consentd::events {

// An event about a consent, and what identifies the message that carried it.
struct consent_event {
  consent::report report;
  digest message_digest{}; // of the canonical form of `message`: equal for redeliveries, re-signed or not
};

// The failures are final: a redelivery of the same message fails the same way.
//   claims_malformed   no `message` object, or no `iss`
//   not_an_event       no `EventType` of the list, or no resource id in `Meta`
//   ambiguous          two family ids
//   unsupported_family a family of contract section 5 that is not about a consent's own state
//   bad_id, id_mismatch, bad_time, unknown_status, resource_malformed: as their names say, with the member at fault
result<consent_event> read_event(jose::signed_event const& event);

} // namespace consentd::events

#endif
