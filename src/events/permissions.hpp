// `Data.Permissions` in its three shapes: codes, codes of the older insurance family, insurance types with codes inside
// (contract sections 5 and 8).
#ifndef CONSENTD_EVENTS_PERMISSIONS_HPP
#define CONSENTD_EVENTS_PERMISSIONS_HPP

#include "consent/permissions.hpp"
#include "json/document.hpp"

#include <optional>

namespace consentd::events {

// What a list of permissions holds, once lists within the list are flattened (contract section 8, 4).
struct permission_shape {
  bool codes = false;           // strings
  bool insurance_codes = false; // strings of the insurance family (v1.2)
  bool insurance_types = false; // objects with `InsuranceType` (v2.1)
  bool others = false;
};

// `permissions` is an array.
permission_shape look_through(json::value const& permissions) noexcept;

// The codes; one inside an insurance type comes as "Motor/ReadInsurancePolicies", and a type that lists none as its own
// name. Nothing when `permissions` is no list of the shapes above or goes beyond the bounds of permission_set.
std::optional<consent::permission_set> read_permissions(json::value const& permissions);

} // namespace consentd::events

#endif
