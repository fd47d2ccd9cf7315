#include "events/envelope.hpp"

#include "consent/status.hpp"
#include "events/members.hpp"

#include <optional>
#include <string_view>
#include <utility>

namespace consentd::events {
namespace {

std::optional<consent::change> parse_event_type(std::string_view text) noexcept {
  if (text == "Resource.Created") {
    return consent::change::created;
  }
  if (text == "Resource.Updated") {
    return consent::change::updated;
  }
  if (text == "Resource.Deleted") {
    return consent::change::deleted;
  }
  return std::nullopt;
}

} // namespace

result<envelope> read_envelope(json::value const& message, std::string issuer) {
  if (!message.is_object()) {
    return failure{reason::claims_malformed, "message is not an object"};
  }
  auto const meta = member(message, "Meta");
  auto const type = meta ? meta->find_string("EventType") : std::nullopt;
  auto const what = type ? parse_event_type(*type) : std::nullopt;
  if (!meta || !what) {
    return failure{reason::not_an_event, "Meta.EventType is none of the list"};
  }
  auto const id = find_resource_id(*meta);
  if (!id) {
    return id.error();
  }
  // Every family's ids are held to the rule of consent ids: they become parts of paths, keys and log lines as well.
  auto const text = id->id.string();
  if (!text || !consent::is_consent_id(*text)) {
    return failure{reason::bad_id, "Meta." + std::string(id->name)};
  }
  auto const said = meta->find_string("EventDateTime");
  auto const when = said ? parse_date_time(*said) : std::nullopt;
  if (!when) {
    return failure{reason::bad_time, "Meta.EventDateTime"};
  }
  return envelope{
      .issuer = std::move(issuer), .what = *what, .id = *id, .id_text = std::string(*text), .event_time = *when};
}

} // namespace consentd::events
