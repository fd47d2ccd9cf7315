#include "localapi/entry_filter.hpp"

#include "localapi/cloudevent.hpp"
#include "localapi/parameters.hpp"

#include <string_view>
#include <utility>

namespace consentd::localapi {
namespace {

std::string_view status_of(store::journal_entry const& entry) noexcept {
  if (entry.of_resource) {
    return entry.of_resource->status ? to_string(*entry.of_resource->status) : std::string_view();
  }
  return entry.status ? to_string(*entry.status) : std::string_view();
}

parsed<std::optional<store::entry_type>> read_type(named_texts const& from) {
  auto const text = from.find("type");
  if (!text) {
    return std::optional<store::entry_type>{};
  }
  auto const type = parse_event_type(*text);
  if (!type) {
    return invalid("type", "A type of docs/openapi.yaml, such as ae.openfinance.consent.status.");
  }
  return type;
}

} // namespace

bool passes(store::entry_filter const& filter, store::journal_entry const& entry) {
  auto const& [type, subject, status, kind, issuer] = filter;
  return (!type || *type == entry.type) && (!subject || *subject == subject_of(entry)) &&
         (!status || *status == status_of(entry)) && (!kind || (!entry.of_resource && *kind == entry.kind)) &&
         (!issuer || *issuer == entry.issuer);
}

parsed<store::entry_filter> read_filter(named_texts const& from) {
  auto type = read_type(from);
  auto subject = read_consent_id(from, "subject");
  auto status = read_any_status(from);
  auto kind = read_kind(from);
  auto issuer = read_text(from, "issuer");
  if (auto wrong = first_problem(type, subject, status, kind, issuer)) {
    return *wrong;
  }
  return store::entry_filter{*type, std::move(*subject), std::move(*status), *kind, std::move(*issuer)};
}

} // namespace consentd::localapi
