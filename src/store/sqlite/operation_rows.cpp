#include "store/sqlite/operation_rows.hpp"

#include <limits>
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
