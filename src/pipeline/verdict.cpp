#include "pipeline/verdict.hpp"

#include "events/claimed_consent.hpp"
#include "events/end.hpp"
#include "events/event.hpp"

#include <utility>

namespace consentd::pipeline {
namespace {

store::refusal refuse(std::int64_t delivery, failure why, jose::claimed learned, jose::event_policy const& policy) {
  store::refusal made;
  made.delivery = delivery;
  made.why = std::move(why);
  made.consent_id = events::claimed_consent(learned.jws, policy);
  made.issuer = std::move(learned.issuer);
  made.jti = std::move(learned.jti);
  made.jwe_kid = std::move(learned.jwe_kid);
  made.jws_kid = std::move(learned.jws_kid);
  made.original = {std::move(learned.jws), learned.key ? learned.key->jwk() : std::string()};
  return made;
}

store::event_token token_of(jose::signed_event const& event, digest const& message) {
  // open_event() has checked that iss and exp are there.
  return {.issuer = event.claims.iss.value(),
          .jti = event.claims.jti,
          .expires = event.claims.exp.value(),
          .message_digest = message,
          .jwe_kid = event.jwe_kid,
          .jws_kid = event.jws_kid,
          .original = {.jws = event.jws, .jwk = event.key->jwk()}};
}

template <class Settlement, class Event>
verdict settle(std::int64_t delivery, jose::signed_event const& opened, Event& event) {
  return Settlement{.delivery = delivery,
                    .token = token_of(opened, event.message_digest),
                    .report = std::move(event.report),
                    .expired = opened.expired};
}

verdict settlement_of(std::int64_t delivery, jose::signed_event const& opened, events::consent_event& event) {
  return settle<store::settlement>(delivery, opened, event);
}
verdict settlement_of(std::int64_t delivery, jose::signed_event const& opened, events::resource_event& event) {
  return settle<store::resource_settlement>(delivery, opened, event);
}
verdict settlement_of(std::int64_t delivery, jose::signed_event const& opened, events::unknown_event& event) {
  return settle<store::unknown_settlement>(delivery, opened, event);
}

} // namespace

verdict judge(store::pending_delivery const& delivery, trust const& by) {
  jose::claimed learned;
  auto opened = jose::open_event(delivery.body, delivery.received, *by.keys, by.issuers, by.policy, nullptr, &learned);
  if (learned.opened && by.opened) {
    by.opened(learned.jwe_kid);
  }
  if (!opened) {
    if (opened.error().code == reason::keys_unavailable) {
      return awaits_keys{delivery.delivery, std::move(learned.issuer), std::move(learned.jti)};
    }
    return refuse(delivery.delivery, opened.error(), std::move(learned), by.policy);
  }
  auto event = events::read_event(*opened);
  if (!event) {
    auto refused = refuse(delivery.delivery, event.error(), std::move(learned), by.policy);
    refused.end = events::find_end(*opened);
    return refused;
  }
  return std::visit([&](auto& read) { return settlement_of(delivery.delivery, *opened, read); }, *event);
}

} // namespace consentd::pipeline
