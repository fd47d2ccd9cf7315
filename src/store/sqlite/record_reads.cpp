#include "store/sqlite/columns.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/reads.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// A name that this version does not know, of a reason that came later, is shown as what every failure of an unknown
// sort is.
reason reason_named(std::string_view name) {
  return parse_reason(name).value_or(reason::storage);
}

constexpr sql_part quarantine_columns = "q.id, q.reason, d.detail, d.received, d.finished, d.interaction_id, d.issuer, "
                                        "d.consent_id, q.attempts, q.bytes";
constexpr sql_part quarantine_tables = " FROM quarantine AS q JOIN deliveries AS d ON d.id = q.id";
constexpr int quarantine_column_count = 10;

// From those columns, in their order; so below.
quarantine_entry read_quarantined(query const& row) {
  quarantine_entry made;
  made.id = row.integer(0);
  made.why = {reason_named(row.text(1)), std::string(row.text(2))};
  made.received = row.time(3);
  made.recorded = row.time(4);
  made.interaction_id = row.text(5);
  made.issuer = row.text(6);
  made.consent_id = row.text(7);
  made.attempts = static_cast<std::uint32_t>(row.integer(8));
  made.body_bytes = static_cast<std::uint64_t>(row.integer(9));
  return made;
}

constexpr sql_part waiting_columns = "id, interaction_id, received, waits_for, opened + deaths";

delivery_record read_waiting(query const& row) {
  delivery_record made;
  made.id = row.integer(0);
  made.interaction_id = row.text(1);
  made.received = row.time(2);
  made.state = delivery_state::pending;
  if (!row.is_null(3)) {
    auto const waits = stored_waiting(row.text(3));
    made.state = waits.why;
    made.waits_for = waits.what;
  }
  made.attempts = static_cast<std::uint32_t>(row.integer(4));
  return made;
}

constexpr sql_part finished_columns =
    "id, interaction_id, received, finished, sequence, disposition, reason, detail, issuer, consent_id, jwe_kid, "
    "jws_kid, attempts, repeats, EXISTS (SELECT 1 FROM quarantine WHERE quarantine.id = deliveries.id)";

delivery_record read_finished(query const& row) {
  delivery_record made;
  made.id = row.integer(0);
  made.interaction_id = row.text(1);
  made.received = row.time(2);
  made.finished = row.time(3);
  if (auto const sequence = row.maybe_integer(4)) {
    made.sequence = static_cast<std::uint64_t>(*sequence);
  }
  if (auto const number = row.maybe_integer(5)) {
    made.disposition = stored_disposition(*number);
  }
  made.state = delivery_state::decided;
  if (!row.is_null(6)) {
    made.state = row.integer(14) != 0 ? delivery_state::quarantined : delivery_state::dropped;
    made.why = reason_named(row.text(6));
  }
  made.detail = row.text(7);
  made.issuer = row.text(8);
  made.consent_id = row.text(9);
  made.jwe_kid = row.text(10);
  made.jws_kid = row.text(11);
  made.attempts = static_cast<std::uint32_t>(row.integer(12));
  made.repeats = row.maybe_integer(13);
  return made;
}

} // namespace

std::vector<pending_delivery> read_pending(connection& on, std::vector<std::int64_t> const& picked) {
  snapshot const now(on);
  std::vector<pending_delivery> found;
  found.reserve(picked.size());
  for (auto const id : picked) {
    query row(
        on,
        "SELECT i.interaction_id, i.received, b.body FROM inbox AS i JOIN bodies AS b ON b.id = i.id WHERE i.id = ?",
        id);
    if (row.step()) {
      found.push_back({id, std::string(row.text(0)), row.time(1), std::string(row.bytes(2))});
    }
  }
  return found;
}

std::vector<quarantine_entry> list_quarantined(connection& on, std::optional<reason> why, std::int64_t before,
                                               std::size_t limit) {
  auto const below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  std::vector<quarantine_entry> found;
  auto const read_all = [&found](query& rows) {
    while (rows.step()) {
      found.push_back(read_quarantined(rows));
    }
  };
  if (why) {
    query rows(on,
               join_sql<"SELECT ", quarantine_columns, quarantine_tables,
                        " WHERE q.reason = ? AND q.id < ? ORDER BY q.id DESC LIMIT ?">(),
               to_string(*why), below, limit);
    read_all(rows);
  } else {
    query rows(
        on, join_sql<"SELECT ", quarantine_columns, quarantine_tables, " WHERE q.id < ? ORDER BY q.id DESC LIMIT ?">(),
        below, limit);
    read_all(rows);
  }
  return found;
}

std::optional<quarantine_entry> find_quarantined(connection& on, std::int64_t id) {
  query row(on,
            join_sql<"SELECT ", quarantine_columns, ", b.body", quarantine_tables,
                     " JOIN bodies AS b ON b.id = q.id WHERE q.id = ?">(),
            id);
  if (!row.step()) {
    return std::nullopt;
  }
  auto found = read_quarantined(row);
  found.body = row.bytes(quarantine_column_count);
  return found;
}

std::vector<delivery_record> find_deliveries(connection& on, std::string const& interaction_id, std::size_t limit) {
  snapshot const now(on);
  std::vector<delivery_record> found;
  {
    query rows(on,
               join_sql<"SELECT ", finished_columns, " FROM deliveries WHERE interaction_id = ? ORDER BY id LIMIT ?">(),
               std::string_view(interaction_id), limit);
    while (rows.step()) {
      found.push_back(read_finished(rows));
    }
  }
  query rows(on, join_sql<"SELECT ", waiting_columns, " FROM inbox WHERE interaction_id = ? ORDER BY id LIMIT ?">(),
             std::string_view(interaction_id), limit);
  while (rows.step()) {
    found.push_back(read_waiting(rows));
  }
  std::sort(found.begin(), found.end(), [](auto const& a, auto const& b) { return a.id < b.id; });
  if (found.size() > limit) {
    found.resize(limit);
  }
  return found;
}

std::optional<delivery_record> find_delivery(connection& on, std::int64_t id) {
  snapshot const now(on);
  {
    query row(on, join_sql<"SELECT ", finished_columns, " FROM deliveries WHERE id = ?">(), id);
    if (row.step()) {
      return read_finished(row);
    }
  }
  query row(on, join_sql<"SELECT ", waiting_columns, " FROM inbox WHERE id = ?">(), id);
  if (!row.step()) {
    return std::nullopt;
  }
  return read_waiting(row);
}

} // namespace consentd::store::sqlite
