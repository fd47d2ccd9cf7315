// `Data` of an event about a consent (contract sections 5 and 8).
#ifndef CONSENTD_EVENTS_CONSENT_DATA_HPP
#define CONSENTD_EVENTS_CONSENT_DATA_HPP

#include "base/result.hpp"
#include "consent/decision.hpp"
#include "events/envelope.hpp"
#include "json/document.hpp"

#include <optional>

namespace consentd::events {

// What `Meta` alone says: the whole report of a deletion that came without `Data`.
consent::report report_of_meta(envelope const& from);

// `data` is an object. `kind` is absent when a deletion does not show it. Fails as read_event() says.
result<consent::report> read_consent(envelope const& from, json::value const& data, std::optional<consent::kind> kind);

} // namespace consentd::events

#endif
