#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/documents.hpp"
#include "store/sqlite/evidence.hpp"
#include "store/sqlite/retry.hpp"
#include "store/sqlite/tombstones.hpp"

#include <vector>

namespace consentd::store::sqlite {
namespace {

using numbers = std::vector<std::int64_t>;

numbers read_numbers(query& rows) {
  numbers found;
  while (rows.step()) {
    found.push_back(rows.integer(0));
  }
  return found;
}

// Of accepted events by the journal, of refused ones by what they claimed.
std::size_t erase_originals(ledger& in, std::string_view id) {
  query rows(in.db,
             "SELECT delivery FROM journal WHERE consent_id = ?1 AND delivery IS NOT NULL "
             "UNION SELECT j.delivery FROM resource_entries AS r JOIN journal AS j ON j.sequence = r.sequence "
             "WHERE r.consent_id = ?1 AND j.delivery IS NOT NULL "
             "UNION SELECT id FROM evidence WHERE claimed_consent = ?1",
             id);
  std::size_t erased = 0;
  for (auto const delivery : read_numbers(rows)) {
    erased += erase_evidence(in, delivery) ? 1U : 0U;
  }
  return erased;
}

// Their bodies hold the data too, encrypted to a key that is here.
std::size_t drop_quarantined_of(ledger& in, std::string_view id) {
  query rows(in.db,
             "SELECT q.id FROM quarantine AS q JOIN deliveries AS d ON d.id = q.id "
             "WHERE d.consent_id = ? AND d.reason IS NOT NULL",
             id);
  auto const quarantined = read_numbers(rows);
  for (auto const delivery : quarantined) {
    drop(in, delivery);
  }
  return quarantined.size();
}

} // namespace

result<std::optional<erased>> erase(ledger& in, std::string const& id, std::uint32_t uid) {
  auto const known = load_consent(in.db, id);
  // What came of it after it was removed is erased as well.
  auto const gone = known ? std::nullopt : find_tombstone(in.db, id);
  if (!known && !gone) {
    return std::optional<erased>();
  }
  erased made;
  made.resources = erase_documents(in, id);
  made.originals = erase_originals(in, id);
  made.quarantined = drop_quarantined_of(in, id);
  auto const& after = known ? known->record.state : *gone;
  auto entry = entry_of(after);
  entry.type = entry_type::erased;
  entry.previous = after.status;
  entry.uid = uid;
  entry.told = true; // subscribers have copies of their own
  auto const sequence = add_entry(in, entry, std::nullopt);
  if (known) {
    save_consent(in, {known, after, std::nullopt, sequence});
  }
  in.after.leave_no_trace = true;
  return std::optional(made);
}

} // namespace consentd::store::sqlite
