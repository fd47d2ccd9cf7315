// Settings → who may send deliveries.
#ifndef CONSENTD_APP_SENDERS_HPP
#define CONSENTD_APP_SENDERS_HPP

#include "config/settings.hpp"
#include "ingress/sender.hpp"

namespace consentd::app {

// Throws failed_start, naming the setting, when an address or network in it is none.
ingress::sender_rules sender_rules_of(config::settings const& how);

} // namespace consentd::app

#endif
