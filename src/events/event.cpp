#include "events/event.hpp"

#include "events/message.hpp"

namespace consentd::events {
namespace {

// `read` is one of the readers of message.hpp.
template <class Event>
result<Event> read_with(result<Event> (*read)(json::value const&, std::string), jose::signed_event const& event) {
  auto const message = event.payload.root().find("message");
  if (!message) {
    return failure{reason::claims_malformed, "message is missing"};
  }
  // A consent may be bound to the issuer of its first event: it must never be an empty one.
  if (!event.claims.iss || event.claims.iss->empty()) {
    return failure{reason::claims_malformed, "iss is missing"};
  }
  return read(*message, *event.claims.iss);
}

} // namespace

result<any_event> read_any_event(jose::signed_event const& event) {
  return read_with(read_any_message, event);
}

result<consent_event> read_event(jose::signed_event const& event) {
  return read_with(read_message, event);
}

} // namespace consentd::events
