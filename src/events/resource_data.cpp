#include "events/resource_data.hpp"

#include "events/members.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::events {
namespace {

using consent::resource_family;

// Where a family's resource has its id, its status and that status's time. A quote has no such time.
struct member_names {
  std::string_view id;
  std::string_view status;
  std::string_view status_time;
};

member_names names_of(resource_family of) noexcept {
  switch (of) {
  case resource_family::payment:
    return {"PaymentId", "Status", "StatusUpdateDateTime"};
  case resource_family::insurance_quote:
    return {"QuoteId", "QuoteStatus", {}};
  case resource_family::fx_quote:
    return {"FxQuoteId", "QuoteStatus", {}};
  case resource_family::account_opening:
    return {"AccountId", "OpeningStatus", "OpeningStatusUpdateDateTime"};
  }
  return {};
}

// A payment's id is in `Data` alone, and Meta names its consent. For the others Meta counts, and `Data`, which need not
// repeat the id, must not name another.
result<void> read_ids(envelope const& from, json::value const& data, consent::resource_report& report) {
  bool const is_payment = report.family == resource_family::payment;
  auto const name = names_of(report.family).id;
  auto const id = member(data, name);
  if (is_payment) {
    auto const text = id ? id->string() : std::nullopt;
    if (!text || !consent::is_consent_id(*text)) {
      return failure{reason::bad_id, "Data.PaymentId"};
    }
    report.id = std::string(*text);
    report.consent_id = from.id_text;
  }
  auto const repeated = is_payment ? member(data, "ConsentId") : id;
  if (repeated && repeated->string() != std::string_view(from.id_text)) {
    auto const named = std::string(from.id.name);
    return failure{reason::id_mismatch, "Data." + named + " is not Meta." + named};
  }
  return {};
}

result<consent::resource_status> read_status(json::value const& data, resource_family of) {
  auto const name = names_of(of).status;
  auto const found = member(data, name);
  if (!found) {
    return missing(name);
  }
  auto const text = found->string();
  if (!text) {
    return failure{reason::resource_malformed, "Data." + std::string(name) + " is not a text"};
  }
  auto const status = consent::parse_resource_status(of, *text);
  if (!status) {
    return failure{reason::unknown_status, "Data." + std::string(name) + " is none of its family's"};
  }
  return *status;
}

result<std::optional<timestamp>> read_status_time(json::value const& data, resource_family of) {
  auto const name = names_of(of).status_time;
  return name.empty() ? result<std::optional<timestamp>>(std::nullopt) : read_time(data, name);
}

// One object in the older guide, an array of them in v2.1. They tell people why and decide nothing, so what is no code
// holds nothing up; the resource keeps it.
std::vector<std::string> read_reject_reasons(json::value const& data) {
  constexpr std::size_t most = 16;
  constexpr std::size_t longest = 64;
  std::vector<std::string> codes;
  auto const add = [&](json::value const& one) {
    auto const code = member(one, "Code");
    auto text = code ? plain_text(*code, longest) : std::nullopt;
    if (text && codes.size() < most) {
      codes.push_back(std::move(*text));
    }
  };
  auto const reasons = member(data, "RejectReasonCode");
  if (reasons && reasons->is_array()) {
    for (auto i = reasons->first(); i; i = i->next()) {
      add(i->get());
    }
  } else if (reasons) {
    add(*reasons);
  }
  return codes;
}

// As for consents: nothing odd in what a deletion says beside may hold it up.
void note_status(json::value const& data, consent::resource_report& report) {
  if (auto const status = read_status(data, report.family)) {
    report.status = *status;
    auto const when = read_status_time(data, report.family);
    report.status_time = when ? when->value_or(report.event_time) : report.event_time;
  }
}

result<void> read_state(json::value const& data, consent::resource_report& report) {
  auto const status = read_status(data, report.family);
  if (!status) {
    return status.error();
  }
  auto const when = read_status_time(data, report.family);
  if (!when) {
    return when.error();
  }
  report.status = *status;
  report.status_time = when->value_or(report.event_time);
  if (report.family == resource_family::payment) {
    report.reject_reason_codes = read_reject_reasons(data);
  }
  return {};
}

} // namespace

result<consent::resource_report> read_resource(envelope const& from, resource_family family,
                                               std::optional<json::value> const& data) {
  consent::resource_report made;
  made.issuer = from.issuer;
  made.family = family;
  made.id = from.id_text;
  made.what = from.what;
  made.event_time = from.event_time;
  made.resource_digest = sha256({});
  if (!data) {
    return made;
  }
  if (auto const read = read_ids(from, *data, made); !read) {
    return read.error();
  }
  made.resource = std::string(data->raw());
  made.resource_digest = sha256(json::canonical(*data));
  if (made.what == consent::change::deleted) {
    note_status(*data, made);
    return made;
  }
  if (auto const read = read_state(*data, made); !read) {
    return read.error();
  }
  return made;
}

consent::unknown_report read_unknown(envelope const& from, std::optional<json::value> const& data) {
  return {.issuer = from.issuer,
          .id_name = std::string(from.id.name),
          .id = from.id_text,
          .what = from.what,
          .event_time = from.event_time,
          .resource = data ? std::string(data->raw()) : std::string(),
          .resource_digest = sha256(data ? json::canonical(*data) : std::string())};
}

} // namespace consentd::events
