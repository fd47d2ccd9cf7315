// Payments, quotes and account openings: what an event says of one, and where it stands then. Pure, as decision.hpp is.
// And the event of a family that is not known, which has no state at all.
#ifndef CONSENTD_CONSENT_RESOURCE_HPP
#define CONSENTD_CONSENT_RESOURCE_HPP

#include "base/digest.hpp"
#include "base/result.hpp"
#include "base/time.hpp"
#include "consent/decision.hpp"
#include "consent/resource_status.hpp"

#include <optional>
#include <string>
#include <vector>

namespace consentd::consent {

// What one verified event says of a resource (made by `events`). Issuer, family and id together are its key: the ids
// are the LFI's own, and two LFIs may give the same one.
struct resource_report {
  std::string issuer;
  resource_family family = resource_family::payment;
  std::string id;
  change what = change::updated;
  // Present unless `what` is deleted; of the report's own family.
  std::optional<resource_status> status;
  // Present with the status: its own time, or the event's where the resource gives none.
  std::optional<timestamp> status_time;
  timestamp event_time; // Meta.EventDateTime
  // Of a payment, always: the consent that it was made under.
  std::optional<std::string> consent_id;
  // Why a payment was rejected, each such as "AANI.AC04". What is not a code is in the resource alone.
  std::vector<std::string> reject_reason_codes;
  std::string resource;     // `Data` as received, a JSON object; empty when absent
  digest resource_digest{}; // of its canonical form; of nothing when absent
};

struct resource_flags {
  bool deleted = false; // the LFI deleted it; statuses are recorded on
  bool late = false;    // ended by an event older than its state
  bool clock = false;   // a status time lay more than 5 minutes after receipt

  friend bool operator==(resource_flags const&, resource_flags const&) = default;
};

struct resource_state {
  std::string issuer;
  resource_family family = resource_family::payment;
  std::string id;
  std::optional<std::string> consent_id; // of a payment
  // Absent when only its deletion was seen.
  std::optional<resource_status> status;
  // By which the current status is ordered: the event's, or the time of receipt where the event's lay too far ahead.
  std::optional<timestamp> status_time;
  std::optional<timestamp> event_time;
  std::vector<std::string> reject_reason_codes;
  resource_flags flags;
  std::string resource;
  digest resource_digest{};

  friend bool operator==(resource_state const&, resource_state const&) = default;
};

struct resource_decision {
  consent::disposition disposition = disposition::applied;
  std::optional<resource_status> previous;
  // The state to keep, always. Where nothing moves it differs from the one before in the flag `clock` at most.
  resource_state after;
  // Subscribers hear of it. False: it is only recorded.
  bool told = false;
  // An operator should look.
  bool alert = false;
};

// The ordering and dispositions of contract section 6 with the family's own ends. No table says which live status
// follows which, so any that is newer is applied and none is a gap. At equal status times an end ranks above all else,
// and of two ends the first recorded stays; of two live statuses the later event wins, then the one further along the
// family's list. AcceptedCreditSettlementCompleted follows AcceptedSettlementCompleted whatever their times.
// `recorded` as for decide(). Refuses, and then nothing moves: with issuer_mismatch and id_mismatch a report of another
// resource than `before`, or of a payment under another consent; with resource_malformed one, other than of a deletion,
// that lacks status or status time or whose status is none of its family.
result<resource_decision> decide_resource(std::optional<resource_state> const& before, resource_report const& event,
                                          timestamp received, bool recorded);

// A payment obeys the issuer that its consent is bound to (contract sections 4 and 5): check it before
// decide_resource(). issuer_mismatch: another bank speaks of a payment under this consent; kind_mismatch: the consent
// is not for payments; id_mismatch: the report is of no payment under this consent.
result<void> check_payment(resource_report const& payment, state const& of);

// A verified event with one resource id of a name that is not known here. It is kept and passed on, and is never the
// state of anything.
struct unknown_report {
  std::string issuer;
  std::string id_name; // such as "LoanId": letters and digits
  std::string id;
  change what = change::updated;
  timestamp event_time;
  std::string resource; // `Data` as received, a JSON object; empty when absent
  digest resource_digest{};
};

} // namespace consentd::consent

#endif
