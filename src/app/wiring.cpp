#include "app/wiring.hpp"

#include <algorithm>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace consentd::app {

store::sqlite::settings store_settings_of(config::settings const& how) {
  store::sqlite::settings store;
  store.path = how.store.path;
  store.unknown = how.events.unknown_consents == config::unknown_consents::bind ? store::sqlite::unknown_consents::bind
                                                                                : store::sqlite::unknown_consents::hold;
  store.inbox_rows = how.store.inbox_rows;
  store.inbox_bytes = how.store.inbox_bytes;
  store.held_rows = how.store.held_rows;
  store.waiting_rows = how.store.waiting_rows;
  store.quarantine_rows = how.store.quarantine_rows;
  store.operation_rows = how.store.operation_rows;
  store.evidence_for = how.store.evidence_for;
  store.consumers = how.api.max_consumers;
  store.consumers_per_user = how.api.max_consumers_per_user;
  store.consumers_for = how.api.consumers_for;
  store.history_for = how.store.history_for;
  store.ended_consents_for = how.store.ended_consents_for;
  store.evidence_bytes = how.store.evidence_for.count() == 0 ? 0 : how.store.evidence_bytes;
  return store;
}

ingress::settings ingress_settings_of(config::settings const& how, ingress::sender_rules senders) {
  ingress::settings door;
  door.path = how.hub.path;
  door.acknowledge_status = how.hub.acknowledge_status;
  door.max_body_bytes = how.hub.max_body_bytes;
  door.bearer = how.bearer.mode == config::bearer_mode::off          ? ingress::bearer_mode::off
                : how.bearer.mode == config::bearer_mode::if_present ? ingress::bearer_mode::if_present
                                                                     : ingress::bearer_mode::required;
  door.senders = std::move(senders);
  return door;
}

ingress::outcome_terms outcome_terms_of(config::settings const& how) {
  ingress::outcome_terms terms;
  terms.patience = how.hub.outcome_timeout;
  // A connection has one request under way, so this is never reached but by several listeners together.
  terms.most_waiting = how.hub.max_connections;
  return terms;
}

ingress::error_terms error_terms_of(config::settings const& how) {
  ingress::error_terms terms;
  terms.issuer = how.errors.issuer;
  terms.audience = how.errors.audience;
  terms.lifetime = how.errors.lifetime;
  terms.most_a_second = how.errors.max_per_second;
  return terms;
}

pipeline::settings pipeline_settings_of(config::settings const& how) {
  pipeline::settings pool;
  pool.threads =
      how.process.crypto_threads != 0 ? how.process.crypto_threads : std::max(1U, std::thread::hardware_concurrency());
  return pool;
}

localapi::right right_of(config::api_right of) noexcept {
  switch (of) {
  case config::api_right::read:
    return localapi::right::read;
  case config::api_right::registers:
    return localapi::right::registers;
  case config::api_right::operate:
    return localapi::right::operate;
  }
  return localapi::right::none;
}

localapi::access_rules access_rules_of(config::settings const& how) {
  if (how.access.empty()) {
    return localapi::access_rules({{.user = ::geteuid(), .group = {}, .allows = localapi::right::operate},
                                   {.user = {}, .group = {}, .allows = localapi::right::registers}});
  }
  std::vector<localapi::access_rule> rules;
  rules.reserve(how.access.size() + 1);
  // Its files are this user's anyway, and `systemctl reload` asks as this user. Root has to be named.
  if (::geteuid() != 0) {
    rules.push_back({.user = ::geteuid(), .group = {}, .allows = localapi::right::operate});
  }
  for (auto const& one : how.access) {
    rules.push_back({one.user, one.group, right_of(one.right)});
  }
  return localapi::access_rules(std::move(rules));
}

localapi::settings api_settings_of(config::settings const& how) {
  localapi::settings api;
  api.max_streams = how.api.max_streams;
  api.max_streams_per_user = how.api.max_streams_per_user;
  api.consumer_lease = how.api.consumer_lease;
  api.max_body_bytes = how.api.max_body_bytes;
  api.behind_after = how.events.behind_after;
  return api;
}

} // namespace consentd::app
