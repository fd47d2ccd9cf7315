// Which family an event belongs to (contract section 5). Its address (`Meta.EventResource`) never decides.
#ifndef CONSENTD_EVENTS_FAMILY_HPP
#define CONSENTD_EVENTS_FAMILY_HPP

#include "base/result.hpp"
#include "consent/status.hpp"
#include "json/document.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

namespace consentd::events {

enum class family : std::uint8_t {
  payment_status,
  payment_consent,
  insurance_consent,
  account_access_consent,
  insurance_quote,
  fx_quote,
  account_opening
};

// For operators: "an insurance quote". A literal.
std::string_view describe(family value) noexcept;

// The kind of the consent whose own state the family tells; nothing for families that tell another state.
std::optional<consent::kind> consent_kind(family value) noexcept;

// The member of that name; one that holds null counts as absent, as some serialisers write what they do not have.
std::optional<json::value> member(json::value const& object, std::string_view name) noexcept;

// The one resource id in `Meta`: its place in the document, still of any type.
struct resource_id {
  std::string_view name; // "ConsentId", "QuoteId", "FxQuoteId" or "AccountId"
  json::value id;
};

// not_an_event when there is none, ambiguous when there are several.
result<resource_id> find_resource_id(json::value const& meta);

// Tested in the order of the contract's table. `data` is an object. resource_malformed, naming the member, when the id
// is a consent's and `data` does not show which family it is.
result<family> recognise(resource_id const& id, json::value const& data);
// By the id alone, for an event without `Data`; nothing when that is a consent's, since it may be about a payment as
// well.
std::optional<family> recognise(resource_id const& id) noexcept;

} // namespace consentd::events

#endif
