// Verified bytes → a typed event of its family (contract sections 4, 5 and 8).
#ifndef CONSENTD_EVENTS_EVENT_HPP
#define CONSENTD_EVENTS_EVENT_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "consent/decision.hpp"
#include "consent/resource.hpp"
#include "jose/open.hpp"

#include <string>
#include <variant>

namespace consentd::events {

// Each with what identifies the message that carried it: the digest of the canonical form of `message`, equal for
// redeliveries, re-signed or not.

// An event about a consent.
struct consent_event {
  consent::report report;
  digest message_digest{};
};

// An event about a payment, a quote or an account opening.
struct resource_event {
  consent::resource_report report;
  digest message_digest{};
};

// An event with an `EventType` of the list and one id of a name that is not known: `ae.openfinance.unknown` for
// subscribers, and never state.
struct unknown_event {
  consent::unknown_report report;
  digest message_digest{};
};

using any_event = std::variant<consent_event, resource_event, unknown_event>;

// The failures are final: a redelivery of the same message fails the same way.
//   claims_malformed   no `message` object, or no `iss`
//   not_an_event       no `EventType` of the list, or no resource id in `Meta`
//   ambiguous          two family ids
//   bad_id, id_mismatch, bad_time, unknown_status, resource_malformed: as their names say, with the member at fault
// A suspension or an end of a consent fails on no more than its ids, its event time, its family and its status: what
// else cannot be read in it is left out of the report.
result<any_event> read_event(jose::signed_event const& event);

} // namespace consentd::events

#endif
