// The values that go into the store and come out of it.
#ifndef CONSENTD_STORE_RECORDS_HPP
#define CONSENTD_STORE_RECORDS_HPP

#include "base/digest.hpp"
#include "base/reason.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "consent/decision.hpp"
#include "consent/resource.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace consentd::store {

// An authorization JWT, known by (`iss`, `jti`), or without `jti` by the digest of its canonical form (contract section
// 2).
struct bearer_token {
  std::string issuer;
  std::string identity;  // "jti:…" or "sha256:…"
  timestamp spent_until; // `exp` plus leeway: after it the token is refused by its age; a day it is remembered anyway
};

struct new_delivery {
  std::string interaction_id;
  timestamp received;
  std::string body;                  // the JWE as it came
  std::optional<bearer_token> token; // absent where the mode lets a delivery in without one
  std::string peer;                  // address of the sender, for the record
};

struct appended {
  std::int64_t delivery = 0;
  bool already = false; // the same token with the same body was kept before
};

struct pending_delivery {
  std::int64_t delivery = 0;
  std::string interaction_id;
  timestamp received;
  std::string body;
};

// What was signed, as it came, and what its signature holds with.
struct signed_original {
  std::string jws; // compact; empty when the delivery could not be opened that far
  std::string jwk; // the public key; empty when its signature was not found to hold
};

// The token of a verified event, as far as replay is concerned.
struct event_token {
  std::string issuer;
  std::optional<std::string> jti;
  timestamp expires;
  digest message_digest{};
  std::string jwe_kid;
  std::string jws_kid;
  signed_original original{};
};

struct settlement {
  std::int64_t delivery = 0;
  event_token token;
  consent::report report;
  // `exp` alone failed: the event is not applied but quarantined `expired`; if it names a terminal status the consent
  // is now in doubt.
  bool expired = false;
};

// The same of a payment, a quote or an account opening.
struct resource_settlement {
  std::int64_t delivery = 0;
  event_token token;
  consent::resource_report report;
  bool expired = false; // quarantined as `expired`
};

// And of a family that is not known.
struct unknown_settlement {
  std::int64_t delivery = 0;
  event_token token;
  consent::unknown_report report;
  bool expired = false;
};

// What became of a delivery in hand.
struct decided {
  std::uint64_t sequence = 0;
  consent::disposition disposition{};
  std::string consent_id;
  std::optional<consent::status> status;
  bool alert = false;
};
struct resource_decided {
  std::uint64_t sequence = 0;
  consent::disposition disposition{};
  consent::resource_family family{};
  std::string id;
  std::optional<consent::resource_status> status;
  bool alert = false;
};
struct passed_on { // of an unknown family: subscribers are told
  std::uint64_t sequence = 0;
};
struct repeated { // of an unknown family, once more: nobody is told again
  std::uint64_t sequence = 0;
};
// It waits until its consent is announced, or, with `joined`, goes no further: a redelivery of an event that waits
// already, as that delivery.
struct held {
  std::optional<std::int64_t> joined;
};
struct set_aside {
  failure why; // issuer_mismatch, kind_mismatch, replay, expired, unknown_consent (no room to hold it), …
};
using outcome = std::variant<decided, resource_decided, passed_on, repeated, held, set_aside>;

struct refusal {
  std::int64_t delivery = 0;
  failure why;
  // As far as they are known; empty otherwise. Unverified ones are shown to operators as claimed.
  std::string issuer;
  std::string consent_id;
  std::optional<std::string> jti{}; // of `issuer`'s token: what was spent under it is remembered while this is kept
  // What a verified event that cannot be applied says of an end: its consent, if it is of that issuer, is now in doubt.
  std::optional<consent::report> end{};
  std::string jwe_kid{};
  std::string jws_kid{};
  signed_original original{};
};

// What has come that quarantined deliveries may have lacked.
struct remedy {
  reason lacked{};                 // unknown_decryption_key, unknown_signing_key, unknown_issuer or keys_unavailable
  std::string issuer{};            // whose key, keys or events; empty for a decryption key
  std::vector<std::string> kids{}; // of the keys; empty for an issuer, and for all its keys
  // What was received later is not helped by it; nothing: all is.
  std::optional<timestamp> received_until{};
  // What was refused later has met it already; nothing: all is taken.
  std::optional<timestamp> refused_until{};
};

