#include "events/family.hpp"

#include "events/members.hpp"
#include "events/permissions.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace consentd::events {
namespace {

constexpr std::string_view consent_id = "ConsentId";
constexpr std::string_view quote_id = "QuoteId";
constexpr std::string_view fx_quote_id = "FxQuoteId";
constexpr std::string_view account_id = "AccountId";
constexpr std::array id_names{consent_id, quote_id, fx_quote_id, account_id};

failure malformed_permissions() {
  return {reason::resource_malformed, "Data.Permissions is neither a list of codes nor one of insurance types"};
}

// Letters and digits that end as every id of the standard does. The name is logged and passed on, so it is kept short.
bool could_name_an_id(std::string_view name) noexcept {
  constexpr std::size_t longest = 64;
  auto const is_plain = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  };
  return name.size() > 2 && name.size() <= longest && name.ends_with("Id") &&
         std::all_of(name.begin(), name.end(), is_plain);
}

result<family> recognise_by_permissions(json::value const& data) {
  auto const permissions = member(data, "Permissions");
  if (!permissions) {
    return failure{reason::resource_malformed,
                   "Data.Permissions is missing, and so are Data.ControlParameters and Data.PaymentPurposeCode"};
  }
  if (!permissions->is_array()) {
    return malformed_permissions();
  }
  auto const seen = look_through(*permissions);
  // An empty list tells no family, a mixed one tells two.
  if (seen.others || seen.codes == seen.insurance_types) {
    return malformed_permissions();
  }
  return seen.insurance_types || seen.insurance_codes ? family::insurance_consent : family::account_access_consent;
}

} // namespace

std::string_view describe(family value) noexcept {
  switch (value) {
  case family::payment_status:
    return "a payment's status";
  case family::payment_consent:
    return "a payment consent";
  case family::insurance_consent:
    return "an insurance consent";
  case family::account_access_consent:
    return "an account-access consent";
  case family::insurance_quote:
    return "an insurance quote";
  case family::fx_quote:
    return "an FX quote";
  case family::account_opening:
    return "an account opening";
  }
  return {};
}

std::string_view describe(consent::resource_family value) noexcept {
  switch (value) {
  case consent::resource_family::payment:
    return describe(family::payment_status);
  case consent::resource_family::insurance_quote:
    return describe(family::insurance_quote);
  case consent::resource_family::fx_quote:
    return describe(family::fx_quote);
  case consent::resource_family::account_opening:
    return describe(family::account_opening);
  }
  return {};
}

std::optional<consent::kind> consent_kind(family value) noexcept {
  switch (value) {
  case family::payment_consent:
    return consent::kind::payment;
  case family::insurance_consent:
    return consent::kind::insurance;
  case family::account_access_consent:
    return consent::kind::account_access;
  case family::payment_status:
  case family::insurance_quote:
  case family::fx_quote:
  case family::account_opening:
    break;
  }
  return std::nullopt;
}

std::optional<consent::resource_family> resource_family_of(family value) noexcept {
  switch (value) {
  case family::payment_status:
    return consent::resource_family::payment;
  case family::insurance_quote:
    return consent::resource_family::insurance_quote;
  case family::fx_quote:
    return consent::resource_family::fx_quote;
  case family::account_opening:
    return consent::resource_family::account_opening;
  case family::payment_consent:
  case family::insurance_consent:
  case family::account_access_consent:
    break;
  }
  return std::nullopt;
}

result<resource_id> find_resource_id(json::value const& meta) {
  std::optional<resource_id> known;
  std::optional<resource_id> unknown;
  bool several_unknown = false;
  for (auto i = meta.first(); i; i = i->next()) {
    auto const name = i->name();
    if (i->get().type() == json::type::null) {
      continue;
    }
    if (std::find(id_names.begin(), id_names.end(), name) != id_names.end()) {
      if (known) {
        return failure{reason::ambiguous, "Meta has " + std::string(known->name) + " and " + std::string(name)};
      }
      known = resource_id{name, i->get(), true};
    } else if (could_name_an_id(name)) {
      several_unknown = several_unknown || unknown.has_value();
      unknown = resource_id{name, i->get(), false};
    }
  }
  // Beside an id that is known any other is one more unknown member, or a later version's correlation id would hold up
  // a revocation.
  if (known) {
    return *known;
  }
  if (several_unknown) {
    return failure{reason::ambiguous, "Meta has several ids, none of a known family"};
  }
  if (!unknown) {
    return failure{reason::not_an_event, "Meta has no resource id"};
  }
  return *unknown;
}

std::optional<family> recognise(resource_id const& id) noexcept {
  if (id.name == quote_id) {
    return family::insurance_quote;
  }
  if (id.name == fx_quote_id) {
    return family::fx_quote;
  }
  if (id.name == account_id) {
    return family::account_opening;
  }
  return std::nullopt;
}

result<family> recognise(resource_id const& id, json::value const& data) {
  if (auto const by_id = recognise(id)) {
    return *by_id;
  }
  // First, as a payment has a purpose code just as its consent does.
  if (member(data, "PaymentId")) {
    return family::payment_status;
  }
  // Before the permissions: a payment consent may carry account-access codes for a balance check.
  if (member(data, "ControlParameters") || member(data, "PaymentPurposeCode")) {
    return family::payment_consent;
  }
  return recognise_by_permissions(data);
}

} // namespace consentd::events
