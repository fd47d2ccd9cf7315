#include "store/sqlite/columns.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/resource_rows.hpp"

#include <queue>

namespace consentd::store::sqlite {
namespace {

// Entries looked through in one go: bounds the time of a read that meets none that subscribers are told.
constexpr std::uint64_t most_entries_examined = 10000;
// Resources that one page carries: it ends with the entry that comes to more. A reader that stalls holds one page, and
// there are hundreds of readers.
constexpr std::size_t most_bytes = std::size_t{256} * 1024;

consent::flags flags_of(query const& row, int column) {
  return stored_flags(row.integer(column));
}

std::optional<consent::status> maybe_status(query const& row, int column) {
  auto const number = row.maybe_integer(column);
  return number ? std::optional(stored_status(*number)) : std::nullopt;
}

bool about_consent(entry_type type) noexcept {
  return type != entry_type::unknown && !family_of(type);
}

// From the columns of `entry_sql`, in its order.
journal_entry read_entry(query const& row) {
  journal_entry made;
  made.sequence = static_cast<std::uint64_t>(row.integer(0));
  made.type = stored_entry_type(row.integer(1));
  made.recorded = row.time(2);
  made.consent_id = row.text(3);
  made.issuer = row.text(4);
  if (about_consent(made.type)) {
    made.kind = stored_kind(row.integer(5));
  }
  if (auto const number = row.maybe_integer(6)) {
    made.disposition = stored_disposition(*number);
  }
  made.status = maybe_status(row, 7);
  made.previous = maybe_status(row, 8);
  made.reported = maybe_status(row, 9);
  made.status_time = row.maybe_time(10);
  made.event_time = row.maybe_time(11);
  made.expiry = row.maybe_time(12);
  made.revoked_by = row.maybe_text(13);
  made.flags = flags_of(row, 14);
  made.told = row.integer(15) != 0;
  made.alert = row.integer(16) != 0;
  made.delivery = row.maybe_integer(17);
  made.interaction_id = row.text(18);
  if (auto const uid = row.maybe_integer(19)) {
    made.uid = static_cast<std::uint32_t>(*uid);
  }
  made.left_issuer = row.maybe_text(20);
  if (auto const kind = row.maybe_integer(21)) {
    made.left_kind = stored_kind(*kind);
  }
  made.resource = row.text(22);
  return made;
}

// In the order of the reader above, which has the resource behind them.
constexpr sql_part entry_columns =
    "j.sequence, j.type, j.recorded, j.consent_id, j.issuer, j.kind, j.disposition, j.status, j.previous, j.reported, "
    "j.status_time, j.event_time, j.expiry, j.revoked_by, j.flags, j.told, j.alert, j.delivery, j.interaction_id, "
    "j.uid, "
    "j.left_issuer, j.left_kind";

constexpr sql entry_sql =
    join_sql<"SELECT ", entry_columns,
             ", d.json FROM journal AS j LEFT JOIN documents AS d ON d.id = j.document WHERE j.sequence = ?">();

constexpr sql entry_without_resource_sql =
    join_sql<"SELECT ", entry_columns, ", NULL FROM journal AS j WHERE j.sequence = ?">();

journal_entry find_entry(connection& on, sql how, std::int64_t sequence) {
  query row(on, how, sequence);
  if (!row.step()) {
    return {};
  }
  auto made = read_entry(row);
  if (!about_consent(made.type)) {
    made.of_resource = read_resource_change(on, sequence);
  }
  return made;
}

} // namespace

std::vector<journal_entry> history(connection& on, std::string const& consent_id, std::uint64_t after,
                                   std::size_t limit) {
  snapshot const now(on);
  std::priority_queue<std::int64_t> lowest; // no more of them than are asked for, however many there are
  {
    // The index orders a consent's entries by what they say, not by number; both columns are in it, so no row is
    // touched.
    query rows(on, "SELECT sequence FROM journal WHERE consent_id = ? AND sequence > ?", std::string_view(consent_id),
               after);
    while (rows.step()) {
      lowest.push(rows.integer(0));
      if (lowest.size() > limit) {
        lowest.pop();
      }
    }
  }
  std::vector<journal_entry> found(lowest.size());
  for (auto one = found.rbegin(); one != found.rend(); ++one) {
    *one = find_entry(on, entry_without_resource_sql, lowest.top());
    lowest.pop();
  }
  return found;
}

journal_page read_journal(connection& on, std::uint64_t after, std::size_t limit) {
  snapshot const now(on);
  journal_page page;
  page.examined = after;
  query rows(on, "SELECT sequence, told FROM journal WHERE sequence > ? ORDER BY sequence LIMIT ?", after,
             most_entries_examined);
  std::size_t bytes = 0;
  while (page.entries.size() < limit && bytes < most_bytes && rows.step()) {
    page.examined = static_cast<std::uint64_t>(rows.integer(0));
    if (rows.integer(1) != 0) {
      page.entries.push_back(find_entry(on, entry_sql, rows.integer(0)));
      bytes += page.entries.back().resource.size();
    }
  }
  return page;
}

std::int64_t first_entry_after(connection& on, timestamp when) {
  std::int64_t low = 0;
  std::int64_t high = 0;
  {
    query last(on, "SELECT ifnull(max(sequence), 0) FROM journal");
    high = (last.step() ? last.integer(0) : 0) + 1;
  }
  while (low < high) {
    auto const middle = low + (high - low) / 2;
    query next(on, "SELECT recorded FROM journal WHERE sequence >= ? ORDER BY sequence LIMIT 1", middle);
    if (!next.step() || next.time(0) > when) {
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  return low;
}

} // namespace consentd::store::sqlite
