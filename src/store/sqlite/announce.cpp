#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/inbox_writes.hpp"

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
    return failure{reason::conflict, "the consent is known with issuer " + known.issuer};
  }
  if (known.kind != asked.kind) {
    return failure{reason::conflict, "the consent is known with kind " + std::string(consent::to_string(known.kind))};
  }
  return {};
}

bool changes(consent::state const& before, consent::state const& after) {
  return before.bound != after.bound || before.expiry != after.expiry ||
         before.base_consent_id != after.base_consent_id || before.flags != after.flags;
}

// Adds the entry and keeps the consent; the record as it now stands, without its resource.
consent_record tell(ledger& in, std::optional<kept_consent> const& known, consent::state after, journal_entry entry) {
  auto const document = known ? known->document : std::nullopt;
  entry.told = true;
  auto const sequence = add_entry(in, entry, document);
  save_consent(in, {known, after, document, sequence});
  auto const created = known ? known->record.created : in.now;
  return {std::move(after), sequence, created, in.now};
}

std::string resource_of(ledger& in, std::optional<kept_consent> const& known) {
  if (!known || !known->document) {
    return {};
  }
  query row(in.db, "SELECT json FROM documents WHERE id = ?", *known->document);
  return row.step() ? std::string(row.text(0)) : std::string();
}

} // namespace

result<announced> announce(ledger& in, announcement const& asked) {
  auto const known = load_consent(in.db, asked.consent_id);
  if (known) {
    if (auto const agrees = check_agrees(known->record.state, asked); !agrees) {
      return agrees.error();
    }
  }
  auto after = known ? narrowed(known->record.state, asked) : new_state(asked);
  check_link(in.db, known ? known->record.state.base_consent_id : std::nullopt, after);

  announced made;
  made.created = !known;
  if (known && !changes(known->record.state, after)) {
    made.consent = known->record;
  } else {
    auto entry = entry_of(after);
    entry.type = entry_type::announced;
    entry.previous = after.status;
    entry.uid = asked.uid;
    made.consent = tell(in, known, std::move(after), std::move(entry));
  }
  made.consent.state.resource = resource_of(in, known);
  made.released = release(in, waits_for_consent(asked.consent_id));
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
