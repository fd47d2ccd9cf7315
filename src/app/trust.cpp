#include "app/trust.hpp"

#include "app/failed_start.hpp"
#include "config/keys.hpp"

#include <algorithm>
#include <utility>

namespace consentd::app {
namespace {

hub::key_origin origin_of(std::string const& issuer, config::jwks_place const& place, std::size_t max_keys) {
  if (place.file.empty()) {
    return {issuer, place.url};
  }
  auto set = config::load_jwks(place.file, max_keys);
  if (!set) {
    throw failed_start(exit_configuration, set.error().detail);
  }
  return {issuer, std::make_shared<jose::jwk_set const>(std::move(*set))};
}

} // namespace

hub::refresh_settings refresh_settings_of(config::settings const& how) {
  hub::refresh_settings refresh;
  refresh.fresh = how.jwks.fresh;
  refresh.stale_for = how.jwks.stale_for;
  refresh.max_keys = how.jwks.max_keys;
  refresh.limits.timeout = how.jwks.timeout;
  refresh.limits.max_bytes = how.jwks.max_bytes;
  return refresh;
}

std::vector<hub::key_origin> hub_origin_of(config::settings const& how) {
  std::vector<hub::key_origin> origins;
  origins.push_back(origin_of(how.bearer.issuer, how.bearer.jwks, how.jwks.max_keys));
  return origins;
}

std::vector<hub::key_origin> issuer_origins_of(config::settings const& how) {
  std::vector<hub::key_origin> origins;
  for (auto const& issuer : how.issuers) {
    origins.push_back(origin_of(issuer.id, issuer.jwks, how.jwks.max_keys));
  }
  return origins;
}

std::shared_ptr<boost::asio::ssl::context> client_context_of(config::settings const& how) {
  bool const asks = !how.bearer.jwks.url.empty() ||
                    std::any_of(how.issuers.begin(), how.issuers.end(),
                                [](config::issuer_settings const& issuer) { return !issuer.jwks.url.empty(); });
  if (!asks) {
    return nullptr;
  }
  auto made = hub::make_client_context(how.jwks.ca_file);
  if (!made) {
    throw failed_start(exit_configuration, how.file + ": jwks.ca_file: " + made.error().detail);
  }
  return *made;
}

} // namespace consentd::app
