#include "store/sqlite/resource_rows.hpp"

#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/documents.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/reads.hpp"

#include <algorithm>
#include <stdexcept>

namespace consentd::store::sqlite {
namespace {

constexpr int document_column = 10;
constexpr int json_column = 11;

// With what find_resource() and load_resource() both need; the resource itself in the last column.
resource_record read_record(query const& row, resource_key const& key) {
  resource_record made;
  auto& state = made.state;
  state.issuer = key.issuer;
  state.family = key.family;
  state.id = key.id;
  state.consent_id = row.maybe_text(0);
  state.status = stored_resource_status(row.maybe_text(1));
  state.status_time = row.maybe_time(2);
  state.event_time = row.maybe_time(3);
  state.reject_reason_codes = stored_codes(row.text(4));
  state.flags = stored_resource_flags(row.integer(5));
  auto const resource = row.bytes(6);
  std::copy_n(resource.begin(), std::min(resource.size(), state.resource_digest.size()), state.resource_digest.begin());
  made.sequence = static_cast<std::uint64_t>(row.integer(7));
  made.created = row.time(8);
  made.updated = row.time(9);
  return made;
}

} // namespace

std::optional<kept_resource> load_resource(connection& on, resource_key const& key) {
  query row(
      on,
      "SELECT consent_id, status, status_time, event_time, reject_reason_codes, flags, resource_digest, sequence, "
      "created, updated, document FROM resources WHERE issuer = ? AND family = ? AND id = ?",
      std::string_view(key.issuer), to_stored(key.family), std::string_view(key.id));
  if (!row.step()) {
    return std::nullopt;
  }
  return kept_resource{read_record(row, key), row.maybe_integer(document_column)};
}

std::optional<resource_record> find_resource(connection& on, resource_key const& key) {
  query row(on,
            "SELECT r.consent_id, r.status, r.status_time, r.event_time, r.reject_reason_codes, r.flags, "
            "r.resource_digest, r.sequence, r.created, r.updated, r.document, d.json FROM resources AS r LEFT JOIN "
            "documents AS d ON d.id = r.document WHERE r.issuer = ? AND r.family = ? AND r.id = ?",
            std::string_view(key.issuer), to_stored(key.family), std::string_view(key.id));
  if (!row.step()) {
    return std::nullopt;
  }
  auto made = read_record(row, key);
  made.state.resource = row.text(json_column);
  return made;
}

void save_resource(ledger& in, resource_to_keep const& change) {
  auto const& state = change.after;
  auto const codes = to_stored(state.reject_reason_codes);
  auto const created = change.before ? change.before->record.created : in.now;
  run(in.db,
      "INSERT INTO resources (issuer, family, id, consent_id, status, status_time, event_time, reject_reason_codes, "
      "flags, document, resource_digest, sequence, created, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT (issuer, family, id) DO UPDATE SET consent_id = excluded.consent_id, status = excluded.status, "
      "status_time = excluded.status_time, event_time = excluded.event_time, reject_reason_codes = "
      "excluded.reject_reason_codes, flags = excluded.flags, document = excluded.document, resource_digest = "
      "excluded.resource_digest, sequence = excluded.sequence, updated = excluded.updated",
      std::string_view(state.issuer), to_stored(state.family), std::string_view(state.id), state.consent_id,
      to_stored(state.status), state.status_time, state.event_time, std::string_view(codes), to_stored(state.flags),
      change.document, as_blob(state.resource_digest), change.sequence, created, in.now);
  if (change.before) {
    drop_replaced(in, {}, change.before->document, change.document);
  }
}

std::uint64_t add_resource_entry(ledger& in, journal_entry const& entry, std::optional<std::int64_t> document,
                                 std::string_view print) {
  auto const sequence = add_entry(in, entry, document, print);
  auto const& of = entry.of_resource.value();
  auto const codes = to_stored(of.reject_reason_codes);
  run(in.db,
      "INSERT INTO resource_entries (sequence, id, id_name, change, consent_id, status, previous, reported, "
      "reject_reason_codes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      sequence, std::string_view(of.id), std::string_view(of.id_name), to_stored(of.what), of.consent_id,
      to_stored(of.status), to_stored(of.previous), to_stored(of.reported), std::string_view(codes));
  return sequence;
}

resource_change read_resource_change(connection& on, std::int64_t sequence) {
  query row(on,
            "SELECT id, id_name, change, consent_id, status, previous, reported, reject_reason_codes FROM "
            "resource_entries WHERE sequence = ?",
            sequence);
  if (!row.step()) {
    throw std::out_of_range("holds no resource beside an entry that is about one");
  }
  resource_change made;
  made.id = row.text(0);
  made.id_name = row.text(1);
  made.what = stored_change(row.integer(2));
  made.consent_id = row.maybe_text(3);
  made.status = stored_resource_status(row.maybe_text(4));
  made.previous = stored_resource_status(row.maybe_text(5));
  made.reported = stored_resource_status(row.maybe_text(6));
  made.reject_reason_codes = stored_codes(row.text(7));
  return made;
}

} // namespace consentd::store::sqlite
