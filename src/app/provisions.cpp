#include "app/provisions.hpp"

#include "app/failed_start.hpp"
#include "app/senders.hpp"
#include "app/sockets.hpp"
#include "app/trust.hpp"
#include "config/load.hpp"

#include <utility>

namespace consentd::app {
namespace {

template <class T>
T or_fail(result<T> made) {
  if (!made) {
    throw failed_start(exit_configuration, made.error().detail);
  }
  return std::move(*made);
}

} // namespace

provisions read_provisions(config::settings how) {
  provisions made;
  auto keys = or_fail(config::load_decryption_keys(how));
  made.error_key = or_fail(config::load_error_key(how));
  auto const fetcher = std::make_shared<hub::fetcher const>(fetcher_of(how));
  made.hub = {hub_origin_of(how), refresh_settings_of(how), fetcher};
  made.issuers = {issuer_origins_of(how), refresh_settings_of(how), fetcher};
  made.tls = hub_tls_of(how);
  made.senders = sender_rules_of(how);
  made.calendar = calendar_of(how, keys);
  made.ring = std::make_shared<jose::key_ring const>(std::move(keys.ring));
  made.how = std::move(how);
  return made;
}

provisions read_provisions_at(std::string const& path) {
  auto loaded = config::load(path);
  if (!loaded) {
    std::string lines;
    for (auto const& problem : loaded.error()) {
      lines += (lines.empty() ? "" : "\n") + config::describe(problem);
    }
    throw failed_start(exit_configuration, lines);
  }
  return read_provisions(std::move(*loaded));
}

std::vector<std::string> waiting_for_restart(config::settings const& running, config::settings const& read) {
  std::vector<std::string> names;
  auto const compare = [&names](std::string_view name, auto const& one, auto const& other) {
    if (one != other) {
      names.emplace_back(name);
    }
  };
  compare("hub.listen", running.hub.listen, read.hub.listen);
  compare("hub.listen_proxied", running.hub.listen_proxied, read.hub.listen_proxied);
  compare("hub.socket_mode", running.hub.socket_mode, read.hub.socket_mode);
  compare("hub.socket_group", running.hub.socket_group, read.hub.socket_group);
  compare("hub.acknowledge", running.hub.acknowledge, read.hub.acknowledge);
  compare("hub.outcome_timeout_seconds", running.hub.outcome_timeout, read.hub.outcome_timeout);
  compare("events.unknown_consents", running.events.unknown_consents, read.events.unknown_consents);
  compare("events.behind_after_seconds", running.events.behind_after, read.events.behind_after);
  compare("[store]", running.store, read.store);
  compare("[api]", running.api, read.api);
  compare("operations.listen", running.operations.listen, read.operations.listen);
  compare("[process]", running.process, read.process);
  compare("log.format", running.log.format, read.log.format);
  return names;
}

} // namespace consentd::app
