#include "events/event.hpp"

#include "events/message.hpp"

namespace consentd::events {

result<any_event> read_event(jose::signed_event const& event) {
  auto const message = event.payload.root().find("message");
  if (!message) {
    return failure{reason::claims_malformed, "message is missing"};
  }
  // A consent may be bound to the issuer of its first event: it must never be an empty one.
  if (!event.claims.iss || event.claims.iss->empty()) {
    return failure{reason::claims_malformed, "iss is missing"};
  }
  return read_message(*message, *event.claims.iss);
}

} // namespace consentd::events
