#include "consent/resource.hpp"

#include "consent/ordering.hpp"

#include <utility>

namespace consentd::consent {
namespace {

// A resource that has its status has both times; the least time stands in where a store kept none, so that news counts
// as news.
timestamp status_time(resource_state const& of) noexcept {
  return of.status_time.value_or(timestamp::min());
}
timestamp event_time(resource_state const& of) noexcept {
  return of.event_time.value_or(timestamp::min());
}

// Of two live statuses of one time. Quotes have no status time of their own, so for them the two times are one, and
// the order of the list keeps the outcome from depending on which came first.
bool counts_as_later(resource_state const& current, resource_report const& event, resource_status to,
                     resource_status from) noexcept {
  if (event.event_time != event_time(current)) {
    return event.event_time > event_time(current);
  }
  return progress(current.family, to) > progress(current.family, from);
}

disposition place(resource_state const& current, resource_report const& event, resource_status to,
                  timestamp at) noexcept {
  if (!current.status) {
    return disposition::applied;
  }
  auto const from = *current.status;
  auto const since = status_time(current);
  if (to == from) {
    bool const newer = at > since || (at == since && event.event_time > event_time(current));
    return newer ? disposition::updated : disposition::stale;
  }
  // An end is final, so an older time only shows that clocks differ. Settlement with the creditor is the end of what
  // settlement with the bank has left open.
  if (is_terminal(to) && (!is_terminal(from) || may_follow_end(from, to))) {
    return at < since ? disposition::late : disposition::applied;
  }
  if (at < since) {
    return disposition::stale;
  }
  if (at == since && (is_terminal(from) || !counts_as_later(current, event, to, from))) {
    return disposition::stale;
  }
  return is_terminal(from) ? disposition::refused : disposition::applied;
}

resource_state state_of(resource_report const& event) {
  resource_state made;
  made.issuer = event.issuer;
  made.family = event.family;
  made.id = event.id;
  made.consent_id = event.consent_id;
  return made;
}

void move(resource_state& of, resource_report const& event, timestamp at) {
  of.status = event.status;
  of.status_time = at;
  of.event_time = event.event_time;
  of.reject_reason_codes = event.reject_reason_codes;
  of.resource = event.resource;
  of.resource_digest = event.resource_digest;
}

result<void> check_same(resource_state const& known, resource_report const& event) {
  if (event.issuer != known.issuer) {
    return failure{reason::issuer_mismatch, "the resource is another issuer's"};
  }
  if (event.family != known.family || event.id != known.id) {
    return failure{reason::id_mismatch, "the event is of another resource"};
  }
  // A payment does not change the consent that it was made under; the deletion of one may leave it out.
  if (event.consent_id && known.consent_id && event.consent_id != known.consent_id) {
    return failure{reason::id_mismatch, "the payment was made under another consent"};
  }
  return {};
}

bool repeats(resource_state const& current, resource_report const& event) noexcept {
  return current.status == event.status && current.status_time == event.status_time &&
         current.resource_digest == event.resource_digest;
}

resource_decision decide_deletion(resource_state known, bool recorded) {
  resource_decision made;
  made.previous = known.status;
  made.after = std::move(known);
  // As for consents, `recorded` also holds when an update with equal `Data` came before the deletion.
  if (recorded && made.after.flags.deleted) {
    made.disposition = disposition::duplicate;
    return made;
  }
  made.disposition = disposition::deleted;
  made.told = !made.after.flags.deleted;
  made.after.flags.deleted = true;
  return made;
}

} // namespace

result<resource_decision> decide_resource(std::optional<resource_state> const& before, resource_report const& event,
                                          timestamp received, bool recorded) {
  if (before) {
    if (auto const same = check_same(*before, event); !same) {
      return same.error();
    }
  }
  if (event.what == change::deleted) {
    return decide_deletion(before ? *before : state_of(event), recorded);
  }
  if (!event.status || !event.status_time || progress(event.family, *event.status) < 0) {
    return failure{reason::resource_malformed, "status or status time is missing, or the status is another family's"};
  }

  resource_decision made;
  made.after = before ? *before : state_of(event);
  made.previous = made.after.status;
  if (recorded || repeats(made.after, event)) {
    made.disposition = disposition::duplicate;
    return made;
  }
  auto const when = order(*event.status_time, received);
  made.disposition = place(made.after, event, *event.status, when.at);
  made.after.flags.clock = made.after.flags.clock || when.capped;
  made.alert = made.disposition == disposition::refused;
  if (made.disposition != disposition::stale && !made.alert) {
    made.after.flags.late = made.after.flags.late || made.disposition == disposition::late;
    move(made.after, event, when.at);
    made.told = true;
  }
  return made;
}

result<void> check_payment(resource_report const& payment, state const& of) {
  if (payment.issuer != of.issuer) {
    return failure{reason::issuer_mismatch, "the payment's consent is bound to another issuer"};
  }
  if (payment.family != resource_family::payment || payment.consent_id != of.consent_id) {
    return failure{reason::id_mismatch, "the event is of no payment under this consent"};
  }
  if (of.kind != kind::payment) {
    return failure{reason::kind_mismatch, "a payment under a consent of kind " + std::string(to_string(of.kind))};
  }
  return {};
}

} // namespace consentd::consent
