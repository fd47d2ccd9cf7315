#include "store/sqlite/sweep.hpp"

#include "store/sqlite/encoding.hpp"

#include <vector>

namespace consentd::store::sqlite {
namespace {

void walk(connection& on, token_kind kind, timestamp now, std::size_t rows, std::string& after) {
  std::size_t seen = 0;
  std::string last;
  std::vector<std::string> over;
  {
    query next(on, "SELECT identity, until FROM spent WHERE kind = ? AND identity > ? ORDER BY identity LIMIT ?",
               static_cast<int>(kind), blob{after}, rows);
    while (next.step()) {
      ++seen;
      last = next.bytes(0);
      if (next.time(1) < now) {
        over.push_back(last);
      }
    }
  }
  for (auto const& identity : over) {
    run(on, "DELETE FROM spent WHERE kind = ? AND identity = ?", static_cast<int>(kind), blob{identity});
  }
  after = seen < rows ? std::string() : std::move(last);
}

} // namespace

void sweep::step(connection& on, timestamp now, std::size_t rows) {
  walk(on, token_kind::bearer, now, rows, after_bearer_);
  walk(on, token_kind::event, now, rows, after_event_);
}

} // namespace consentd::store::sqlite
