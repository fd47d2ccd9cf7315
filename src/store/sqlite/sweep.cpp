#include "store/sqlite/sweep.hpp"

#include "store/sqlite/encoding.hpp"

#include <vector>

namespace consentd::store::sqlite {
namespace {

struct spent_row {
  std::string identity;
  std::int64_t delivery = 0;
};

// A row that can still come to be accepted names the token: a bearer token by its delivery, an event's token by what
// the row knows of its event. What is recorded of finished deliveries does not count: nothing of it is judged again.
bool is_named(connection& on, token_kind kind, spent_row const& token) {
  if (kind == token_kind::bearer) {
    query by(on, "SELECT EXISTS (SELECT 1 FROM inbox WHERE id = ?1) OR EXISTS (SELECT 1 FROM quarantine WHERE id = ?1)",
             token.delivery);
    return by.step() && by.integer(0) != 0;
  }
  query by(on,
           "SELECT EXISTS (SELECT 1 FROM inbox WHERE event = ?1) OR EXISTS (SELECT 1 FROM quarantine WHERE event = ?1)",
           blob{token.identity});
  return by.step() && by.integer(0) != 0;
}

void walk(connection& on, token_kind kind, timestamp before, std::size_t rows, std::string& after) {
  std::size_t seen = 0;
  std::string last;
  std::vector<spent_row> over;
  {
    query next(on,
               "SELECT identity, until, delivery FROM spent WHERE kind = ? AND identity > ? ORDER BY identity LIMIT ?",
               static_cast<int>(kind), blob{after}, rows);
    while (next.step()) {
      ++seen;
      last = next.bytes(0);
      if (next.time(1) < before) {
        over.push_back({last, next.integer(2)});
      }
    }
  }
  for (auto const& token : over) {
    if (!is_named(on, kind, token)) {
      run(on, "DELETE FROM spent WHERE kind = ? AND identity = ?", static_cast<int>(kind), blob{token.identity});
    }
  }
  after = seen < rows ? std::string() : std::move(last);
}

} // namespace

void sweep::step(connection& on, timestamp before, std::size_t rows) {
  walk(on, token_kind::bearer, before, rows, after_bearer_);
  walk(on, token_kind::event, before, rows, after_event_);
}

} // namespace consentd::store::sqlite
