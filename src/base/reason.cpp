#include "base/reason.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace consentd {
namespace {

struct entry {
  reason code;
  std::string_view name;
  std::string_view contract; // contract section 7; empty: a sender is told nothing in words
  std::string_view meaning;
};

// The names are stored: a new reason may be added, no name may be changed or given to another one.
constexpr std::array table{
    entry{reason::path_unknown, "path-unknown", "",
          "The path is not the webhook's; compare the URL registered at the Hub with the configured path."},
    entry{reason::method_not_allowed, "method-not-allowed", "",
          "The webhook takes POST alone; whoever called it was not the Hub, or a proxy changed the method."},
    entry{reason::not_acceptable, "not-acceptable", "",
          "The sender's Accept header admits nothing that an answer can be; mend the sender or the proxy in between."},
    entry{reason::media_type, "media-type", "",
          "The Content-Type is not one that is allowed; allow it in the configuration if the Hub really sends it."},
    entry{reason::header_not_allowed, "header-not-allowed", "Body.InvalidFormat",
          "A header is missing, repeated or has a form that is not allowed; see the detail, and the proxy if there is "
          "one."},
    entry{reason::request_malformed, "request-malformed", "Body.InvalidFormat",
          "The request, or JSON inside it, cannot be read by its own rules; the detail names the place and the rule."},
    entry{reason::body_too_large, "body-too-large", "",
          "The body is over the configured limit; raise the limit only if the Hub really sends events of that size."},
    entry{
        reason::header_too_large, "header-too-large", "",
        "The header section is over the configured limit; look for a proxy that adds to it before raising the limit."},
    entry{reason::request_timeout, "request-timeout", "",
          "The request did not arrive in time; look at the network and the proxy if this happens often."},
    entry{reason::source_not_allowed, "source-not-allowed", "GenericError",
          "The sender's address or client certificate is not on the list; add it if it is the Hub's new one."},
    entry{reason::inbox_full, "inbox-full", "GenericRecoverableError",
          "As many deliveries wait as may wait; find out what holds the pipeline up, or raise the limit of the inbox."},
    entry{reason::storage, "storage", "GenericRecoverableError",
          "The store could not read or write; look at the disk's space, health and permissions."},
    entry{reason::shutting_down, "shutting-down", "GenericRecoverableError",
          "The daemon is on its way down and takes nothing new; the sender will try again."},
    entry{reason::undecided, "undecided", "GenericRecoverableError",
          "The delivery is kept, but did not come to its outcome in time; find out what holds the pipeline up."},
    entry{reason::internal, "internal", "GenericError",
          "A mistake of the daemon's own; report it with the line of the log that names it."},
    entry{reason::bearer_missing, "bearer-missing", "",
          "No authorization JWT came; if the Hub sends none, the authorization mode must say so, with another guard in "
          "place."},
    entry{reason::bearer_malformed, "bearer-malformed", "",
          "The authorization JWT is not a strict compact JWS with JSON claims; only its sender can mend it."},
    entry{reason::bearer_header, "bearer-header", "",
          "The authorization JWT's header has an algorithm, type or member that is not allowed; only its sender can "
          "mend it."},
    entry{reason::bearer_signature, "bearer-signature", "",
          "The authorization JWT's signature does not hold: a forgery, or the Hub's published key is not the one it "
          "signs with."},
    entry{reason::bearer_unknown_key, "bearer-unknown-key", "",
          "The authorization JWT names a key that the Hub's key set lacks; check the configured key set and the Hub's "
          "rotation."},
    entry{reason::bearer_claim, "bearer-claim", "",
          "A claim of the authorization JWT is missing or not the configured one; the detail names it: compare the "
          "configuration."},
    entry{reason::bearer_expired, "bearer-expired", "",
          "The authorization JWT is past its expiry; check this machine's clock, then the sender's."},
    entry{reason::bearer_replay, "bearer-replay", "",
          "The authorization JWT was spent on another body: a replay, or a sender that reuses its tokens."},
    entry{reason::not_a_jwe, "not-a-jwe", "Body.InvalidFormat",
          "The body is not a JWE in strict compact form; only its sender can mend it."},
    entry{reason::jwe_header, "jwe-header", "JWE.InvalidHeader",
          "The JWE's protected header lacks a member or has one that is not allowed; the detail names it."},
    entry{reason::jwe_algorithm, "jwe-algorithm", "JWE.InvalidHeader",
          "The JWE uses an algorithm that is not allowed; RSA-OAEP needs to be named in the configuration."},
    entry{reason::unknown_decryption_key, "unknown-decryption-key", "JWE.InvalidHeader",
          "No decryption key has the JWE's key id, or that key was retired; add the key of the certificate that the "
          "Hub encrypts to and reload."},
    entry{reason::decryption, "decryption", "JWE.DecryptionError",
          "The JWE does not open with the key that it names; check that key and certificate belong together, then "
          "retry."},
    entry{reason::not_a_jws, "not-a-jws", "JWS.Malformed",
          "What the JWE held is not a JWS in strict compact form; only its sender can mend it."},
    entry{reason::jws_header, "jws-header", "JWS.InvalidHeader",
          "The JWS's protected header lacks a member or has one that is not allowed; the detail names it."},
    entry{reason::jws_algorithm, "jws-algorithm", "JWS.InvalidHeader",
          "The JWS is not signed with PS256; only its sender can mend it."},
    entry{reason::unknown_issuer, "unknown-issuer", "JWS.InvalidClaim",
          "The event's issuer is not configured; add it if this TPP deals with that institution, then retry."},
    entry{reason::unknown_signing_key, "unknown-signing-key", "JWS.InvalidHeader",
          "The issuer's key set lacks the JWS's key id; check the issuer's published keys, then retry."},
    entry{reason::keys_unavailable, "keys-unavailable", "GenericRecoverableError",
          "The keys to check with could not be had; check the key set's address, the network and the certificates."},
    entry{reason::signature, "signature", "JWS.InvalidSignature",
          "The event's signature does not hold: it was altered, or the issuer's published key is not the one it signs "
          "with."},
    entry{reason::claims_malformed, "claims-malformed", "JWS.InvalidPayload",
          "The event's claims are not a JSON object with claims of the right types; the detail names the claim."},
    entry{reason::audience, "audience", "JWS.InvalidClaim",
          "The event is addressed to none of the configured client ids; add the id if it is this TPP's, then retry."},
    entry{reason::expired, "expired", "JWS.InvalidClaim",
          "The event had expired when it was received; check this machine's clock, and ask the Hub for the consent's "
          "state."},
    entry{reason::expiry_too_far, "expiry-too-far", "JWS.InvalidClaim",
          "The event would expire later than the configured longest time; raise it if the issuer really means that."},
    entry{reason::not_yet_valid, "not-yet-valid", "JWS.InvalidClaim",
          "The event was not valid yet when it was received; check this machine's clock, then the issuer's."},
    entry{reason::replay, "replay", "JWS.InvalidClaim",
          "The token id was spent on a different event: a replay, or an issuer that reuses its ids."},
    entry{
        reason::not_an_event, "not-an-event", "Event.UnexpectedEvent",
        "A signed token of the issuer, but not an event: its message, event type or id is missing; it moves nothing."},
    entry{reason::ambiguous, "ambiguous", "Event.UnexpectedEvent",
          "The event has the ids of two families; only its issuer can mend it."},
    entry{reason::resource_malformed, "resource-malformed", "Resource.InvalidFormat",
          "The event's resource lacks a member or has one of the wrong type; the detail names it."},
    entry{reason::unknown_status, "unknown-status", "Resource.InvalidFormat",
          "The resource's status is none of its family's; look for a newer version if the standard has it."},
    entry{reason::bad_time, "bad-time", "Resource.InvalidFormat",
          "A time in the event is not a date-time of the allowed forms; the detail names the member."},
    entry{reason::bad_id, "bad-id", "Resource.InvalidFormat",
          "An id is empty, too long or has characters that are not allowed; only the issuer can mend it."},
    entry{reason::id_mismatch, "id-mismatch", "Resource.InvalidFormat",
          "The event's envelope and its resource name different ids; only the issuer can mend it."},
    entry{
        reason::issuer_mismatch, "issuer-mismatch", "JWS.InvalidClaim",
        "The consent is bound to another issuer: find out who is wrong before anything else; the event moves nothing."},
    entry{
        reason::kind_mismatch, "kind-mismatch", "Consent.Invalid",
        "The consent was announced or recorded as another kind; correct the announcement if it was wrong, then retry."},
    entry{reason::unknown_consent, "unknown-consent", "GenericRecoverableError",
          "Nobody announced this consent, and it may wait no longer; announce it if it is this TPP's, then retry."},
    entry{reason::poison, "poison", "GenericError",
          "The daemon died twice with this delivery in hand, so it stays unopened; report it, and retry after a mend."},
    entry{reason::not_found, "not-found", "", "The local API has nothing of that name; check the id and the path."},
    entry{reason::conflict, "conflict", "",
          "The call contradicts what is recorded; the detail says what: read the present state first."},
    entry{reason::invalid_argument, "invalid-argument", "",
          "A parameter or member of the call is missing or not allowed; the detail names it."},
    entry{reason::not_permitted, "not-permitted", "",
          "The caller's user or group may not do this; grant it in the configuration if it should."},
    entry{reason::bad_key, "bad-key", "",
          "A key or certificate cannot be used; the detail names the file or key id and the rule that it breaks."},
    entry{reason::bad_setting, "bad-setting", "",
          "A setting is missing, unknown or out of range; the detail names the key and what it may be."},
    entry{reason::disconnected, "disconnected", "",
          "The other side went away, or the operation was cancelled; nothing to mend unless it happens often."},
};

constexpr bool in_order_of_declaration() {
  for (std::size_t i = 0; i < table.size(); ++i) {
    if (static_cast<std::size_t>(table[i].code) != i) {
      return false;
    }
  }
  return true;
}

static_assert(in_order_of_declaration(), "the table is indexed by the enumerator");
static_assert(table.size() == static_cast<std::size_t>(reason::disconnected) + 1, "every reason has its line");

constexpr auto make_codes() {
  std::array<reason, table.size()> codes{};
  std::transform(table.begin(), table.end(), codes.begin(), [](entry const& e) { return e.code; });
  return codes;
}

constexpr auto codes = make_codes();

constexpr entry const& entry_of(reason code) noexcept {
  return table[static_cast<std::size_t>(code)];
}

} // namespace

std::string_view to_string(reason code) noexcept {
  return entry_of(code).name;
}

std::optional<reason> parse_reason(std::string_view name) noexcept {
  auto const* const found = std::find_if(table.begin(), table.end(), [&](entry const& e) { return e.name == name; });
  return found == table.end() ? std::nullopt : std::optional(found->code);
}

std::string_view meaning(reason code) noexcept {
  return entry_of(code).meaning;
}

std::string_view contract_code(reason code) noexcept {
  return entry_of(code).contract;
}

bool is_final(reason code) noexcept {
  return code == reason::replay || code == reason::signature || code == reason::expired;
}

std::span<reason const> all_reasons() noexcept {
  return codes;
}

} // namespace consentd
