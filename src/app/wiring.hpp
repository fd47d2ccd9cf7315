// Settings → what the daemon's parts are made with, and given anew by a reload.
#ifndef CONSENTD_APP_WIRING_HPP
#define CONSENTD_APP_WIRING_HPP

#include "config/settings.hpp"
#include "ingress/error_bodies.hpp"
#include "ingress/outcomes.hpp"
#include "ingress/webhook.hpp"
#include "localapi/api.hpp"
#include "pipeline/processor.hpp"
#include "store/sqlite/open.hpp"

namespace consentd::app {

store::sqlite::settings store_settings_of(config::settings const& how);
ingress::settings ingress_settings_of(config::settings const& how, ingress::sender_rules senders);
ingress::outcome_terms outcome_terms_of(config::settings const& how);
ingress::error_terms error_terms_of(config::settings const& how);
pipeline::settings pipeline_settings_of(config::settings const& how);
localapi::right right_of(config::api_right of) noexcept;
// [[access]], or what holds without any.
localapi::access_rules access_rules_of(config::settings const& how);
localapi::settings api_settings_of(config::settings const& how);

} // namespace consentd::app

#endif
