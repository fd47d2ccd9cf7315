#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/doubt.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/inbox_writes.hpp"

#include <algorithm>
#include <chrono>
#include <utility>
#include <vector>

namespace consentd::store::sqlite {
namespace {

// A `jti` is remembered this long after the event's own end, and for as long as what could still be accepted names it
// (sweep.hpp).
constexpr std::chrono::hours memory_beyond_expiry{24};

// Where the event of a delivery stands before it is decided.
struct scene {
  inbox_row delivery;
  std::optional<kept_consent> known;
  std::string identity; // of its jti; empty without one
  bool redelivered = false;
};

ending ending_of(settlement const& event) {
  ending made;
  made.issuer = event.token.issuer;
  made.consent_id = event.report.consent_id;
  made.jwe_kid = event.token.jwe_kid;
  made.jws_kid = event.token.jws_kid;
  return made;
}

outcome put_aside(ledger& in, settlement const& event, scene const& at, failure why) {
  auto how = ending_of(event);
  how.why = &why;
  how.event = at.identity;
  quarantine(in, at.delivery, how);
  return set_aside{std::move(why)};
}

// A delivery of the same event that waits already.
std::optional<std::int64_t> find_held(ledger& in, std::string_view waits_for, std::string_view identity) {
  query row(in.db, "SELECT id FROM inbox WHERE held = ? AND waits_for = ? ORDER BY id LIMIT 1", blob{identity},
            waits_for);
  return row.step() ? std::optional(row.integer(0)) : std::nullopt;
}

// Nothing is decided, so nothing is spent. A redelivery takes no place of its own, however often it comes: the first
// one goes on for it.
outcome hold(ledger& in, settlement const& event, scene const& at) {
  auto const waits_for = waits_for_consent(event.report.consent_id);
  auto const identity = held_identity(event);
  if (auto const first = find_held(in, waits_for, identity)) {
    auto how = ending_of(event);
    how.disposition = consent::disposition::duplicate;
    how.repeats = first;
    finish(in, at.delivery, how);
    return held{first};
  }
  if (in.count.waiting_for_consent >= in.how.held_rows) {
    return put_aside(
        in, event, at,
        {reason::unknown_consent, std::to_string(in.how.held_rows) + " events wait for their consents already"});
  }
  let_wait(in, at.delivery, {waits_for, at.identity, identity});
  in.after.decided.emplace_back("held");
  return held{};
}

// Before its consent is known nothing can be decided of it: by the setting, or because a deletion does not say of what
// kind the consent is, or because only a consent that is known can be in doubt.
bool must_wait(ledger const& in, settlement const& event) {
  if (event.expired) {
    return consent::may_end(event.report);
  }
  bool const of_no_kind = event.report.what == consent::change::deleted && !event.report.kind;
  return in.how.unknown == unknown_consents::hold || of_no_kind;
}

// An entry that records an event equal to this one, and where its resource stands.
struct recorded_event {
  std::optional<std::int64_t> document;
};
std::optional<recorded_event> find_recorded(ledger& in, consent::report const& event, std::string_view print) {
  // Of this issuer: what another one said before a contest was decided against it repeats nothing.
  query row(in.db, "SELECT document FROM journal WHERE consent_id = ? AND fingerprint = ? AND issuer = ? LIMIT 1",
            std::string_view(event.consent_id), blob{print}, std::string_view(event.issuer));
  if (!row.step()) {
    return std::nullopt;
  }
  return recorded_event{row.maybe_integer(0)};
}

// A resource that stands in the database already is not written again.
std::optional<std::int64_t> document_of(ledger& in, consent::report const& event,
                                        std::optional<recorded_event> const& earlier,
                                        std::optional<kept_consent> const& known) {
  if (event.resource.empty()) {
    return std::nullopt;
  }
  if (earlier && earlier->document) {
    return earlier->document;
  }
  if (known && known->document && known->record.state.resource_digest == event.resource_digest) {
    return known->document;
  }
  return add_document(in, event.resource);
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
  entry.delivery = at.delivery.id;
  entry.interaction_id = at.delivery.interaction_id;
  return entry;
}

// Redeliveries that joined this delivery while it was held: each has its line in the history, as if it had come now.
void record_joined(ledger& in, scene const& at, journal_entry entry, std::optional<std::int64_t> document) {
  struct joined {
    std::int64_t delivery = 0;
    std::string interaction_id;
  };
  std::vector<joined> found;
  {
    query rows(in.db, "SELECT id, interaction_id FROM deliveries WHERE repeats = ? AND sequence IS NULL ORDER BY id",
               at.delivery.id);
    while (rows.step()) {
      found.push_back({rows.integer(0), std::string(rows.text(1))});
    }
  }
  entry.disposition = consent::disposition::duplicate;
  entry.previous = entry.status;
  entry.told = false;
  entry.alert = false;
  for (auto const& one : found) {
    entry.delivery = one.delivery;
    entry.interaction_id = one.interaction_id;
    auto const sequence = add_entry(in, entry, document);
    run(in.db, "UPDATE deliveries SET sequence = ? WHERE id = ?", sequence, one.delivery);
  }
}

outcome record(ledger& in, settlement const& event, scene const& at, consent::decision made, std::string const& print,
               std::optional<recorded_event> const& earlier) {
  auto const& report = event.report;
  check_link(in.db, at.known ? at.known->record.state.base_consent_id : std::nullopt, made.after);
  auto const document = document_of(in, report, earlier, at.known);
  auto const entry = entry_of(at, report, made);
  auto const sequence = add_entry(in, entry, document, earlier ? std::string_view() : print);
  if (!at.known || differs(at.known->record.state, made.after)) {
    // Known consents are loaded without their resource, so one that has it has just moved.
    bool const moved = !at.known || !made.after.resource.empty() ||
                       made.after.resource_digest != at.known->record.state.resource_digest;
    auto const kept = moved ? document : at.known->document;
    save_consent(in, {at.known, made.after, kept, sequence});
  }
  if (!at.identity.empty() && !at.redelivered) {
    auto const until = std::max(event.token.expires, in.now) + memory_beyond_expiry;
    spend(in, token_kind::event, at.identity, event.token.message_digest, until, at.delivery.id);
  }
  auto how = ending_of(event);
  how.sequence = sequence;
  how.disposition = made.disposition;
  finish(in, at.delivery, how);
  if (at.delivery.opened > 0) {
    record_joined(in, at, entry, document);
  }
  if (!at.known) {
    release(in, waits_for_consent(report.consent_id));
  }
  return decided{sequence, made.disposition, report.consent_id, made.after.status, made.alert};
}

} // namespace

result<outcome> settle(ledger& in, settlement const& event) {
  auto delivery = find_in_inbox(in, event.delivery);
  if (!delivery) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  auto const& report = event.report;
  scene at{std::move(*delivery), {}, {}, false};
  if (event.token.jti) {
    at.identity = token_identity(event.token.issuer, *event.token.jti);
    if (auto const before = find_spent(in, token_kind::event, at.identity, event.token.message_digest)) {
      if (!before->same) {
        return put_aside(in, event, at, {reason::replay, "its jti came before with another message"});
      }
      at.redelivered = true;
    }
  }
  at.known = load_consent(in.db, report.consent_id);
  if (at.known && at.known->record.state.issuer != report.issuer) {
    contest(in, *at.known, report, at.delivery);
  }
  if (!at.known && must_wait(in, event)) {
    return hold(in, event, at);
  }
  if (event.expired) {
    // Contract section 4: it may be news of an end. It is not applied, but nobody may rely on the consent any more.
    if (at.known) {
      cast_doubt(in, *at.known, report, at.delivery);
    }
    return put_aside(in, event, at, {reason::expired, "it had expired when it was received"});
  }
  auto const print = fingerprint(report);
  auto const earlier = find_recorded(in, report, print);
  auto const before = at.known ? std::optional(at.known->record.state) : std::nullopt;
  auto made = consent::decide(before, report, at.delivery.received, at.redelivered || earlier.has_value());
  if (!made) {
    return put_aside(in, event, at, made.error());
  }
  return record(in, event, at, std::move(*made), print, earlier);
}

} // namespace consentd::store::sqlite
