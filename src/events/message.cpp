#include "events/message.hpp"

#include "events/consent_data.hpp"
#include "events/envelope.hpp"
#include "events/members.hpp"
#include "events/resource_data.hpp"

#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace consentd::events {
namespace {

// Nothing where there is none. Only a deletion, and a family whose rules are not known, may come without.
result<std::optional<json::value>> find_data(json::value const& message, envelope const& from) {
  auto const data = member(message, "Data");
  if (!data && from.id.known && from.what != consent::change::deleted) {
    return failure{reason::resource_malformed, "Data is missing"};
  }
  if (data && !data->is_object()) {
    return failure{reason::resource_malformed, "Data is not an object"};
  }
  return data;
}

template <class Event, class Report>
result<any_event> as_event(result<Report> read) {
  if (!read) {
    return read.error();
  }
  return any_event(Event{.report = std::move(*read)});
}

// An event with a consent's id, which may be about a payment under that consent.
result<any_event> read_under_consent(envelope const& from, std::optional<json::value> const& data) {
  if (!data) {
    return any_event(consent_event{.report = report_of_meta(from)});
  }
  auto const which = recognise(from.id, *data);
  if (!which && from.what != consent::change::deleted) {
    return which.error();
  }
  if (which && *which == family::payment_status) {
    return as_event<resource_event>(read_resource(from, consent::resource_family::payment, data));
  }
  auto const kind = which ? consent_kind(*which) : std::nullopt;
  return as_event<consent_event>(read_consent(from, *data, kind));
}

result<any_event> read_by_family(json::value const& message, envelope const& from) {
  auto const data = find_data(message, from);
  if (!data) {
    return data.error();
  }
  if (!from.id.known) {
    return any_event(unknown_event{.report = read_unknown(from, *data)});
  }
  auto const which = recognise(from.id);
  auto const other = which ? resource_family_of(*which) : std::nullopt;
  return other ? as_event<resource_event>(read_resource(from, *other, *data)) : read_under_consent(from, *data);
}

} // namespace

result<any_event> read_message(json::value const& message, std::string issuer) {
  auto const from = read_envelope(message, std::move(issuer));
  if (!from) {
    return from.error();
  }
  auto made = read_by_family(message, *from);
  if (made) {
    std::visit([&](auto& event) { event.message_digest = sha256(json::canonical(message)); }, *made);
  }
  return made;
}

} // namespace consentd::events
