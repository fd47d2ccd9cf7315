#include "store/sqlite/retention.hpp"

#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/consumer_rows.hpp"
#include "store/sqlite/documents.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/tombstones.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace consentd::store::sqlite {
namespace {

// Records that were too old but could not go are looked at again, and who was not heard of.
constexpr std::chrono::hours next_walk{1};

struct old_entry {
  std::int64_t sequence = 0;
  std::string consent_id; // empty: about a resource
  std::string issuer;
  entry_type type{};
  std::optional<std::int64_t> document;
};

bool stands_in_consent(connection& on, old_entry const& entry) {
  query row(on, "SELECT EXISTS (SELECT 1 FROM consents WHERE id = ? AND document = ?)",
            std::string_view(entry.consent_id), entry.document);
  return row.step() && row.integer(0) != 0;
}

bool stands_in_resource(connection& on, old_entry const& entry, consent::resource_family family) {
  query row(on,
            "SELECT EXISTS (SELECT 1 FROM resource_entries AS e JOIN resources AS r ON r.id = e.id "
            "WHERE e.sequence = ? AND r.issuer = ? AND r.family = ? AND r.document = ?)",
            entry.sequence, std::string_view(entry.issuer), to_stored(family), entry.document);
  return row.step() && row.integer(0) != 0;
}

// Where its consent or its resource stands now.
bool stands(connection& on, old_entry const& entry) {
  if (!entry.consent_id.empty()) {
    return stands_in_consent(on, entry);
  }
  auto const family = family_of(entry.type);
  return family && stands_in_resource(on, entry, *family);
}

void remove(ledger& in, old_entry const& entry) {
  bool const needed = entry.document && stands(in.db, entry);
  if (entry.consent_id.empty()) {
    run(in.db, "DELETE FROM resource_entries WHERE sequence = ?", entry.sequence);
  }
  run(in.db, "DELETE FROM journal WHERE sequence = ?", entry.sequence);
  if (entry.document && !needed && !is_in_journal(in.db, entry.consent_id, *entry.document)) {
    run(in.db, "DELETE FROM documents WHERE id = ?", entry.document);
  }
}

// The payments that were made under it go with it.
void remove(ledger& in, consent::state const& ended) {
  std::string_view const id = ended.consent_id;
  erase_documents(in, id);
  run(in.db, "DELETE FROM resources WHERE consent_id = ?", id);
  run(in.db, "DELETE FROM consents WHERE id = ?", id);
  --in.count.consents;
  bury(in, ended);
}

} // namespace

void retention::step(ledger& in, std::size_t rows) {
  if (in.now >= journal_due_) {
    prune_journal(in, rows);
  }
  if (in.now >= deliveries_due_) {
    prune_deliveries(in, rows);
  }
  if (in.now >= consents_due_) {
    prune_consents(in, rows);
  }
  if (in.now >= operations_due_) {
    prune_operations(in, rows);
  }
  if (consumers_due_ == timestamp()) {
    // While the daemon was away it heard of nobody: whoever follows a consumer is to come back first.
    consumers_due_ = in.now + next_walk;
  } else if (in.now >= consumers_due_) {
    forget_consumers(in);
    consumers_due_ = in.now + next_walk;
  }
}

void retention::prune_journal(ledger& in, std::size_t rows) {
  std::vector<old_entry> old;
  journal_due_ = in.now + in.how.history_for;
  {
    query oldest(in.db,
                 "SELECT sequence, recorded, consent_id, issuer, type, document FROM journal ORDER BY sequence LIMIT ?",
                 rows + 1);
    while (oldest.step()) {
      auto const due = oldest.time(1) + in.how.history_for;
      if (due > in.now || old.size() == rows) {
        journal_due_ = due;
        break;
      }
      old.push_back({oldest.integer(0), std::string(oldest.text(2)), std::string(oldest.text(3)),
                     stored_entry_type(oldest.integer(4)), oldest.maybe_integer(5)});
    }
  }
  for (auto const& entry : old) {
    remove(in, entry);
  }
  if (!old.empty()) {
    in.after.pruned = static_cast<std::uint64_t>(old.back().sequence);
    write_mark(in.db, mark::pruned, old.back().sequence);
  }
}

// Their numbers ascend with the time of receipt, and nearly with the time that they were finished.
void retention::prune_deliveries(ledger& in, std::size_t rows) {
  struct record {
    std::int64_t id = 0;
    bool old = false;
    bool kept = false; // in quarantine, with evidence, or of an event that waits
  };
  std::vector<record> walked;
  auto const oldest_kept = in.now - in.how.history_for;
  {
    query next(in.db,
               "SELECT d.id, d.received, d.finished, EXISTS (SELECT 1 FROM quarantine AS q WHERE q.id = d.id) "
               "OR EXISTS (SELECT 1 FROM evidence AS e WHERE e.id = d.id) "
               "OR EXISTS (SELECT 1 FROM inbox AS i WHERE i.id = d.repeats) "
               "FROM deliveries AS d WHERE d.id > ? ORDER BY d.id LIMIT ?",
               after_delivery_, rows);
    while (next.step()) {
      if (next.time(1) >= oldest_kept) {
        break;
      }
      walked.push_back({next.integer(0), next.time(2) < oldest_kept, next.integer(3) != 0});
    }
  }
  for (auto const& one : walked) {
    if (one.old && !one.kept) {
      run(in.db, "DELETE FROM deliveries WHERE id = ?", one.id);
    }
  }
  bool const through = walked.size() < rows;
  after_delivery_ = through ? 0 : walked.back().id;
  deliveries_due_ = through ? in.now + next_walk : in.now;
}

void retention::prune_consents(ledger& in, std::size_t rows) {
  std::vector<std::string> old;
  consents_due_ = in.now + in.how.ended_consents_for;
  {
    query ended(in.db,
                "SELECT id, updated FROM consents INDEXED BY consents_ended "
                "WHERE (status >= 4 OR flags & 4) AND NOT flags & 2 ORDER BY updated LIMIT ?",
                rows + 1);
    while (ended.step()) {
      auto const due = ended.time(1) + in.how.ended_consents_for;
      if (due > in.now || old.size() == rows) {
        consents_due_ = due;
        break;
      }
      old.emplace_back(ended.text(0));
    }
  }
  for (auto const& id : old) {
    remove(in, load_consent(in.db, id)->record.state);
  }
}

void retention::prune_operations(ledger& in, std::size_t rows) {
  std::int64_t last = 0;
  std::size_t old = 0;
  operations_due_ = in.now + in.how.history_for;
  {
    query oldest(in.db, "SELECT id, recorded FROM operations ORDER BY id LIMIT ?", rows + 1);
    while (oldest.step()) {
      auto const due = oldest.time(1) + in.how.history_for;
      if (due > in.now || old == rows) {
        operations_due_ = due;
        break;
      }
      last = oldest.integer(0);
      ++old;
    }
  }
  if (old > 0) {
    run(in.db, "DELETE FROM operations WHERE id <= ?", last);
  }
}

} // namespace consentd::store::sqlite
