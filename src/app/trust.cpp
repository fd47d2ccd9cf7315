#include "app/trust.hpp"

#include "app/failed_start.hpp"
#include "config/files.hpp"
#include "config/keys.hpp"
#include "hub/remote_place.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <algorithm>
#include <utility>

namespace consentd::app {
namespace {

using kept_sets = std::vector<store::kept_key_set>;

std::vector<hub::published_set> kept_of(kept_sets const& all, store::key_role role, std::string const& issuer) {
  std::vector<hub::published_set> found;
  for (auto const& one : all) {
    if (one.role == role && one.issuer == issuer) {
      found.push_back({one.document, one.since, one.confirmed});
    }
  }
  return found;
}

hub::key_origin origin_of(std::string const& issuer, config::jwks_place const& place, std::size_t max_keys) {
  if (place.is_discovered()) {
    return {issuer, hub::discovered{}};
  }
  if (place.file.empty()) {
    return {issuer, place.url};
  }
  auto set = config::load_jwks(place.file, max_keys);
  if (!set) {
    throw failed_start(exit_configuration, set.error().detail);
  }
  return {issuer, std::make_shared<jose::jwk_set const>(std::move(*set))};
}

void add_host_of(std::string const& issuer, config::jwks_place const& place, std::vector<std::string>& to) {
  if (!place.file.empty()) {
    return;
  }
  // load() has checked that it is an https URL.
  if (auto const named = hub::parse_https_url(place.is_discovered() ? issuer : place.url)) {
    to.push_back(named->host);
  }
}

std::vector<std::string> hosts_that_may_be_asked(config::settings const& how) {
  auto hosts = how.jwks.hosts;
  add_host_of(how.bearer.issuer, how.bearer.jwks, hosts);
  for (auto const& issuer : how.issuers) {
    add_host_of(issuer.id, issuer.jwks, hosts);
  }
  return hosts;
}

bool asks_at_all(config::settings const& how) {
  return how.bearer.jwks.file.empty() ||
         std::any_of(how.issuers.begin(), how.issuers.end(),
                     [](config::issuer_settings const& issuer) { return issuer.jwks.file.empty(); });
}

std::shared_ptr<boost::asio::ssl::context> client_context_of(config::settings const& how) {
  if (!asks_at_all(how)) {
    return nullptr;
  }
  secret key;
  hub::client_credentials own{.certificate_file = how.jwks.client_certificate, .private_key_pem = {}};
  if (!own.certificate_file.empty()) {
    auto read = config::read_secret(how.jwks.client_private_key);
    if (!read) {
      throw failed_start(exit_configuration, how.file + ": jwks.client_private_key: " + read.error().detail);
    }
    key = std::move(*read);
    own.private_key_pem = {reinterpret_cast<char const*>(key.bytes().data()), key.size()};
  }
  auto made = hub::make_client_context(how.jwks.ca_file, own);
  if (!made) {
    throw failed_start(exit_configuration, how.file + ": [jwks]: " + made.error().detail);
  }
  return *made;
}

} // namespace

hub::refresh_settings refresh_settings_of(config::settings const& how) {
  hub::refresh_settings refresh;
  refresh.fresh = how.jwks.fresh;
  refresh.stale_for = how.jwks.stale_for;
  refresh.max_keys = how.jwks.max_keys;
  return refresh;
}

std::vector<store::kept_key_set> read_kept_key_sets(store::key_sets& from, config::settings const& how) {
  boost::asio::io_context own;
  auto kept = boost::asio::co_spawn(own, from.kept_key_sets(), boost::asio::use_future);
  own.run();
  auto sets = kept.get();
  if (!sets) {
    throw failed_start(exit_failure,
                       how.file + ": store.path: the kept key sets cannot be read: " + sets.error().detail);
  }
  return std::move(*sets);
}

void add_kept(std::vector<hub::key_origin>& origins, store::key_role role, kept_sets const& kept) {
  for (auto& each : origins) {
    each.kept = kept_of(kept, role, each.issuer);
  }
}

std::vector<hub::key_origin> hub_origin_of(config::settings const& how) {
  auto origin = origin_of(how.bearer.issuer, how.bearer.jwks, how.jwks.max_keys);
  origin.distrusted = how.bearer.distrusted_kids;
  std::vector<hub::key_origin> origins;
  origins.push_back(std::move(origin));
  return origins;
}

std::vector<hub::key_origin> issuer_origins_of(config::settings const& how) {
  std::vector<hub::key_origin> origins;
  for (auto const& issuer : how.issuers) {
    auto origin = origin_of(issuer.id, issuer.jwks, how.jwks.max_keys);
    origin.distrusted = issuer.distrusted_kids;
    origins.push_back(std::move(origin));
  }
  return origins;
}

hub::fetcher fetcher_of(config::settings const& how) {
  hub::fetch_rules rules;
  rules.hosts = hosts_that_may_be_asked(how);
  rules.private_addresses = how.jwks.allow_private_addresses;
  if (!how.jwks.proxy_host.empty()) {
    rules.proxy = hub::proxy_place{how.jwks.proxy_host, how.jwks.proxy_port};
  }
  rules.timeout = how.jwks.timeout;
  rules.max_bytes = how.jwks.max_bytes;
  return {client_context_of(how), std::move(rules)};
}

} // namespace consentd::app
