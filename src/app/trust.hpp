// Settings → where verification keys come from.
#ifndef CONSENTD_APP_TRUST_HPP
#define CONSENTD_APP_TRUST_HPP

#include "config/settings.hpp"
#include "hub/issuer_keys.hpp"
#include "store/store.hpp"

#include <vector>

namespace consentd::app {

// Key sets that an issuer may have had since the oldest event that is still to be judged.
inline constexpr std::size_t key_sets_kept = 16;

hub::refresh_settings refresh_settings_of(config::settings const& how);

// What earlier runs fetched. Before anything else uses the store's coroutines. Throws failed_start.
std::vector<store::kept_key_set> read_kept_key_sets(store::key_sets& from, config::settings const& how);

// Where the Hub's own keys come from, and the LFI issuers'. Files are read here: throws failed_start.
std::vector<hub::key_origin> hub_origin_of(config::settings const& how);
std::vector<hub::key_origin> issuer_origins_of(config::settings const& how);

// Gives each what earlier runs fetched for it.
void add_kept(std::vector<hub::key_origin>& origins, store::key_role role,
              std::vector<store::kept_key_set> const& kept);

// What fetches key sets that are published. Throws failed_start.
hub::fetcher fetcher_of(config::settings const& how);

} // namespace consentd::app

#endif
