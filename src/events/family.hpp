// Which family an event belongs to (contract section 5). Its address (`Meta.EventResource`) never decides.
#ifndef CONSENTD_EVENTS_FAMILY_HPP
#define CONSENTD_EVENTS_FAMILY_HPP

#include "base/result.hpp"
#include "consent/resource_status.hpp"
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
std::string_view describe(consent::resource_family value) noexcept;

// The kind of the consent whose own state the family tells; nothing for families that tell another state.
std::optional<consent::kind> consent_kind(family value) noexcept;

// The other way round: what the families tell that tell no consent's state.
std::optional<consent::resource_family> resource_family_of(family value) noexcept;

// The one resource id in `Meta`: its place in the document, still of any type, with the document's lifetime.
struct resource_id {
  std::string_view name; // "ConsentId", "QuoteId", "FxQuoteId", "AccountId", or another where `known` is false
  json::value id;
  bool known = true; // the id of a family of the contract
};

// not_an_event when there is none, ambiguous when there are two of known families, or several none of which is known. A
// name that is not known is taken for an id's when it ends in "Id", has letters and digits only, and at most 64.
result<resource_id> find_resource_id(json::value const& meta);

// Tested in the order of the contract's table. The id is of a known family, `data` an object. resource_malformed,
// naming the member, when the id is a consent's and `data` does not show which family it is.
result<family> recognise(resource_id const& id, json::value const& data);
// By the id alone, for an event without `Data`; nothing when that is a consent's, since it may be about a payment as
// well, or is not known.
std::optional<family> recognise(resource_id const& id) noexcept;

} // namespace consentd::events

#endif
