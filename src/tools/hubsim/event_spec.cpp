#include "tools/hubsim/event_spec.hpp"

#include "tools/hubsim/resource.hpp"
#include "json/writer.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace consentd::hubsim {

namespace {

// By which member of `Meta` an event of the family names what it is about, and the path of `EventResource`.
struct address {
  std::string_view name;
  std::string_view id_name;
  std::string_view collection;
};

constexpr std::array<address, 8> addresses{{
    {"account-access", "ConsentId", "/account-access-consents/"},
    {"payment", "ConsentId", "/payment-consents/"},
    {"insurance", "ConsentId", "/insurance-consents/"},
    {"payment-status", "ConsentId", "/payments/"},
    {"insurance-quote", "QuoteId", "/insurance-quotes/"},
    {"fx-quote", "FxQuoteId", "/fx-quotes/"},
    {"account-opening", "AccountId", "/accounts/"},
    {"loan", "LoanId", "/loans/"},
}};

constexpr auto names = [] {
  std::array<std::string_view, addresses.size()> made{};
  std::transform(addresses.begin(), addresses.end(), made.begin(), [](address const& of) { return of.name; });
  return made;
}();

constexpr address const& address_of(family value) {
  return addresses.at(static_cast<std::size_t>(value));
}

std::string make_meta(event_spec const& spec) {
  json::writer out;
  out.begin_object();
  out.member("EventDateTime", format_date_time(spec.event_time));
  auto const& [name, id_name, collection] = address_of(spec.family);
  bool const by_consent = id_name == "ConsentId";
  out.member("EventResource",
             std::string(collection) + (spec.resource_id.empty() ? spec.consent_id : spec.resource_id));
  out.member("EventType", spec.event_type);
  out.member(id_name, by_consent ? spec.consent_id : spec.resource_id);
  out.end_object();
  auto meta = out.take();
  if (!spec.more_meta.empty()) {
    meta.insert(meta.size() - 1, "," + spec.more_meta);
  }
  return meta;
}

} // namespace

std::string_view to_string(family value) noexcept {
  auto const at = static_cast<std::size_t>(value);
  return at < names.size() ? names[at] : std::string_view();
}

std::optional<family> parse_family(std::string_view text) noexcept {
  auto const* const found = std::find(names.begin(), names.end(), text);
  return found == names.end() ? std::nullopt : std::optional(static_cast<family>(found - names.begin()));
}

std::span<std::string_view const> family_names() noexcept {
  return names;
}

std::optional<version> parse_version(std::string_view text) noexcept {
  if (text == "v1.2") {
    return version::v1_2;
  }
  if (text == "v2.0") {
    return version::v2_0;
  }
  if (text == "v2.1") {
    return version::v2_1;
  }
  return std::nullopt;
}

std::string make_message(event_spec const& spec) {
  std::string message = "{";
  if (spec.event_type != "Resource.Deleted") {
    message += "\"Data\":" + make_resource(spec) + ",";
  }
  return message + "\"Meta\":" + make_meta(spec) + "}";
}

} // namespace consentd::hubsim
