// From a path to a database that can be relied on.
#ifndef CONSENTD_STORE_SQLITE_START_HPP
#define CONSENTD_STORE_SQLITE_START_HPP

#include "base/log.hpp"
#include "base/time.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/facts.hpp"
#include "store/sqlite/hand.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/worklist.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::store::sqlite {

// Connections for each purpose, with its pragmas.
connection open_for_writing(std::string const& path);
connection open_for_checkpoints(std::string const& path);
connection open_for_reading(std::string const& path);

// All that is committed goes to the database file and is synced, before anything is built upon it. Throws std::runtime_error.
void settle_wal(connection& on);

// What the process before left in hand is counted against it, and what was in hand at two deaths goes to quarantine as poison, all
// in one transaction. Held deliveries are released when `how` no longer holds any. `left`: what the marks said.
struct recovered {
  std::uint64_t run = 0;                   // of this process
  std::vector<std::int64_t> quarantined;   // as poison
};
recovered recover(connection& on, settings const& how, timestamp now, left_in_hand const& left);

// The inbox and the counts as the database holds them.
struct contents {
  counts count;
  std::vector<ready_delivery> pending;
  std::map<std::string, std::uint64_t> waiting_for_keys; // by issuer
  std::uint64_t last_sequence = 0;
};
contents read_contents(connection& on, bool clean_stop);

} // namespace consentd::store::sqlite

#endif
