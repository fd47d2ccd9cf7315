// What deliveries are judged by, as the settings say: one reading of them for the daemon and for offline inspection.
#ifndef CONSENTD_CONFIG_POLICIES_HPP
#define CONSENTD_CONFIG_POLICIES_HPP

#include "authz/bearer.hpp"
#include "config/settings.hpp"
#include "jose/open.hpp"

namespace consentd::config {

authz::bearer_policy bearer_policy_of(settings const& how);
jose::event_policy event_policy_of(settings const& how);

} // namespace consentd::config

#endif
