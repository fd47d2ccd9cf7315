// The state machine of a consent: (state, event, time of receipt) → decision. Pure: no clock, no I/O, no store.
#ifndef CONSENTD_CONSENT_DECISION_HPP
#define CONSENTD_CONSENT_DECISION_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "consent/permissions.hpp"
#include "consent/status.hpp"

#include <optional>
#include <string>

namespace consentd::consent {

// `Meta.EventType`.
enum class change : std::uint8_t { created, updated, deleted };

// What one verified event says of a consent (made by `events`).
struct report {
  std::string consent_id;
  std::string issuer;
  change what = change::updated;
  // Absent only when `what` is deleted and the event came without `Data`, or with one that does not show its kind.
  std::optional<consent::kind> kind;
  // Present unless `what` is deleted.
  std::optional<consent::status> status;
  std::optional<timestamp> status_time;
  timestamp event_time; // Meta.EventDateTime
  std::optional<timestamp> expiry;
  std::optional<std::string> base_consent_id;
  std::optional<std::string> revoked_by;
  // Absent when the event names none.
  std::optional<permission_set> permissions;
  std::string resource;     // `Data` as received, a JSON object; empty when absent
  digest resource_digest{}; // of its canonical form; of nothing when absent
};

// Things that an operator or a caller must know and that no status says.
struct flags {
  bool in_doubt = false;  // an event could not be applied that may have ended it: not usable
  bool contested = false; // another issuer claims it: not usable
  bool deleted = false;   // never usable again
  bool changed = false;   // an event tried to extend its expiry or its permissions; the narrower ones count
  bool gap = false;       // at least one event was missed
  bool late = false;      // ended by an event older than its state
  bool clock = false;     // a status time lay more than 5 minutes after receipt
  bool lapsed = false;    // the expiry passed without an event
  bool unlinked = false;  // a base consent was named that cannot be (issuer, kind, cycle) or differs from the known one

  friend bool operator==(flags const&, flags const&) = default;
};

struct state {
  std::string consent_id;
  std::string issuer;
  consent::kind kind = kind::account_access;
  consent::binding bound = binding::announced;
  // Absent until the first event of an announced consent.
  std::optional<consent::status> status;
  // By which the current status is ordered: the event's, or the time of receipt where the event's lay too far ahead.
  std::optional<timestamp> status_time;
  std::optional<timestamp> event_time;
  std::optional<timestamp> expiry; // the narrower of the announced and any reported one
  std::optional<std::string> base_consent_id;
  std::optional<std::string> revoked_by;
  std::optional<permission_set> permissions; // what every event that was taken has named; absent until one names any
  consent::flags flags;
  std::optional<std::string> claimant; // while contested: the other issuer, of several the last
  std::string resource;
  digest resource_digest{};
};

struct decision {
  consent::disposition disposition = disposition::applied;
  std::optional<consent::status> previous;
  // The state to keep, always. Where nothing moves it differs from the one before in a narrower expiry, fewer
  // permissions and flags at most.
  state after;
  // Subscribers hear of it. False: it is only recorded.
  bool told = false;
  // An operator should look.
  bool alert = false;
};

// Contract section 6. `before` absent: nobody announced this consent and the configuration binds it to the first
// issuer. `recorded`: an event of the same status, status time and resource stands in this consent's history, or the
// event is a redelivery (contract section 4). Refuses with issuer_mismatch and kind_mismatch; with resource_malformed a
// report, other than of a deletion, that lacks kind, status or status time; with unknown_consent a deletion without
// kind when `before` is absent. Then nothing moves.
result<decision> decide(std::optional<state> const& before, report const& event, timestamp received, bool recorded);

// Of a consent that ended long ago and whose record was removed: `end` is what is left of it, ended or deleted. Judged
// by decide(), but whatever the event says, nothing moves and nobody is told: what would be an update is stale.
result<decision> decide_after_removal(state const& end, report const& event, timestamp received, bool recorded);

// A terminal status, or a deletion.
bool may_end(report const& event) noexcept;

// An event whose `exp` alone failed is not applied (contract section 4), nor is one that cannot be read. If it may have
// ended the consent and that had not ended before, the consent is in doubt in the state returned; otherwise it is as
// before. Refuses with issuer_mismatch and kind_mismatch, as decide() does: another bank's old event casts no doubt.
result<state> doubt(state const& before, report const& unapplied);

// An operator has asked the Hub or the institution, and says what became of a consent in doubt: it stands as it was
// before the doubt, or has ended with that status. Refuses with conflict what is not in doubt, and with
// invalid_argument a status that is no end.
result<state> settle_doubt(state const& before, std::optional<status> ended, timestamp now);

// Another issuer's verified event about a consent that nobody has announced: only an event says whose it is, and now
// two contradict each other. The state returned is contested, with that issuer as its claimant. Where the issuers
// agree, or a TPP service has said whose the consent is, it is as before.
state contest(state const& before, report const& event);

// The answer to "may this consent be used now?" (contract section 6).
enum class usability : std::uint8_t {
  usable,
  unknown,        // no such consent, or no event of it yet
  not_authorized, // its status is another one
  expiry_unknown,
  lapsed, // ExpirationDateTime has passed
  deleted,
  in_doubt,
  contested,
  behind // events are waiting that may concern it
};

std::string_view to_string(usability value) noexcept;

// How far processing lags, as far as this consent is concerned.
struct backlog {
  std::optional<timestamp> oldest_unopened; // receipt of the oldest acknowledged delivery that is not yet opened
  bool issuer_waits_for_keys = false;
};

// `patience`: how old an unopened delivery may be before nobody can be sure of anything.
usability usable(std::optional<state> const& of, backlog const& behind, timestamp now, std::chrono::seconds patience);

} // namespace consentd::consent

#endif
