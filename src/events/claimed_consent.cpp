#include "events/claimed_consent.hpp"

#include "base/base64url.hpp"
#include "consent/status.hpp"
#include "events/members.hpp"

#include <utility>

namespace consentd::events {

std::string claimed_consent(std::string const& jws, jose::event_policy const& within) {
  auto const token = jose::compact_jws::parse(jws, within.limit);
  auto payload = token ? decode_base64url(token->payload_part()) : std::nullopt;
  if (!payload) {
    return {};
  }
  auto const claims = json::document::parse(std::move(*payload), within.payload);
  if (!claims || !claims->root().is_object()) {
    return {};
  }
  auto const message = member(claims->root(), "message");
  auto const meta = message ? member(*message, "Meta") : std::nullopt;
  auto const id = meta ? member(*meta, "ConsentId") : std::nullopt;
  auto const text = id ? id->string() : std::nullopt;
  return text && consent::is_consent_id(*text) ? std::string(*text) : std::string();
}

} // namespace consentd::events
