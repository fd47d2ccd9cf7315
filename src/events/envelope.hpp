// What `Meta` says, of whatever family the event is (contract section 4).
#ifndef CONSENTD_EVENTS_ENVELOPE_HPP
#define CONSENTD_EVENTS_ENVELOPE_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "consent/decision.hpp"
#include "events/family.hpp"
#include "json/document.hpp"

#include <string>

namespace consentd::events {

// Its `id.id` has been read as an id: `id_text`.
struct envelope {
  std::string issuer;
  consent::change what = consent::change::updated;
  resource_id id;
  std::string id_text;
  timestamp event_time;
};

// claims_malformed when `message` is no object; otherwise not_an_event, ambiguous, bad_id and bad_time, tried in this
// order. The envelope lives no longer than the document.
result<envelope> read_envelope(json::value const& message, std::string issuer);

} // namespace consentd::events

#endif
