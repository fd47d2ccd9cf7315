// What is left of a consent that has ended and was removed.
#ifndef CONSENTD_STORE_SQLITE_TOMBSTONES_HPP
#define CONSENTD_STORE_SQLITE_TOMBSTONES_HPP

#include "consent/decision.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/ledger.hpp"

#include <optional>
#include <string_view>

namespace consentd::store::sqlite {

// Keeps issuer, kind, status, its time and whether it was deleted, under a keyed hash of the id (contract section 6):
// who gets the database cannot tell from a tombstone which consent there was, unless they know its id.
void bury(ledger& in, consent::state const& ended);

// Nothing when no consent of this id was removed. The state has this id and what bury() kept, and nothing else.
std::optional<consent::state> find_tombstone(connection& on, std::string_view consent_id);

} // namespace consentd::store::sqlite

#endif
