// Forgetting spent tokens once they can no longer be replayed.
#ifndef CONSENTD_STORE_SQLITE_SWEEP_HPP
#define CONSENTD_STORE_SQLITE_SWEEP_HPP

#include "base/time.hpp"
#include "store/sqlite/connection.hpp"

#include <cstddef>
#include <string>

namespace consentd::store::sqlite {

// Walks round and round through `spent` in steps, so that no step takes long and no index on the end of each is needed:
// walking a few rows for each that was added keeps what has expired to a fraction of what is there. The writer's thread
// alone.
class sweep {
public:
  // Looks at `rows` rows of each kind of token and removes those whose time was over at `before`, unless a row of the
  // inbox or the quarantine names them: what waits or is kept for a retry may be the token's second use. `before` is no
  // later than the receipt of any delivery that is still to be opened, since nobody knows yet which token that has.
  // Throws database_error; the transaction is the caller's.
  void step(connection& on, timestamp before, std::size_t rows);

private:
  std::string after_bearer_; // where the walk stands: the last identity looked at
  std::string after_event_;
};

} // namespace consentd::store::sqlite

#endif
