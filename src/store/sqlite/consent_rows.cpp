#include "store/sqlite/consent_rows.hpp"

#include "store/sqlite/documents.hpp"
#include "store/sqlite/encoding.hpp"

#include <algorithm>
#include <vector>

namespace consentd::store::sqlite {
namespace {

std::optional<consent::status> maybe_status(query const& row, int column) {
  auto const number = row.maybe_integer(column);
  return number ? std::optional(stored_status(*number)) : std::nullopt;
}

// When the consent lapses if no event comes first: only while there is something to lapse.
std::optional<timestamp> lapses(consent::state const& of) {
  bool const ended = of.flags.deleted || of.flags.lapsed || (of.status && consent::is_terminal(*of.status));
  return ended ? std::nullopt : of.expiry;
}

void insert_consent(ledger& in, consent_change const& change) {
  auto const& state = change.after;
  run(in.db,
      "INSERT INTO consents (id, issuer, kind, bound, status, status_time, event_time, expiry, base_consent_id, "
      "revoked_by, flags, "
      "document, resource_digest, sequence, created, updated, lapses, permissions) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15, ?16, ?17)",
      std::string_view(state.consent_id), std::string_view(state.issuer), to_stored(state.kind), to_stored(state.bound),
      to_stored(state.status), state.status_time, state.event_time, state.expiry, state.base_consent_id,
      state.revoked_by, to_stored(state.flags), change.document, as_blob(state.resource_digest), change.sequence,
      in.now, lapses(state), to_stored(state.permissions));
  ++in.count.consents;
}

void update_consent(ledger& in, consent_change const& change) {
  auto const& state = change.after;
  auto const& known = change.before->record.state;
  std::string_view const id = state.consent_id;
  run(in.db,
      "UPDATE consents SET bound = ?, status_time = ?, event_time = ?, revoked_by = ?, flags = ?, document = ?, "
      "resource_digest = ?, sequence = ?, updated = ? WHERE id = ?",
      to_stored(state.bound), state.status_time, state.event_time, state.revoked_by, to_stored(state.flags),
      change.document, as_blob(state.resource_digest), change.sequence, in.now, id);
  // Columns with an index of their own: naming one in an UPDATE rewrites its index even when the value stays.
  if (state.status != known.status) {
    run(in.db, "UPDATE consents SET status = ? WHERE id = ?", to_stored(state.status), id);
  }
  if (state.expiry != known.expiry) {
    run(in.db, "UPDATE consents SET expiry = ? WHERE id = ?", state.expiry, id);
  }
  if (lapses(state) != lapses(known)) {
    run(in.db, "UPDATE consents SET lapses = ? WHERE id = ?", lapses(state), id);
  }
  if (state.permissions != known.permissions) { // seldom, and it may be long
    run(in.db, "UPDATE consents SET permissions = ? WHERE id = ?", to_stored(state.permissions), id);
  }
  if (state.claimant != known.claimant) {
    run(in.db, "UPDATE consents SET claimant = ? WHERE id = ?", state.claimant, id);
  }
  if (state.issuer != known.issuer || state.kind != known.kind) { // an operator has decided a contest
    run(in.db, "UPDATE consents SET issuer = ?, kind = ? WHERE id = ?", std::string_view(state.issuer),
        to_stored(state.kind), id);
  }
  if (state.base_consent_id != known.base_consent_id) {
    run(in.db, "UPDATE consents SET base_consent_id = ? WHERE id = ?", state.base_consent_id, id);
  }
}

// What `base` leads to, link by link, is not `id`. A chain longer than this counts as a cycle.
bool leads_back(connection& on, std::string_view id, std::string base) {
  constexpr int longest_chain = 1000;
  for (int links = 0; links < longest_chain; ++links) {
    if (base == id) {
      return true;
    }
    query next(on, "SELECT base_consent_id FROM consents WHERE id = ?", std::string_view(base));
    if (!next.step() || next.is_null(0)) {
      return false;
    }
    // The row is read before the text that it was found by changes.
    std::string found(next.text(0));
    base.swap(found);
  }
  return true;
}

bool has_many_renewals(connection& on, std::string_view base) {
  query counted(on, "SELECT count(*) FROM (SELECT 1 FROM consents WHERE base_consent_id = ? LIMIT ?)", base,
                most_renewals);
  return counted.step() && counted.integer(0) >= most_renewals;
}

std::vector<std::string> unfit_links_to(connection& on, consent::state const& base) {
  std::vector<std::string> found;
  query rows(on, "SELECT id FROM consents WHERE base_consent_id = ? AND (issuer <> ? OR kind <> ?) ORDER BY id",
             std::string_view(base.consent_id), std::string_view(base.issuer), to_stored(base.kind));
  while (rows.step()) {
    found.emplace_back(rows.text(0));
  }
  return found;
}

} // namespace

consent_record read_consent(query const& row) {
  consent_record made;
  auto& state = made.state;
  state.consent_id = row.text(0);
  state.issuer = row.text(1);
  state.kind = stored_kind(row.integer(2));
  state.bound = stored_binding(row.integer(3));
  state.status = maybe_status(row, 4);
  state.status_time = row.maybe_time(5);
  state.event_time = row.maybe_time(6);
  state.expiry = row.maybe_time(7);
  state.base_consent_id = row.maybe_text(8);
  state.revoked_by = row.maybe_text(9);
  state.flags = stored_flags(row.integer(10));
  auto const resource = row.bytes(11);
  std::copy_n(resource.begin(), std::min(resource.size(), state.resource_digest.size()), state.resource_digest.begin());
  made.sequence = static_cast<std::uint64_t>(row.integer(12));
  made.created = row.time(13);
  made.updated = row.time(14);
  state.claimant = row.maybe_text(15);
  return made;
}

std::optional<kept_consent> load_consent(connection& on, std::string_view id) {
  query row(on, join_sql<"SELECT ", consent_columns, ", c.document, c.permissions FROM consents AS c WHERE c.id = ?">(),
            id);
  if (!row.step()) {
    return std::nullopt;
  }
  kept_consent kept{read_consent(row), row.maybe_integer(consent_column_count)};
  kept.record.state.permissions = stored_permissions(row.maybe_text(consent_column_count + 1));
  return kept;
}

void save_consent(ledger& in, consent_change const& change) {
  if (change.before) {
    update_consent(in, change);
    drop_replaced(in, change.after.consent_id, change.before->document, change.document);
  } else {
    insert_consent(in, change);
    check_links_to(in, change.after);
  }
}

journal_entry entry_of(consent::state const& after) {
  journal_entry made;
  made.consent_id = after.consent_id;
  made.issuer = after.issuer;
  made.kind = after.kind;
  made.status = after.status;
  made.status_time = after.status_time;
  made.event_time = after.event_time;
  made.expiry = after.expiry;
  made.revoked_by = after.revoked_by;
  made.flags = after.flags;
  return made;
}

std::uint64_t add_entry(ledger& in, journal_entry const& entry, std::optional<std::int64_t> document,
                        std::string_view print) {
  auto const fingerprint = print.empty() ? std::nullopt : std::optional(blob{print});
  // Readers look for times by halving the journal, so `recorded` ascends whatever the clock did before this start. The
  // ledger's own time does not follow: what is too old to keep is told by a clock that has been put right.
  run(in.db,
      "INSERT INTO journal (type, recorded, consent_id, issuer, kind, disposition, status, previous, reported, "
      "status_time, "
      "event_time, expiry, revoked_by, flags, document, told, alert, delivery, interaction_id, uid, fingerprint, "
      "left_issuer, left_kind) VALUES (?, max(?, ifnull((SELECT recorded FROM journal ORDER BY sequence DESC LIMIT 1), "
      "0)), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      to_stored(entry.type), in.now, std::string_view(entry.consent_id), std::string_view(entry.issuer),
      entry.of_resource ? 0 : to_stored(entry.kind), to_stored(entry.disposition), to_stored(entry.status),
      to_stored(entry.previous), to_stored(entry.reported), entry.status_time, entry.event_time, entry.expiry,
      entry.revoked_by, to_stored(entry.flags), document, entry.told, entry.alert, entry.delivery,
      std::string_view(entry.interaction_id), entry.uid, fingerprint, entry.left_issuer, to_stored(entry.left_kind));
  in.after.last_sequence = static_cast<std::uint64_t>(in.db.last_id());
  return in.after.last_sequence;
}

void check_link(connection& on, std::optional<std::string> const& linked_before, consent::state& after) {
  if (!after.base_consent_id || after.base_consent_id == linked_before) {
    return;
  }
  bool unfit =
      leads_back(on, after.consent_id, *after.base_consent_id) || has_many_renewals(on, *after.base_consent_id);
  if (!unfit) {
    query base(on, "SELECT issuer, kind FROM consents WHERE id = ?", std::string_view(*after.base_consent_id));
    unfit = base.step() && (base.text(0) != after.issuer || base.integer(1) != to_stored(after.kind));
  }
  if (unfit) {
    after.base_consent_id = linked_before;
    after.flags.unlinked = true;
  }
}

void check_links_to(ledger& in, consent::state const& made) {
  for (auto const& id : unfit_links_to(in.db, made)) {
    auto const known = load_consent(in.db, id);
    auto after = known->record.state;
    after.base_consent_id.reset();
    after.flags.unlinked = true;
    auto entry = entry_of(after);
    entry.type = entry_type::unlinked;
    entry.previous = after.status;
    entry.told = true;
    auto const sequence = add_entry(in, entry, known->document);
    save_consent(in, {known, after, known->document, sequence});
  }
}

} // namespace consentd::store::sqlite
