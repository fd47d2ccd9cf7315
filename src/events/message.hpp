// The reading of an event's `message`, apart from the token that carried it.
#ifndef CONSENTD_EVENTS_MESSAGE_HPP
#define CONSENTD_EVENTS_MESSAGE_HPP

#include "base/result.hpp"
#include "events/event.hpp"
#include "json/document.hpp"

#include <string>

namespace consentd::events {

// `message` as read_event() finds it in a verified token of `issuer`; its failures are the same. Details name members
// and quote nothing of them. Any thread.
result<any_event> read_message(json::value const& message, std::string issuer);

} // namespace consentd::events

#endif