struct announcement {
  std::string consent_id;
  consent::kind kind{};
  std::string issuer;
  std::optional<timestamp> expiry;
  std::optional<std::string> base_consent_id;
  std::uint32_t uid = 0; // who asked
};

// What an operator says of a consent in doubt.
struct finding {
  std::string consent_id;
  std::optional<consent::status> ended{}; // nothing: it stands
  std::uint32_t uid = 0;                  // who says so
};

struct consent_record {
  consent::state state;
  std::uint64_t sequence = 0; // of its last change
  timestamp created;
  timestamp updated;
};

struct announced {
  consent_record consent;
  bool created = false;
  std::size_t released = 0; // events that waited for it
};

struct standing {
  std::optional<consent_record> consent;
  consent::backlog backlog;
};

struct consent_filter {
  std::optional<consent::status> status;
  std::optional<consent::kind> kind;
  std::optional<std::string> issuer;
  std::optional<std::string> base_consent_id;
  std::optional<timestamp> updated_after;
  std::optional<timestamp> expires_before;
};

// A piece of a list of consents, which have no resources there.
struct consent_page {
  std::vector<consent_record> consents;
  std::optional<std::string> next; // the rest begins after this id; nothing: that was all
};

// By what a resource is known: the ids are the LFI's own.
struct resource_key {
  std::string issuer;
  consent::resource_family family{};
  std::string id;
};

struct resource_record {
  consent::resource_state state;
  std::uint64_t sequence = 0; // of its last change
  timestamp created;
  timestamp updated;
};

// Those of the second line are about resources, `unknown` is about nothing that is known, all others about consents.
enum class entry_type : std::uint8_t {
  status,
  announced,
  lapsed,
  payment_status,
  insurance_quote_status,
  fx_quote_status,
  account_opening_status,
  unknown,
  erased,
  doubt_settled,
  unlinked
};

entry_type entry_type_of(consent::resource_family family) noexcept;
// Nothing for the others.
std::optional<consent::resource_family> family_of(entry_type type) noexcept;

// What an entry says that is not about a consent.
struct resource_change {
  std::string id;
  std::string id_name; // of an unknown family: the member of `Meta` that holds the id
  consent::change what = consent::change::updated;
  std::optional<std::string> consent_id;            // of a payment
  std::optional<consent::resource_status> status;   // the resource's after it
  std::optional<consent::resource_status> previous; // and before
  std::optional<consent::resource_status> reported; // what the event named
  std::vector<std::string> reject_reason_codes;
};

struct journal_entry {
  std::uint64_t sequence = 0;
  entry_type type{};
  timestamp recorded;
  // Present where the entry is not about a consent: then consent_id, kind, status, previous, reported, expiry and
  // revoked_by say nothing, and of the flags only deleted, late and clock count.
  std::optional<resource_change> of_resource;
  std::string consent_id;
  std::string issuer;
  consent::kind kind{};
  std::optional<consent::kind> left_kind;          // and before this entry, where it is another one now
  std::optional<consent::disposition> disposition; // of a status entry
  std::optional<consent::status> status;           // the consent's after it
  std::optional<consent::status> previous;         // and before
  std::optional<consent::status> reported;         // what the event named
  std::optional<timestamp> status_time;
  std::optional<timestamp> event_time;
  std::optional<timestamp> expiry;
  std::optional<std::string> revoked_by;
  consent::flags flags;
  std::string resource; // JSON object as received, or empty
  bool told = false;
  bool alert = false;
  std::optional<std::int64_t> delivery;
  std::string interaction_id; // empty where no delivery caused it
  std::optional<std::uint32_t> uid;
  // Whose the consent was before this entry, where it is another's now: whoever follows those must hear of it.
  std::optional<std::string> left_issuer;
};

// Which entries of the journal a subscriber asks for. What is absent lets everything pass. `issuer` and `kind` let pass
// what leaves them as well.
struct entry_filter {
  std::optional<entry_type> type;
  std::optional<std::string> subject; // id of a consent or a resource
  std::optional<std::string> status;  // of a consent or of a resource, as it is spelt
  std::optional<consent::kind> kind;  // lets nothing pass that is not about a consent
  std::optional<std::string> issuer;

  friend bool operator==(entry_filter const&, entry_filter const&) = default;
};

// A subscriber whose place is kept here.
struct consumer {
  std::string name;
  entry_filter filter;
  std::uint32_t uid = 0; // who made it
};

