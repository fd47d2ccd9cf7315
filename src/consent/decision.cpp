#include "consent/decision.hpp"

#include "consent/ordering.hpp"

#include <algorithm>
#include <chrono>

namespace consentd::consent {
namespace {

// Which of two statuses of one time counts as the later one. The one that allows less wins, so that an event that came
// within the same second as the end or a suspension cannot undo it.
int rank(status value) noexcept {
  switch (value) {
  case status::awaiting_authorization:
    return 0;
  case status::authorized:
    return 1;
  case status::suspended:
    return 2;
  case status::rejected:
  case status::consumed:
  case status::expired:
  case status::revoked:
    break;
  }
  return 3;
}

// The table of contract section 6, without its first line: a consent without a status takes any.
bool in_table(status from, status to, kind of) noexcept {
  switch (from) {
  case status::awaiting_authorization:
    return to == status::authorized || to == status::rejected || to == status::revoked;
  case status::authorized:
    return to == status::suspended || to == status::expired || to == status::revoked ||
           (to == status::consumed && of == kind::payment);
  case status::suspended:
    return to == status::authorized || to == status::expired || to == status::revoked;
  case status::rejected:
  case status::consumed:
  case status::expired:
  case status::revoked:
    break;
  }
  return false;
}

// A consent that has its status has both times; the least time stands in where a store kept none, so that news counts
// as news.
timestamp status_time(state const& of) noexcept {
  return of.status_time.value_or(timestamp::min());
}
timestamp event_time(state const& of) noexcept {
  return of.event_time.value_or(timestamp::min());
}

// Does the reported status lie before the current one? At equal times their ranks say; two terminal ones have the same,
// and there the first recorded stays.
bool lies_before(status to, timestamp at, status from, timestamp since) noexcept {
  if (at != since) {
    return at < since;
  }
  return to != from && rank(to) <= rank(from);
}

// Everything that a disposition depends on once duplicates and deletions are out of the way.
disposition place(state const& current, report const& event, status to, ordering_time when) noexcept {
  if (!current.status) {
    return disposition::applied;
  }
  auto const from = *current.status;
  auto const since = status_time(current);
  // A verified end of a live consent counts whenever it is said to have happened: an end is final, so an older time
  // only shows that clocks differ, and setting it aside would leave a dead consent usable.
  bool const ends_it = is_terminal(to) && !is_terminal(from);
  if (!ends_it && lies_before(to, when.at, from, since)) {
    return disposition::stale;
  }
  // Its true time is unknown and may lie before the suspension: the time of receipt must not lift it.
  if (when.capped && to == status::authorized && from == status::suspended) {
    return disposition::stale;
  }
  if (to == from) {
    // A newer time moves even where the resource is the same: a suspension stated again counts from the later moment,
    // or an authorization from between the two would lift it.
    if (when.at > since || event.event_time > event_time(current)) {
      return disposition::updated;
    }
    return disposition::stale;
  }
  if (is_terminal(from)) {
    return disposition::refused;
  }
  if (when.at < since) {
    return disposition::late;
  }
  // Every live move to Authorized is in the table, so nothing that comes out of it as a gap makes a consent more
  // usable.
  return in_table(from, to, current.kind) ? disposition::applied : disposition::gap;
}

// The narrower expiry counts (contract section 5), whichever order two events came in. `changed` means that the newer
// of the two statements was the wider one; an event that is older than the state is on the other side of that
// comparison.
void narrow_expiry(state& of, report const& event, bool older) noexcept {
  if (!event.expiry) {
    return;
  }
  if (!of.expiry) {
    // An old event must not supply what a newer one left open: that would make the consent usable.
    if (!older) {
      of.expiry = event.expiry;
    }
    return;
  }
  bool const wider = *event.expiry > *of.expiry;
  bool const narrower = *event.expiry < *of.expiry;
  if (older ? narrower : wider) {
    of.flags.changed = true;
  }
  of.expiry = std::min(*of.expiry, *event.expiry);
}

// The same for what is permitted: only what every statement named counts, and `changed` means that the newer of two
// named a code that the other did not.
void narrow_permissions(state& of, report const& event, bool older) {
  if (!event.permissions) {
    return;
  }
  if (!of.permissions) {
    if (!older) {
      of.permissions = event.permissions;
    }
    return;
  }
  auto const& newer = older ? *of.permissions : *event.permissions;
  auto const& former = older ? *event.permissions : *of.permissions;
  if (!newer.within(former)) {
    of.flags.changed = true;
  }
  of.permissions = of.permissions->common_with(*event.permissions);
}

void narrow(state& of, report const& event, bool older) {
  narrow_expiry(of, event, older);
  narrow_permissions(of, event, older);
}

// The first base consent that was named stays: what a consent renews does not change after it is staged.
void link_base(state& of, report const& event) {
  if (!event.base_consent_id) {
    return;
  }
  if (!of.base_consent_id) {
    of.base_consent_id = event.base_consent_id;
  } else if (of.base_consent_id != event.base_consent_id) {
    of.flags.unlinked = true;
  }
}

void move(state& of, report const& event, status to, timestamp at) {
  of.status = to;
  of.status_time = at;
  of.event_time = event.event_time;
  of.resource = event.resource;
  of.resource_digest = event.resource_digest;
  narrow(of, event, false);
  link_base(of, event);
  if (to == status::revoked && event.revoked_by) {
    of.revoked_by = event.revoked_by;
  }
  if (is_terminal(to)) {
    // The doubt was whether it had ended.
    of.flags.in_doubt = false;
  }
}

state state_bound_by(report const& event, kind of) {
  state made;
  made.consent_id = event.consent_id;
  made.issuer = event.issuer;
  made.kind = of;
  made.bound = binding::by_event;
  return made;
}

// The issuer comes first: what another bank says of this consent is not even looked at.
result<void> check_binding(state const& known, report const& event) {
  if (event.issuer != known.issuer) {
    return failure{reason::issuer_mismatch, "the consent is bound to another issuer"};
  }
  if (event.kind && *event.kind != known.kind) {
    return failure{reason::kind_mismatch, "the event is of kind " + std::string(to_string(*event.kind)) +
                                              ", the consent of kind " + std::string(to_string(known.kind))};
  }
  return {};
}

bool repeats(state const& current, report const& event) noexcept {
  return current.status == event.status && current.status_time == event.status_time &&
         current.resource_digest == event.resource_digest;
}

result<decision> decide_deletion(std::optional<state> const& before, report const& event, bool recorded) {
  decision made;
  if (before) {
    made.after = *before;
  } else if (event.kind) {
    made.after = state_bound_by(event, *event.kind);
  } else {
    return failure{reason::unknown_consent, "a deletion that does not say of which kind the consent is"};
  }
  made.previous = made.after.status;
  auto& flags = made.after.flags;
  // Payments are deleted under their consent's id too, and without `Data` nobody can tell which of the two is gone.
  bool const doubtful = !event.kind && made.after.kind == kind::payment;
  bool const ended = made.after.status && is_terminal(*made.after.status);
  bool const moves = !flags.deleted && (!doubtful || (!flags.in_doubt && !ended));
  // `recorded` alone is not enough: it also holds when an update with equal `Data` came before, and then the deletion
  // is news.
  if (recorded && !moves) {
    made.disposition = disposition::duplicate;
    return made;
  }
  made.disposition = disposition::deleted;
  if (moves) {
    (doubtful ? flags.in_doubt : flags.deleted) = true;
    made.told = true;
    made.alert = doubtful;
  }
  return made;
}

} // namespace

result<decision> decide(std::optional<state> const& before, report const& event, timestamp received, bool recorded) {
  if (before) {
    if (auto const bound = check_binding(*before, event); !bound) {
      return bound.error();
    }
  }
  // Before the other dispositions, although the contract lists it last: they weigh a status that is to be applied, and
  // the one in a deletion is not. Judged by its status a deletion could be stale, and the consent would stay usable.
  if (event.what == change::deleted) {
    return decide_deletion(before, event, recorded);
  }
  if (!event.kind || !event.status || !event.status_time) {
    return failure{reason::resource_malformed, "kind, status or status time is missing"};
  }

  decision made;
  made.after = before ? *before : state_bound_by(event, *event.kind);
  made.previous = made.after.status;
  if (recorded || repeats(made.after, event)) {
    made.disposition = disposition::duplicate;
    return made;
  }
  auto const when = order(*event.status_time, received);
  made.disposition = place(made.after, event, *event.status, when);
  if (when.capped) {
    // Even where nothing else moves: the operator who wonders why finds the wrong clock here.
    made.after.flags.clock = true;
  }
  switch (made.disposition) {
  case disposition::stale:
    narrow(made.after, event, true);
    break;
  case disposition::refused:
    made.alert = true;
    break;
  case disposition::late:
    made.after.flags.late = true;
    break;
  case disposition::gap:
    made.after.flags.gap = true;
    break;
  case disposition::updated:
  case disposition::applied:
  case disposition::duplicate:
  case disposition::deleted:
    break;
  }
  if (made.disposition != disposition::stale && made.disposition != disposition::refused) {
    move(made.after, event, *event.status, when.at);
    made.told = true;
  }
  return made;
}

result<decision> decide_after_removal(state const& end, report const& event, timestamp received, bool recorded) {
  auto made = decide(end, event, received, recorded);
  if (!made) {
    return made;
  }
  switch (made->disposition) {
  case disposition::updated:
  case disposition::late:
  case disposition::applied:
  case disposition::gap:
    made->disposition = disposition::stale;
    break;
  case disposition::duplicate:
  case disposition::stale:
  case disposition::refused:
  case disposition::deleted:
    break;
  }
  made->after = end;
  made->told = false;
  return made;
}

bool may_end(report const& event) noexcept {
  return event.what == change::deleted || (event.status && is_terminal(*event.status));
}

result<state> doubt(state const& before, report const& unapplied) {
  if (auto const bound = check_binding(before, unapplied); !bound) {
    return bound.error();
  }
  state after = before;
  bool const ended = after.flags.deleted || (after.status && is_terminal(*after.status));
  if (may_end(unapplied) && !ended) {
    after.flags.in_doubt = true;
  }
  return after;
}

result<state> settle_doubt(state const& before, std::optional<status> ended, timestamp now) {
  if (!before.flags.in_doubt) {
    return failure{reason::conflict, "the consent is not in doubt"};
  }
  if (ended && !is_terminal(*ended)) {
    return failure{reason::invalid_argument,
                   "a consent does not end with the status " + std::string(to_string(*ended))};
  }
  state after = before;
  after.flags.in_doubt = false;
  if (ended) {
    after.status = ended;
    after.status_time = std::max(now, before.status_time.value_or(now));
  }
  return after;
}

state contest(state const& before, report const& event) {
  state after = before;
  if (event.issuer != before.issuer && before.bound == binding::by_event) {
    after.flags.contested = true;
    after.claimant = event.issuer;
  }
  return after;
}

std::string_view to_string(usability value) noexcept {
  switch (value) {
  case usability::usable:
    return "usable";
  case usability::unknown:
    return "unknown";
  case usability::not_authorized:
    return "not-authorized";
  case usability::expiry_unknown:
    return "expiry-unknown";
  case usability::lapsed:
    return "lapsed";
  case usability::deleted:
    return "deleted";
  case usability::in_doubt:
    return "in-doubt";
  case usability::contested:
    return "contested";
  case usability::behind:
    return "behind";
  }
  return {};
}

usability usable(std::optional<state> const& of, backlog const& behind, timestamp now, std::chrono::seconds patience) {
  if (!of || !of->status) {
    return usability::unknown;
  }
  if (*of->status != status::authorized) {
    return usability::not_authorized;
  }
  if (!of->expiry) {
    return usability::expiry_unknown;
  }
  // The flag as well: once subscribers were told of the lapse, a clock that was set back must not take it back.
  if (*of->expiry <= now || of->flags.lapsed) {
    return usability::lapsed;
  }
  if (of->flags.deleted) {
    return usability::deleted;
  }
  if (of->flags.in_doubt) {
    return usability::in_doubt;
  }
  if (of->flags.contested) {
    return usability::contested;
  }
  if (behind.issuer_waits_for_keys || (behind.oldest_unopened && now - *behind.oldest_unopened > patience)) {
    return usability::behind;
  }
  return usability::usable;
}

} // namespace consentd::consent
