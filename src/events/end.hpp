// What can be told of an end from an event that cannot be read.
#ifndef CONSENTD_EVENTS_END_HPP
#define CONSENTD_EVENTS_END_HPP

#include "consent/decision.hpp"
#include "jose/open.hpp"
#include "json/document.hpp"

#include <optional>
#include <string>

namespace consentd::events {

// For an event that read_event() has refused: a report with `Meta`'s id and time, when the event is about a consent
// itself and deletes it or names a terminal status for it, whatever else in it is wrong. Without a kind; not to be
// applied (consent::doubt()). Nothing when it says no such thing, is about another resource or a payment under the
// consent, or `Meta` itself cannot be read.
std::optional<consent::report> find_end(jose::signed_event const& event);
// The same of its `message`, in a verified token of `issuer`.
std::optional<consent::report> find_end(json::value const& message, std::string issuer);

} // namespace consentd::events

#endif
