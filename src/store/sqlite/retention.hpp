// Removing what is older than the settings keep it: journal, records of deliveries and operations, consents that
// ended, consumers that nothing is heard of.
#ifndef CONSENTD_STORE_SQLITE_RETENTION_HPP
#define CONSENTD_STORE_SQLITE_RETENTION_HPP

#include "base/time.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstddef>
#include <cstdint>

namespace consentd::store::sqlite {

// Goes a few rows at a time, so that no step takes long, and remembers when the next row falls due, so that a step with
// nothing to do asks the database nothing. The writer's thread alone.
class retention {
public:
  // Removes at most `rows` of each sort. Throws database_error; the transaction is the caller's, who calls forget()
  // when it did not commit.
  void step(ledger& in, std::size_t rows);
  // What was removed may be there again.
  void forget() noexcept {
    auto const consumers_due = consumers_due_; // what a failed commit left of them goes at the next walk
    *this = {};
    consumers_due_ = consumers_due;
  }

private:
  void prune_journal(ledger& in, std::size_t rows);
  void prune_deliveries(ledger& in, std::size_t rows);
  void prune_consents(ledger& in, std::size_t rows);
  void prune_operations(ledger& in, std::size_t rows);

  // Nothing is due before.
  timestamp journal_due_;
  timestamp deliveries_due_;
  timestamp consents_due_;
  timestamp operations_due_;
  timestamp consumers_due_;
  std::int64_t after_delivery_ = 0; // where the walk over old records stands: some are not to go yet
};

} // namespace consentd::store::sqlite

#endif
