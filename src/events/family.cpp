#include "events/family.hpp"

#include <array>

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

// What a list of permissions holds, once lists within the list are flattened (contract section 8, 4).
struct permission_list {
  bool codes = false;           // strings
  bool insurance_codes = false; // strings of the insurance family (v1.2)
  bool insurance_types = false; // objects with `InsuranceType` (v2.1)
  bool others = false;
};

void look_at(json::value const& permission, permission_list& seen) noexcept {
  if (auto const code = permission.string()) {
    seen.codes = true;
    // One is enough: the codes beside it (customer details and the like) have no prefix, and no account-access code has
    // it.
    if (code->starts_with("ReadMotorInsurance") || code->starts_with("ReadInsurance")) {
      seen.insurance_codes = true;
    }
  } else if (member(permission, "InsuranceType")) {
    seen.insurance_types = true;
  } else {
    seen.others = true;
  }
}

permission_list look_through(json::value const& permissions) noexcept {
  permission_list seen;
  for (auto i = permissions.first(); i; i = i->next()) {
    auto const entry = i->get();
    if (!entry.is_array()) {
      look_at(entry, seen);
      continue;
    }
    for (auto inner = entry.first(); inner; inner = inner->next()) {
      look_at(inner->get(), seen);
    }
  }
  return seen;
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

std::optional<json::value> member(json::value const& object, std::string_view name) noexcept {
  auto found = object.find(name);
  if (found && found->type() == json::type::null) {
    return std::nullopt;
  }
  return found;
}

result<resource_id> find_resource_id(json::value const& meta) {
  std::optional<resource_id> found;
  for (auto const name : id_names) {
    auto const id = member(meta, name);
    if (!id) {
      continue;
    }
    if (found) {
      return failure{reason::ambiguous, "Meta has " + std::string(found->name) + " and " + std::string(name)};
    }
    found = resource_id{name, *id};
  }
  if (!found) {
    return failure{reason::not_an_event, "Meta has no resource id"};
  }
  return *found;
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
