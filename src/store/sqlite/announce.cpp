#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/tombstones.hpp"

#include <utility>
#include <vector>

namespace consentd::store::sqlite {
namespace {

consent::state new_state(announcement const& asked) {
  consent::state made;
  made.consent_id = asked.consent_id;
  made.issuer = asked.issuer;
  made.kind = asked.kind;
  made.bound = consent::binding::announced;
  made.expiry = asked.expiry;
  made.base_consent_id = asked.base_consent_id;
  return made;
}

// What the announcement adds to a consent that is known: it may narrow, never widen.
consent::state narrowed(consent::state state, announcement const& asked) {
  state.bound = consent::binding::announced;
  if (asked.expiry && (!state.expiry || *asked.expiry < *state.expiry)) {
    state.expiry = asked.expiry;
  }
  if (!state.base_consent_id) {
    state.base_consent_id = asked.base_consent_id;
  }
  return state;
}

result<void> check_agrees(consent::state const& known, announcement const& asked) {
  if (known.issuer != asked.issuer) {
    return failure{reason::conflict, "the consent is bound to another issuer: " + known.issuer};
  }
  if (known.kind != asked.kind) {
    return failure{reason::conflict, "the consent is of another kind: " + std::string(consent::to_string(known.kind))};
  }
  return {};
}

std::string claims_on(consent::state const& known) {
  return "it is bound to " + known.issuer + ", and claimed by " + known.claimant.value_or("another issuer");
}

// The consent as an operator has decided: with the state that the issuer's events gave it, or afresh, since nothing
// that another issuer said of it counts.
result<consent::state> decided_for(consent::state const& known, announcement const& asked) {
  if (asked.issuer == known.issuer) {
    if (auto const agrees = check_agrees(known, asked); !agrees) {
      return agrees.error();
    }
    auto after = narrowed(known, asked);
    after.flags.contested = false;
    after.claimant.reset();
    return after;
  }
  if (asked.issuer == known.claimant) {
    return new_state(asked);
  }
  return failure{reason::conflict, "this issuer does not claim the consent: " + claims_on(known)};
}

bool changes(consent::state const& before, consent::state const& after) {
  return before.bound != after.bound || before.expiry != after.expiry ||
         before.base_consent_id != after.base_consent_id || before.flags != after.flags;
}

// A consent that was bound to another issuer keeps no resource of it.
std::optional<std::int64_t> document_of(std::optional<kept_consent> const& known, consent::state const& after) {
  return known && known->record.state.issuer == after.issuer ? known->document : std::nullopt;
}

// Adds the entry and keeps the consent; the record as it now stands, without its resource.
consent_record tell(ledger& in, std::optional<kept_consent> const& known, consent::state after, journal_entry entry) {
  auto const document = document_of(known, after);
  entry.told = true;
  auto const sequence = add_entry(in, entry, document);
  save_consent(in, {known, after, document, sequence});
  auto const created = known ? known->record.created : in.now;
  return {std::move(after), sequence, created, in.now};
}

std::string resource_of(ledger& in, std::optional<std::int64_t> document) {
  if (!document) {
    return {};
  }
  query row(in.db, "SELECT json FROM documents WHERE id = ?", *document);
  return row.step() ? std::string(row.text(0)) : std::string();
}

void note_left(journal_entry& entry, consent::state const& before) {
  if (entry.issuer != before.issuer) {
    entry.left_issuer = before.issuer;
  }
  if (entry.kind != before.kind) {
    entry.left_kind = before.kind;
  }
}

// The consent comes to stand as `after`, by the word of whoever asked, and what waited for it is released.
announced keep_announced(ledger& in, std::optional<kept_consent> const& known, consent::state after,
                         announcement const& asked) {
  auto const document = document_of(known, after);
  announced made;
  made.created = !known;
  if (known && !changes(known->record.state, after)) {
    made.consent = known->record;
  } else {
    auto entry = entry_of(after);
    entry.type = entry_type::announced;
    entry.previous = known ? known->record.state.status : std::nullopt;
    entry.uid = asked.uid;
    if (known) {
      note_left(entry, known->record.state);
    }
    made.consent = tell(in, known, std::move(after), std::move(entry));
  }
  made.consent.state.resource = resource_of(in, document);
  made.released = release(in, waits_for_consent(asked.consent_id));
  return made;
}

} // namespace

result<announced> announce(ledger& in, announcement const& asked) {
  auto const known = load_consent(in.db, asked.consent_id);
  if (!known) {
    if (find_tombstone(in.db, asked.consent_id)) {
      return failure{reason::conflict, "a consent of this id has ended, and its record was removed"};
    }
    auto after = new_state(asked);
    check_link(in.db, std::nullopt, after);
    return keep_announced(in, known, std::move(after), asked);
  }
  auto const& before = known->record.state;
  // Whoever announces may have the issuer's name from the very event that is in question.
  if (before.flags.contested) {
    return failure{reason::conflict, "the consent is contested, and an operator must decide it: " + claims_on(before)};
  }
  if (auto const agrees = check_agrees(before, asked); !agrees) {
    return agrees.error();
  }
  auto after = narrowed(before, asked);
  check_link(in.db, before.base_consent_id, after);
  return keep_announced(in, known, std::move(after), asked);
}

result<announced> bind(ledger& in, announcement const& asked) {
  auto const known = load_consent(in.db, asked.consent_id);
  if (!known) {
    return failure{reason::not_found, "no consent of this id is known"};
  }
  auto const& before = known->record.state;
  if (!before.flags.contested) {
    return announce(in, asked);
  }
  auto after = decided_for(before, asked);
  if (!after) {
    return after.error();
  }
  bool const rebound = after->issuer != before.issuer;
  check_link(in.db, rebound ? std::nullopt : before.base_consent_id, *after);
  auto made = keep_announced(in, known, *after, asked);
  if (rebound) {
    check_links_to(in, *after);
  }
  return made;
}

result<consent_record> settle_doubt(ledger& in, finding const& found) {
  auto const known = load_consent(in.db, found.consent_id);
  if (!known) {
    return failure{reason::not_found, "no consent of this id is known"};
  }
  auto after = consent::settle_doubt(known->record.state, found.ended, in.now);
  if (!after) {
    return after.error();
  }
  auto entry = entry_of(*after);
  entry.type = entry_type::doubt_settled;
  entry.previous = known->record.state.status;
  entry.uid = found.uid;
  auto made = tell(in, known, std::move(*after), std::move(entry));
  made.state.resource = resource_of(in, known->document);
  return made;
}

std::size_t lapse(ledger& in, timestamp now, std::size_t at_most) {
  std::vector<std::string> due;
  {
    query rows(in.db, "SELECT id FROM consents WHERE lapses <= ? ORDER BY lapses LIMIT ?", now, at_most);
    while (rows.step()) {
      due.emplace_back(rows.text(0));
    }
  }
  for (auto const& id : due) {
    auto const known = load_consent(in.db, id);
    auto after = known->record.state;
    after.flags.lapsed = true;
    auto entry = entry_of(after);
    entry.type = entry_type::lapsed;
    entry.previous = after.status;
    tell(in, known, std::move(after), std::move(entry));
  }
  return due.size();
}

} // namespace consentd::store::sqlite
