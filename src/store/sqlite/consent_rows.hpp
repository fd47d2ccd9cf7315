// Rows of `consents` and `journal`, read and written.
#ifndef CONSENTD_STORE_SQLITE_CONSENT_ROWS_HPP
#define CONSENTD_STORE_SQLITE_CONSENT_ROWS_HPP

#include "consent/decision.hpp"
#include "store/records.hpp"
#include "store/sqlite/columns.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/ledger.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::store::sqlite {

// The columns that read_consent() expects, in its order, from `consents AS c`.
inline constexpr sql_part consent_columns = "c.id, c.issuer, c.kind, c.bound, c.status, c.status_time, "
                                            "c.event_time, c.expiry, c.base_consent_id, c.revoked_by, c.flags, "
                                            "c.resource_digest, c.sequence, c.created, c.updated, c.claimant";
inline constexpr int consent_column_count = 16;

// Without the resource.
consent_record read_consent(query const& row);

// A consent as the writer meets it. The resource stays in the database: `record.state.resource` is empty.
struct kept_consent {
  consent_record record;
  std::optional<std::int64_t> document; // its resource
};
std::optional<kept_consent> load_consent(connection& on, std::string_view id);

// What to keep of a consent: made new when `before` is empty.
struct consent_change {
  std::optional<kept_consent> const& before;
  consent::state const& after;
  std::optional<std::int64_t> document;
  std::uint64_t sequence = 0;
};
void save_consent(ledger& in, consent_change const& change);

// An entry of the journal from the state after it. Type, told, alert and what only some have are for the caller to set.
journal_entry entry_of(consent::state const& after);
// Adds it; `resource`, `sequence` and `recorded` are ignored. `print` (encoding.hpp) may be empty.
std::uint64_t add_entry(ledger& in, journal_entry const& entry, std::optional<std::int64_t> document,
                        std::string_view print = {});

// How many consents may name one base. All of them may have to be unlinked in one transaction.
inline constexpr int most_renewals = 1000;
// `base_consent_id` of a state that names a new one stays only if it is no cycle, not named by too many already, and of
// the same issuer and kind where it is known; otherwise the flag is set (contract section 5).
void check_link(connection& on, std::optional<std::string> const& linked_before, consent::state& after);
// The same for consents that named this one before it was known, or another's. Each has its entry in the journal.
void check_links_to(ledger& in, consent::state const& made);

} // namespace consentd::store::sqlite

#endif
