#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/doubt.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/resource_rows.hpp"
#include "store/sqlite/settling.hpp"
#include "store/sqlite/tombstones.hpp"

#include <utility>

namespace consentd::store::sqlite {
namespace {

constexpr std::string_view expired_on_receipt = "it had expired when it was received";

journal_entry entry_of(opened_delivery const& of, std::string const& issuer, timestamp event_time) {
  journal_entry made;
  made.issuer = issuer;
  made.event_time = event_time;
  made.delivery = of.delivery.id;
  made.interaction_id = of.delivery.interaction_id;
  return made;
}

journal_entry entry_of(opened_delivery const& of, consent::resource_report const& event,
                       consent::resource_decision const& made) {
  auto entry = entry_of(of, event.issuer, event.event_time);
  entry.type = entry_type_of(event.family);
  entry.disposition = made.disposition;
  entry.status_time = event.status_time;
  entry.flags.deleted = made.after.flags.deleted;
  entry.flags.late = made.after.flags.late;
  entry.flags.clock = made.after.flags.clock;
  entry.told = made.told;
  entry.alert = made.alert;
  entry.of_resource = resource_change{.id = event.id,
                                      .id_name = {},
                                      .what = event.what,
                                      .consent_id = made.after.consent_id,
                                      .status = made.after.status,
                                      .previous = made.previous,
                                      .reported = event.status,
                                      .reject_reason_codes = made.after.reject_reason_codes};
  return entry;
}

// Where the event of a delivery stands before it is decided.
struct scene {
  opened_delivery of;
  std::optional<kept_resource> known;
  jti_standing jti;
  std::string print;
  std::optional<recorded_event> earlier;

  std::string_view new_print() const { return earlier ? std::string_view() : std::string_view(print); }
};

outcome record(ledger& in, consent::resource_report const& report, scene const& at,
               consent::resource_decision const& made) {
  auto const& known = at.known;
  auto const kept =
      known ? std::optional(kept_document{known->document, known->record.state.resource_digest}) : std::nullopt;
  auto const document = document_of(in, report.resource, report.resource_digest, at.earlier, kept);
  auto const entry = entry_of(at.of, report, made);
  auto const sequence = add_resource_entry(in, entry, document, at.new_print());
  if (!known || known->record.state != made.after) {
    bool const moved = !known || made.after.resource_digest != known->record.state.resource_digest;
    save_resource(in, {known, made.after, moved ? document : known->document, sequence});
  }
  spend_jti(in, at.of, at.jti);
  auto how = ending_of(at.of);
  how.sequence = sequence;
  how.disposition = made.disposition;
  finish(in, at.of.delivery, how);
  record_joined(in, at.of.delivery, entry, document);
  return resource_decided{sequence, made.disposition, report.family, report.id, made.after.status, made.alert};
}

// Nothing when the event is under no consent, or under one that it agrees with; held when nobody knows that consent.
std::optional<outcome> check_consent(ledger& in, opened_delivery const& of, consent::resource_report const& report) {
  if (!report.consent_id) {
    return std::nullopt;
  }
  auto const consent = load_consent(in.db, *report.consent_id);
  // A payment may come to its end after its consent did.
  auto const gone = consent ? std::nullopt : find_tombstone(in.db, *report.consent_id);
  if (!consent && !gone) {
    return hold(in, of);
  }
  if (consent && consent->record.state.issuer != report.issuer) {
    consent::report other;
    other.consent_id = *report.consent_id;
    other.issuer = report.issuer;
    other.event_time = report.event_time;
    contest(in, *consent, other, of.delivery);
  }
  if (auto const agrees = consent::check_payment(report, consent ? consent->record.state : *gone); !agrees) {
    return put_aside(in, of, agrees.error());
  }
  return std::nullopt;
}

} // namespace

result<outcome> settle(ledger& in, resource_settlement const& event) {
  auto const delivery = find_in_inbox(in, event.delivery);
  if (!delivery) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  auto const& report = event.report;
  auto const of = opened(*delivery, event.token,
                         report.consent_id ? std::string_view(*report.consent_id) : std::string_view(), event.expired);
  auto const jti = look_up_jti(in, of);
  if (!jti) {
    return put_aside(in, of, jti.error());
  }
  if (event.expired) {
    return put_aside(in, of, {reason::expired, std::string(expired_on_receipt)});
  }
  if (auto other = check_consent(in, of, report)) {
    return std::move(*other);
  }
  auto print = fingerprint(report);
  auto const earlier = find_recorded(in, {}, report.issuer, print);
  scene const at{of, load_resource(in.db, {report.issuer, report.family, report.id}), *jti, std::move(print), earlier};
  auto const before = at.known ? std::optional(at.known->record.state) : std::nullopt;
  auto const made =
      consent::decide_resource(before, report, delivery->received, at.jti.redelivered || earlier.has_value());
  if (!made) {
    return put_aside(in, of, made.error());
  }
  return record(in, report, at, *made);
}

result<outcome> settle(ledger& in, unknown_settlement const& event) {
  auto const delivery = find_in_inbox(in, event.delivery);
  if (!delivery) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  auto const& report = event.report;
  auto const of = opened(*delivery, event.token, {}, event.expired);
  auto const jti = look_up_jti(in, of);
  if (!jti) {
    return put_aside(in, of, jti.error());
  }
  if (event.expired) {
    return put_aside(in, of, {reason::expired, std::string(expired_on_receipt)});
  }
  auto const print = fingerprint(report);
  auto const earlier = find_recorded(in, {}, report.issuer, print);
  bool const repeats = jti->redelivered || earlier;
  auto entry = entry_of(of, report.issuer, report.event_time);
  entry.type = entry_type::unknown;
  entry.disposition = repeats ? std::optional(consent::disposition::duplicate) : std::nullopt;
  entry.told = !repeats;
  entry.of_resource = resource_change{.id = report.id,
                                      .id_name = report.id_name,
                                      .what = report.what,
                                      .consent_id = {},
                                      .status = {},
                                      .previous = {},
                                      .reported = {},
                                      .reject_reason_codes = {}};
  auto const document = document_of(in, report.resource, report.resource_digest, earlier, std::nullopt);
  auto const sequence = add_resource_entry(in, entry, document, earlier ? std::string_view() : std::string_view(print));
  spend_jti(in, of, *jti);
  auto how = ending_of(of);
  how.sequence = sequence;
  how.disposition = entry.disposition;
  finish(in, *delivery, how);
  if (repeats) {
    return repeated{sequence};
  }
  in.after.decided.emplace_back("unknown");
  return passed_on{sequence};
}

} // namespace consentd::store::sqlite