// Who asks for a change of a consumer.
struct consumer_caller {
  std::uint32_t uid = 0;
  bool for_others = false; // may deal with those of other users, too
};

struct consumer_record {
  consumer of;
  std::string epoch;       // of the journal that the place is in
  std::uint64_t place = 0; // entries up to and with this one were dealt with
  bool paused = false;
  timestamp created;
  timestamp seen;                            // when it was last heard of
  std::optional<timestamp> oldest_unhandled; // record of the first entry behind its place
  // Of its last change by somebody: made, sought, another filter, paused, resumed, removed. Only ever grows, also over
  // those of one name that were removed.
  std::uint64_t generation = 0;
  std::uint64_t sent = 0;   // since its place was set, entries up to this one were sent
  std::uint64_t set_at = 0; // the entry that the journal was to have next when its place was set
};

// Its place was set, and what had been sent before may still come to be acknowledged: only what was sent since counts.
// `epoch`: of the journal.
bool is_bound(consumer_record const& of, std::string_view epoch) noexcept;

// not_permitted when it is not the caller's to change.
result<void> check_owner(consumer_record const& of, consumer_caller const& by);

struct kept_consumer {
  consumer_record consumer;
  bool created = false;
};

struct journal_page {
  std::vector<journal_entry> entries;
  std::uint64_t examined = 0;
};

struct journal_extent {
  std::string epoch;        // random, new at each restore from a backup
  std::uint64_t pruned = 0; // entries up to and with this one are gone
  std::uint64_t last = 0;   // newest
};

struct quarantine_entry {
  std::int64_t id = 0; // the delivery's
  failure why;
  timestamp received;
  timestamp recorded;
  std::string interaction_id;
  std::string issuer;     // as claimed, may be empty
  std::string consent_id; // as claimed, may be empty
  std::uint32_t attempts = 0;
  std::uint64_t body_bytes = 0;
  std::string body; // empty in a list
};

// A delivery that left the quarantine because somebody asked for it.
struct released_delivery {
  std::string interaction_id;
  reason why{};               // it was there
  std::uint32_t attempts = 0; // how often it had been opened by then
};

enum class delivery_state : std::uint8_t {
  pending,
  waiting_for_consent,
  waiting_for_keys,
  decided,
  quarantined,
  dropped // it was in quarantine, and left it by an operator's word or for newer ones: its body is gone
};

std::string_view to_string(delivery_state value) noexcept;

struct delivery_record {
  std::int64_t id = 0;
  std::string interaction_id;
  timestamp received;
  delivery_state state{};
  std::string waits_for; // consent id or issuer
  std::optional<timestamp> finished;
  std::optional<std::uint64_t> sequence; // of the journal entry
  std::optional<consent::disposition> disposition;
  std::optional<reason> why;
  std::string detail;
  std::string issuer;
  std::string consent_id;
  std::string jwe_kid;
  std::string jws_kid;
  std::uint32_t attempts = 0;          // how often it was opened so far
  std::optional<std::int64_t> repeats; // of a redelivery of an event that was held: the delivery that goes on for both
};

// What proves who said what.
struct evidence {
  delivery_record of;
  // After an erasure `jws` has no payload (RFC 7515 appendix F), and the digest stands for what was signed.
  signed_original original;
  std::optional<digest> signing_input_digest;
  std::optional<timestamp> erased;
};

// How much an erasure has taken away.
struct erased {
  std::size_t resources = 0;   // `Data` of events
  std::size_t originals = 0;   // payloads of evidence
  std::size_t quarantined = 0; // deliveries that were kept aside
};

struct statistics {
  std::uint64_t pending = 0;
  std::uint64_t waiting_for_consent = 0;
  std::uint64_t waiting_for_keys = 0;
  std::optional<timestamp> oldest_pending;
  std::uint64_t consents = 0;
  std::uint64_t quarantined = 0;
  std::uint64_t database_bytes = 0;
};

// Whose keys they are: the Hub's own serve for authorization JWTs alone, an issuer's for its events alone.
enum class key_role : std::uint8_t { hub = 1, issuer = 2 };

// A JWK set as it was published.
struct kept_key_set {
  key_role role{};
  std::string issuer;
  timestamp since;     // first fetched
  timestamp confirmed; // last fetched, the same
  std::string document;
};

} // namespace consentd::store

#endif
