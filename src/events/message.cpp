#include "events/message.hpp"

#include "events/family.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace consentd::events {
namespace {

failure missing(std::string_view name) {
  return {reason::resource_malformed, "Data." + std::string(name) + " is missing"};
}

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

result<std::string> read_consent_id(json::value const& value) {
  auto const text = value.string();
  if (!text || !consent::is_consent_id(*text)) {
    return failure{reason::bad_id, "Meta.ConsentId"};
  }
  return std::string(*text);
}

result<timestamp> read_event_time(json::value const& meta) {
  auto const text = meta.find_string("EventDateTime");
  auto const when = text ? parse_date_time(*text) : std::nullopt;
  if (!when) {
    return failure{reason::bad_time, "Meta.EventDateTime"};
  }
  return *when;
}

// Nothing when the member is absent. A payment consent's times may sit in an object, under the same name once more
// (contract section 8, 3).
result<std::optional<timestamp>> read_time(json::value const& data, std::string_view name) {
  auto const found = member(data, name);
  if (!found) {
    return std::optional<timestamp>();
  }
  auto const text = found->is_object() ? found->find_string(name) : found->string();
  auto const when = text ? parse_date_time(*text) : std::nullopt;
  if (!when) {
    return failure{reason::bad_time, "Data." + std::string(name)};
  }
  return std::optional<timestamp>(*when);
}

result<consent::status> read_status(json::value const& data) {
  auto const current = member(data, "Status");
  auto const older = member(data, "ConsentStatus");
  if (!current && !older) {
    return missing("Status");
  }
  auto const text = current ? current->string() : older->string();
  if (!text) {
    return failure{reason::resource_malformed, "Data.Status is not a text"};
  }
  if (current && older && older->string() != text) {
    return failure{reason::resource_malformed, "Data.Status and Data.ConsentStatus differ"};
  }
  auto const status = consent::parse_status(*text);
  if (!status) {
    return failure{reason::unknown_status, "Data.Status is none of the seven"};
  }
  return *status;
}

result<std::optional<timestamp>> read_status_time(json::value const& data) {
  auto current = read_time(data, "StatusUpdateDateTime");
  bool const older = current && !*current;
  return older ? read_time(data, "ConsentStatusUpdateDateTime") : std::move(current);
}

// What takes use away must not fail for want of a time, or a revoked consent would stay usable: `Data` is the resource
// as it was at the event, so the event's time is a time at which the status held. What gives use must say since when:
// the time of an event that changed something else could lift a suspension that it does not know of.
bool may_lack_time(consent::status value) noexcept {
  return consent::is_terminal(value) || value == consent::status::suspended;
}

// It tells people who revoked and decides nothing, so what is not one of its words holds up no revocation; the resource
// keeps it.
std::optional<std::string> read_revoked_by(json::value const& data) {
  constexpr std::size_t longest = 64;
  auto const text = data.find_string("RevokedBy");
  auto const is_plain = [](char c) { return c > ' ' && c <= '~'; };
  if (!text || text->empty() || text->size() > longest || !std::all_of(text->begin(), text->end(), is_plain)) {
    return std::nullopt;
  }
  return std::string(*text);
}

// Meta.ConsentId counts, and `Data` must be the resource of that id (contract section 8, 7).
result<void> check_same_id(json::value const& data, consent::report const& report) {
  auto const id = member(data, "ConsentId");
  if (!id) {
    // A deletion needs no resource, so it may come with the rest of one.
    return report.what == consent::change::deleted ? result<void>() : missing("ConsentId");
  }
  if (id->string() != std::string_view(report.consent_id)) {
    return failure{reason::id_mismatch, "Data.ConsentId is not Meta.ConsentId"};
  }
  return {};
}

// What a deletion says beside is recorded and never applied, so nothing that is odd in it may hold the deletion up.
void note_status(json::value const& data, consent::report& report) {
  if (auto const status = read_status(data)) {
    report.status = *status;
  }
  if (auto const when = read_status_time(data)) {
    report.status_time = *when;
  }
}

result<void> read_state(json::value const& data, consent::report& report) {
  auto const status = read_status(data);
  if (!status) {
    return status.error();
  }
  auto const when = read_status_time(data);
  if (!when) {
    return when.error();
  }
  if (!*when && !may_lack_time(*status)) {
    return missing("StatusUpdateDateTime");
  }
  auto const expiry = read_time(data, "ExpirationDateTime");
  if (!expiry) {
    return expiry.error();
  }
  if (auto const base = member(data, "BaseConsentId")) {
    auto const text = base->string();
    if (!text || !consent::is_consent_id(*text)) {
      return failure{reason::bad_id, "Data.BaseConsentId"};
    }
    report.base_consent_id = std::string(*text);
  }
  report.status = *status;
  report.status_time = when->value_or(report.event_time);
  report.expiry = *expiry;
  report.revoked_by = read_revoked_by(data);
  return {};
}

failure unsupported(family which) {
  return {reason::unsupported_family, std::string(describe(which))};
}

result<void> read_data(resource_id const& id, json::value const& data, consent::report& report) {
  bool const deleted = report.what == consent::change::deleted;
  auto const which = recognise(id, data);
  if (!which && !deleted) {
    return which.error();
  }
  if (which) {
    report.kind = consent_kind(*which);
    if (!report.kind) {
      return unsupported(*which);
    }
  }
  if (auto const same = check_same_id(data, report); !same) {
    return same.error();
  }
  report.resource = std::string(data.raw());
  report.resource_digest = sha256(json::canonical(data));
  if (deleted) {
    note_status(data, report);
    return {};
  }
  return read_state(data, report);
}

result<void> read_resource(json::value const& message, resource_id const& id, consent::report& report) {
  auto const data = member(message, "Data");
  if (!data) {
    if (report.what != consent::change::deleted) {
      return failure{reason::resource_malformed, "Data is missing"};
    }
    report.resource_digest = sha256({});
    return {};
  }
  if (!data->is_object()) {
    return failure{reason::resource_malformed, "Data is not an object"};
  }
  return read_data(id, *data, report);
}

} // namespace

result<consent_event> read_message(json::value const& message, std::string issuer) {
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
  if (auto const other = recognise(*id)) {
    return unsupported(*other);
  }

  consent_event made;
  auto& report = made.report;
  report.issuer = std::move(issuer);
  report.what = *what;
  auto consent_id = read_consent_id(id->id);
  if (!consent_id) {
    return consent_id.error();
  }
  report.consent_id = std::move(*consent_id);
  auto const when = read_event_time(*meta);
  if (!when) {
    return when.error();
  }
  report.event_time = *when;

  if (auto const read = read_resource(message, *id, report); !read) {
    return read.error();
  }
  made.message_digest = sha256(json::canonical(message));
  return made;
}

} // namespace consentd::events
