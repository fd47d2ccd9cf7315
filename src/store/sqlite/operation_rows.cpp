#include "store/sqlite/operation_rows.hpp"

#include <limits>
#include <optional>
#include <stdexcept>
#include <string>

namespace consentd::store::sqlite {
namespace {

operation_record read_operation(query const& row) {
  operation_record made;
  made.id = row.integer(0);
  made.recorded = row.time(1);
  made.uid = static_cast<std::uint32_t>(row.integer(2));
  auto const what = parse_operation(row.text(3));
  if (!what) {
    throw std::out_of_range("unknown operation " + std::string(row.text(3)));
  }
  made.what = *what;
  made.subject = row.text(4);
  made.detail = row.text(5);
  return made;
}

} // namespace

void note(ledger& in, operation what, std::uint32_t uid, std::string_view subject, std::string_view detail) {
  run(in.db, "INSERT INTO operations (recorded, uid, operation, subject, detail) VALUES (?, ?, ?, ?, ?)", in.now, uid,
      to_string(what), subject, detail);
  // Of each user's own: nobody pushes out what others did.
  run(in.db,
      "DELETE FROM operations WHERE uid = ?1 AND id <= (SELECT id FROM operations WHERE uid = ?1 ORDER BY id DESC "
      "LIMIT 1 OFFSET ?2)",
      uid, in.how.operation_rows);
}

void note_step(ledger& in, operation what, std::uint32_t uid, std::string_view subject, std::uint64_t from,
               std::uint64_t to) {
  std::optional<std::int64_t> same;
  auto began = std::to_string(from);
  {
    query last(in.db, "SELECT id, operation, subject, detail FROM operations WHERE uid = ? ORDER BY id DESC LIMIT 1",
               uid);
    if (last.step() && last.text(1) == to_string(what) && last.text(2) == subject) {
      same = last.integer(0);
      // "from N to M"
      auto const rest = last.text(3).substr(std::string_view("from ").size());
      began = rest.substr(0, rest.find(' '));
    }
  }
  if (same) {
    run(in.db, "DELETE FROM operations WHERE id = ?", *same);
  }
  note(in, what, uid, subject, "from " + began + " to " + std::to_string(to));
}

std::vector<operation_record> list_operations(connection& on, operation_filter const& filter, std::int64_t before,
                                              std::size_t limit) {
  std::optional<std::string_view> what;
  if (filter.what) {
    what = to_string(*filter.what);
  }
  auto const below = before > 0 ? before : std::numeric_limits<std::int64_t>::max();
  query rows(on,
             "SELECT id, recorded, uid, operation, subject, detail FROM operations WHERE id < ?1 "
             "AND (?2 IS NULL OR operation = ?2) AND (?3 IS NULL OR subject = ?3) AND (?4 IS NULL OR uid = ?4) "
             "ORDER BY id DESC LIMIT ?5",
             below, what, filter.subject, filter.uid, limit);
  std::vector<operation_record> found;
  while (rows.step()) {
    found.push_back(read_operation(rows));
  }
  return found;
}

} // namespace consentd::store::sqlite
