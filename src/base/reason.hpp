// The one vocabulary of failure: why a request was refused, an event was set aside, or an operation did not succeed.
#ifndef CONSENTD_BASE_REASON_HPP
#define CONSENTD_BASE_REASON_HPP

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace consentd {

// Each value has a name that is stored, logged and counted: names never change and are never reused
// (docs/reasons.md lists them; a test holds the two together).
enum class reason : std::uint8_t {
  // The request: answered at once, nothing is kept.
  path_unknown,
  method_not_allowed,
  not_acceptable,
  media_type,
  header_not_allowed,
  request_malformed,
  body_too_large,
  header_too_large,
  request_timeout,
  source_not_allowed,
  inbox_full,
  storage,
  shutting_down,
  undecided,
  internal,
  // The authorization JWT (contract section 2).
  bearer_missing,
  bearer_malformed,
  bearer_header,
  bearer_signature,
  bearer_unknown_key,
  bearer_claim,
  bearer_expired,
  bearer_replay,
  // The JWE around the event (contract section 3).
  not_a_jwe,
  jwe_header,
  jwe_algorithm,
  unknown_decryption_key,
  decryption,
  // The JWS inside (contract section 3).
  not_a_jws,
  jws_header,
  jws_algorithm,
  unknown_issuer,
  unknown_signing_key,
  keys_unavailable,
  signature,
  // Its claims (contract section 4).
  claims_malformed,
  audience,
  expired,
  expiry_too_far,
  not_yet_valid,
  replay,
  // The event (contract sections 4, 5, 8).
  not_an_event,
  ambiguous,
  resource_malformed,
  unknown_status,
  bad_time,
  bad_id,
  id_mismatch,
  // The event against what is known of its consent (contract sections 4 to 6).
  issuer_mismatch,
  kind_mismatch,
  unknown_consent,
  // What befell the delivery itself.
  poison,
  // The local API's own refusals.
  not_found,
  conflict,
  invalid_argument,
  not_permitted,
  // Keys, certificates and settings that cannot be used.
  bad_key,
  bad_setting,
  // The other side of a connection went away, or an operation was cancelled.
  disconnected,
};

// The stored and logged name, such as "issuer-mismatch". A literal: it never ends.
std::string_view to_string(reason code) noexcept;

// The reason of that name; nothing when there is none.
std::optional<reason> parse_reason(std::string_view name) noexcept;

// One line for an operator: what it means and what to do. A literal.
std::string_view meaning(reason code) noexcept;

// The code of contract section 7 that a sender is told; empty where the contract has none (local failures). A literal.
std::string_view contract_code(reason code) noexcept;

// True for the quarantine's reasons that judging the same bytes at the same time of receipt cannot change, whatever is
// mended meanwhile: replay, signature, expired.
bool is_final(reason code) noexcept;

// Every reason, in the order of declaration.
std::span<reason const> all_reasons() noexcept;

} // namespace consentd

#endif
