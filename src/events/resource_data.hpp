// `Data` of an event about a payment, a quote or an account opening, or of a family that is not known (contract section
// 5).
#ifndef CONSENTD_EVENTS_RESOURCE_DATA_HPP
#define CONSENTD_EVENTS_RESOURCE_DATA_HPP

#include "base/result.hpp"
#include "consent/resource.hpp"
#include "events/envelope.hpp"
#include "json/document.hpp"

#include <optional>

namespace consentd::events {

// `data`, where there is one, is an object; only a deletion comes without, and never a payment's. Fails as
// read_event() says.
result<consent::resource_report> read_resource(envelope const& from, consent::resource_family family,
                                               std::optional<json::value> const& data);

// `data`, where there is one, is an object.
consent::unknown_report read_unknown(envelope const& from, std::optional<json::value> const& data);

} // namespace consentd::events

#endif
