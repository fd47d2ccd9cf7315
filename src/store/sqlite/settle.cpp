#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/doubt.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/settling.hpp"
#include "store/sqlite/tombstones.hpp"

#include <utility>

namespace consentd::store::sqlite {
namespace {

// Where the event of a delivery stands before it is decided.
struct scene {
  opened_delivery of;
  std::optional<kept_consent> known;
  std::optional<consent::state> gone; // it has ended and was removed: what is left of it
  jti_standing jti;

  bool is_new() const { return !known && !gone; }
};

// Before its consent is known nothing can be decided of it: by the setting, or because a deletion does not say of what
// kind the consent is, or because only a consent that is known can be in doubt.
bool must_wait(ledger const& in, settlement const& event) {
  if (event.expired) {
    return consent::may_end(event.report);
  }
  bool const of_no_kind = event.report.what == consent::change::deleted && !event.report.kind;
  return in.how.unknown == unknown_consents::hold || of_no_kind;
}

bool differs(consent::state const& before, consent::state const& after) {
  return before.status != after.status || before.status_time != after.status_time ||
         before.event_time != after.event_time || before.expiry != after.expiry ||
         before.base_consent_id != after.base_consent_id || before.revoked_by != after.revoked_by ||
         before.permissions != after.permissions || before.flags != after.flags || before.bound != after.bound ||
         before.resource_digest != after.resource_digest;
}

journal_entry entry_of(scene const& at, consent::report const& event, consent::decision const& made) {
  auto entry = sqlite::entry_of(made.after);
  entry.type = entry_type::status;
  entry.disposition = made.disposition;
  entry.previous = made.previous;
  entry.reported = event.status;
  // The event's own times: the state may keep others, where nothing moved or a clock was wrong.
  entry.status_time = event.status_time;
  entry.event_time = event.event_time;
  entry.told = made.told;
  entry.alert = made.alert;
  entry.delivery = at.of.delivery.id;
  entry.interaction_id = at.of.delivery.interaction_id;
  return entry;
}

std::optional<kept_document> kept_document_of(std::optional<kept_consent> const& known) {
  return known ? std::optional(kept_document{known->document, known->record.state.resource_digest}) : std::nullopt;
}

result<consent::decision> decide(scene const& at, consent::report const& event, bool recorded) {
  auto const received = at.of.delivery.received;
  if (at.gone) {
    return consent::decide_after_removal(*at.gone, event, received, recorded);
  }
  auto const before = at.known ? std::optional(at.known->record.state) : std::nullopt;
  return consent::decide(before, event, received, recorded);
}

outcome record(ledger& in, settlement const& event, scene const& at, consent::decision made, std::string const& print,
               std::optional<recorded_event> const& earlier) {
  auto const& report = event.report;
  check_link(in.db, at.known ? at.known->record.state.base_consent_id : std::nullopt, made.after);
  auto const document = document_of(in, report.resource, report.resource_digest, earlier, kept_document_of(at.known));
  auto const entry = entry_of(at, report, made);
  auto const sequence = add_entry(in, entry, document, earlier ? std::string_view() : print);
  if (!at.gone && (!at.known || differs(at.known->record.state, made.after))) {
    // Known consents are loaded without their resource, so one that has it has just moved.
    bool const moved = !at.known || !made.after.resource.empty() ||
                       made.after.resource_digest != at.known->record.state.resource_digest;
    auto const kept = moved ? document : at.known->document;
    save_consent(in, {at.known, made.after, kept, sequence});
  }
  spend_jti(in, at.of, at.jti);
  auto how = ending_of(at.of);
  how.sequence = sequence;
  how.disposition = made.disposition;
  finish(in, at.of.delivery, how);
  record_joined(in, at.of.delivery, entry, document);
  if (at.is_new()) {
    // What could not be decided before it was bound: payments under it, deletions.
    release(in, waits_for_consent(report.consent_id));
  }
  return decided{sequence, made.disposition, report.consent_id, made.after.status, made.alert};
}

} // namespace

result<outcome> settle(ledger& in, settlement const& event) {
  auto const delivery = find_in_inbox(in, event.delivery);
  if (!delivery) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  auto const& report = event.report;
  auto const of = opened(*delivery, event.token, report.consent_id, event.expired);
  auto jti = look_up_jti(in, of);
  if (!jti) {
    return put_aside(in, of, jti.error());
  }
  auto known = load_consent(in.db, report.consent_id);
  auto gone = known ? std::nullopt : find_tombstone(in.db, report.consent_id);
  scene const at{of, std::move(known), std::move(gone), *jti};
  if (at.known && at.known->record.state.issuer != report.issuer) {
    contest(in, *at.known, report, *delivery);
  }
  if (at.is_new() && must_wait(in, event)) {
    return hold(in, of);
  }
  if (event.expired) {
    // Contract section 4: it may be news of an end. It is not applied, but nobody may rely on the consent any more.
    if (at.known) {
      cast_doubt(in, *at.known, report, *delivery);
    }
    return put_aside(in, of, {reason::expired, "it had expired when it was received"});
  }
  auto const print = fingerprint(report);
  auto const earlier = find_recorded(in, report.consent_id, report.issuer, print);
  auto made = decide(at, report, at.jti.redelivered || earlier.has_value());
  if (!made) {
    return put_aside(in, of, made.error());
  }
  return record(in, event, at, std::move(*made), print, earlier);
}

} // namespace consentd::store::sqlite
