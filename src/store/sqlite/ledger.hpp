// What the members of a group of writes work on.
#ifndef CONSENTD_STORE_SQLITE_LEDGER_HPP
#define CONSENTD_STORE_SQLITE_LEDGER_HPP

#include "base/time.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/facts.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/worklist.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::store::sqlite {

// A durable consumer's place, or that it is gone.
struct consumer_effect {
  std::string name;
  std::optional<std::uint64_t> place;
};

// What becomes true outside the database once the group is on disk, in order.
struct effects {
  std::vector<inbox_change> inbox;
  std::vector<std::string_view> decided;     // names for the counters: literals
  std::vector<std::string_view> quarantined; // likewise
  std::vector<timestamp> finished;           // times of receipt of deliveries that came to their outcome
  std::vector<consumer_effect> consumers;
  bool leave_no_trace = false;     // the WAL may hold what was erased: it is emptied at once
  std::uint64_t last_sequence = 0; // of the newest journal entry added; 0: none
  std::uint64_t pruned = 0;        // of the newest one that was removed; 0: none
};

// A member that must leave nothing behind is rolled back here as well as in the database.
struct ledger_mark {
  counts count;
  std::size_t inbox = 0;
  std::size_t decided = 0;
  std::size_t quarantined = 0;
  std::size_t finished = 0;
  std::size_t consumers = 0;
  std::uint64_t last_sequence = 0;
};

// Used by the writer's thread alone.
struct ledger {
  connection& db;
  settings const& how;
  timestamp now; // one for the whole group, never before that of an earlier one
  counts count;  // as they will be after the commit
  effects after;
  std::size_t spent = 0;    // rows added to `spent`: so much is swept away in return
  std::uint64_t pruned = 0; // journal entries up to and with this one are gone

  ledger_mark mark() const {
    return {count,
            after.inbox.size(),
            after.decided.size(),
            after.quarantined.size(),
            after.finished.size(),
            after.consumers.size(),
            after.last_sequence};
  }
  void rewind(ledger_mark const& to) {
    count = to.count;
    after.inbox.resize(to.inbox);
    after.decided.resize(to.decided);
    after.quarantined.resize(to.quarantined);
    after.finished.resize(to.finished);
    after.consumers.resize(to.consumers);
    after.last_sequence = to.last_sequence;
  }
};

} // namespace consentd::store::sqlite

#endif
