#include "store/sqlite/documents.hpp"

#include "store/sqlite/connection.hpp"

#include <vector>

namespace consentd::store::sqlite {

std::int64_t add_document(ledger& in, std::string_view json) {
  run(in.db, "INSERT INTO documents (json) VALUES (?)", json);
  return in.db.last_id();
}

bool is_in_journal(connection& on, std::string_view consent_id, std::int64_t document) {
  if (consent_id.empty()) {
    query row(on, "SELECT EXISTS (SELECT 1 FROM journal WHERE document = ? AND consent_id = '')", document);
    return row.step() && row.integer(0) != 0;
  }
  query row(on, "SELECT EXISTS (SELECT 1 FROM journal WHERE consent_id = ? AND document = ?)", consent_id, document);
  return row.step() && row.integer(0) != 0;
}

void drop_replaced(ledger& in, std::string_view consent_id, std::optional<std::int64_t> before,
                   std::optional<std::int64_t> after) {
  // The entry that brought it has it, while nothing of the journal was removed.
  if (in.pruned == 0 || !before || before == after || is_in_journal(in.db, consent_id, *before)) {
    return;
  }
  run(in.db, "DELETE FROM documents WHERE id = ?", *before);
}

std::size_t erase_documents(ledger& in, std::string_view id) {
  query rows(in.db,
             "SELECT document FROM journal WHERE consent_id = ?1 AND document IS NOT NULL "
             "UNION SELECT j.document FROM resource_entries AS r JOIN journal AS j ON j.sequence = r.sequence "
             "WHERE r.consent_id = ?1 AND j.document IS NOT NULL "
             "UNION SELECT document FROM consents WHERE id = ?1 AND document IS NOT NULL "
             "UNION SELECT document FROM resources WHERE consent_id = ?1 AND document IS NOT NULL",
             id);
  std::vector<std::int64_t> documents;
  while (rows.step()) {
    documents.push_back(rows.integer(0));
  }
  run(in.db, "UPDATE journal SET document = NULL WHERE consent_id = ?", id);
  run(in.db,
      "UPDATE journal SET document = NULL WHERE sequence IN (SELECT sequence FROM resource_entries WHERE consent_id = "
      "?)",
      id);
  run(in.db, "UPDATE consents SET document = NULL WHERE id = ?", id);
  run(in.db, "UPDATE resources SET document = NULL WHERE consent_id = ?", id);
  for (auto const document : documents) {
    run(in.db, "DELETE FROM documents WHERE id = ?", document);
  }
  return documents.size();
}

} // namespace consentd::store::sqlite
