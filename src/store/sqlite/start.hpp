// From a path to a database that can be relied on.
#ifndef CONSENTD_STORE_SQLITE_START_HPP
#define CONSENTD_STORE_SQLITE_START_HPP

#include "base/log.hpp"
#include "base/telemetry.hpp"
#include "base/time.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/facts.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/hand.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/worklist.hpp"

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace consentd::store::sqlite {

// The inbox and the counts as the database holds them.
struct contents {
  counts count;
  std::vector<ready_delivery> pending;
  by_issuer kept_for_keys; // in quarantine
  std::uint64_t last_sequence = 0;
  std::map<std::string, std::uint64_t> consumers; // places by name
};

// What a store is built on. Its members end in the order that is needed: the lock last.
struct foundation {
  descriptor lock;
  std::unique_ptr<hand_file> marks;
  connection write;
  contents found;
};

// Takes the lock, opens, migrates; carries all that is committed into the database file and syncs it, before anything
// is built upon it; counts what the process before left in hand against it: what was in hand at two deaths goes to
// quarantine as poison. Throws std::runtime_error with one line that names the file.
foundation lay(settings const& how, clock const& now, log_sink& log, telemetry& counters,
               std::function<void()> const& still_opening);

// How long the writer waits for readers when it empties the WAL; their transactions are short.
inline constexpr int busy_ms = 100;

// More connections to the database of a foundation. Throw database_error.
connection open_for_checkpoints(std::string const& path);
connection open_for_reading(std::string const& path);

} // namespace consentd::store::sqlite

#endif
