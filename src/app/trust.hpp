// Settings → where verification keys come from.
#ifndef CONSENTD_APP_TRUST_HPP
#define CONSENTD_APP_TRUST_HPP

#include "config/settings.hpp"
#include "hub/issuer_keys.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <vector>

namespace consentd::app {

hub::refresh_settings refresh_settings_of(config::settings const& how);

// Where the Hub's own keys come from, and the LFI issuers'. Files are read here: throws failed_start.
std::vector<hub::key_origin> hub_origin_of(config::settings const& how);
std::vector<hub::key_origin> issuer_origins_of(config::settings const& how);

// Null when no key set is asked for over HTTPS. Throws failed_start.
std::shared_ptr<boost::asio::ssl::context> client_context_of(config::settings const& how);

} // namespace consentd::app

#endif
