// What an event that is not applied can still make of its consent: nobody may rely on it any more.
#ifndef CONSENTD_STORE_SQLITE_DOUBT_HPP
#define CONSENTD_STORE_SQLITE_DOUBT_HPP

#include "consent/decision.hpp"
#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/ledger.hpp"

namespace consentd::store::sqlite {

// consent::doubt() and consent::contest() of a consent that is known, each recorded with an alert and told to
// subscribers where it changes anything. `known` is then no longer what the database holds. `delivery` brought the
// event, and stays where it is.
void cast_doubt(ledger& in, kept_consent const& known, consent::report const& event, inbox_row const& delivery);
void contest(ledger& in, kept_consent const& known, consent::report const& event, inbox_row const& delivery);

} // namespace consentd::store::sqlite

#endif
