#include "events/consent_data.hpp"

#include "events/members.hpp"
#include "events/permissions.hpp"

#include <string>
#include <string_view>
#include <utility>

namespace consentd::events {
namespace {

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

// A verified event that takes use away must not fail over a detail, or a revoked consent would stay usable (contract
// section 6: it always ends a live one). `Data` is the resource as it was at the event, so where its time is missing or
// cannot be read the event's is a time at which the status held. What gives use must say since when: the time of an
// event that changed something else could lift a suspension that it does not know of.
bool takes_use_away(consent::status value) noexcept {
  return consent::is_terminal(value) || value == consent::status::suspended;
}

// It tells people who revoked and decides nothing, so what is not one of its words holds up no revocation; the resource
// keeps it.
std::optional<std::string> read_revoked_by(json::value const& data) {
  constexpr std::size_t longest = 64;
  auto const found = member(data, "RevokedBy");
  return found ? plain_text(*found, longest) : std::nullopt;
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

result<void> read_base(json::value const& data, consent::report& report) {
  auto const base = member(data, "BaseConsentId");
  if (!base) {
    return {};
  }
  auto const text = base->string();
  if (!text || !consent::is_consent_id(*text)) {
    return failure{reason::bad_id, "Data.BaseConsentId"};
  }
  report.base_consent_id = std::string(*text);
  return {};
}

// What bounds the use of the consent.
result<void> read_bounds(json::value const& data, consent::report& report) {
  auto const expiry = read_time(data, "ExpirationDateTime");
  if (!expiry) {
    return expiry.error();
  }
  report.expiry = *expiry;
  if (auto const permissions = member(data, "Permissions")) {
    report.permissions = read_permissions(*permissions);
    if (!report.permissions) {
      return failure{reason::resource_malformed, "Data.Permissions has too many codes, or one that is none"};
    }
  }
  return {};
}

result<void> read_state(json::value const& data, consent::report& report) {
  auto const status = read_status(data);
  if (!status) {
    return status.error();
  }
  bool const must_count = takes_use_away(*status);
  auto const when = read_status_time(data);
  if (!when && !must_count) {
    return when.error();
  }
  if (when && !*when && !must_count) {
    return missing("StatusUpdateDateTime");
  }
  report.status = *status;
  report.status_time = when ? when->value_or(report.event_time) : report.event_time;
  report.revoked_by = read_revoked_by(data);
  if (auto const read = read_bounds(data, report); !read && !must_count) {
    return read.error();
  }
  if (auto const read = read_base(data, report); !read && !must_count) {
    return read.error();
  }
  return {};
}

} // namespace

consent::report report_of_meta(envelope const& from) {
  consent::report made;
  made.consent_id = from.id_text;
  made.issuer = from.issuer;
  made.what = from.what;
  made.event_time = from.event_time;
  made.resource_digest = sha256({});
  return made;
}

result<consent::report> read_consent(envelope const& from, json::value const& data, std::optional<consent::kind> kind) {
  auto report = report_of_meta(from);
  report.kind = kind;
  if (auto const same = check_same_id(data, report); !same) {
    return same.error();
  }
  report.resource = std::string(data.raw());
  report.resource_digest = sha256(json::canonical(data));
  if (report.what == consent::change::deleted) {
    note_status(data, report);
    return report;
  }
  if (auto const read = read_state(data, report); !read) {
    return read.error();
  }
  return report;
}

} // namespace consentd::events
