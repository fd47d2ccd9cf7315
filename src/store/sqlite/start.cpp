#include "store/sqlite/start.hpp"

#include "store/sqlite/consumer_rows.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/schema.hpp"

#include <sqlite3.h>

#include <stdexcept>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// Memory for pages, in KiB (negative by SQLite's convention).
constexpr char const* writer_cache = "PRAGMA cache_size = -8192";
constexpr char const* reader_cache = "PRAGMA cache_size = -2048";
constexpr char const* least_cache = "PRAGMA cache_size = -64";

void set_common(connection& on) {
  // Nothing of a delivery goes into temporary files, but for ids that an upgrade sorts (schema.cpp); nothing that
  // another program put into the schema is run.
  on.execute("PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA trusted_schema = OFF");
  sqlite3_busy_timeout(on.handle(), busy_ms);
}

void set_wal(connection& on) {
  query asked(on, "PRAGMA journal_mode = WAL");
  if (!asked.step() || asked.text(0) != "wal") {
    throw std::runtime_error("cannot use a write-ahead log on this file system: choose a local one");
  }
}

connection open_for_writing(std::string const& path, std::function<void()> const& still_opening) {
  connection on(path, access::read_write);
  set_common(on);
  on.execute("PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON");
  on.execute(writer_cache);
  // Before the journal mode, which is kept in the file: a database of somebody else stays as it is.
  migrate(on, still_opening);
  set_wal(on);
  on.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
  sqlite3_db_config(on.handle(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  return on;
}

// All that is committed goes to the database file and is synced, whatever became of an earlier sync.
void settle_wal(connection& on) {
  int const code = sqlite3_wal_checkpoint_v2(on.handle(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  if (code == SQLITE_BUSY) {
    throw std::runtime_error("is in use by another program: end it");
  }
  if (code != SQLITE_OK) {
    on.fail(code);
  }
}

contents read_contents(connection& on, bool clean_stop) {
  contents found;
  by_issuer waiting_by_issuer;
  query rows(on, "SELECT id, received, bytes, waits_for FROM inbox ORDER BY id");
  while (rows.step()) {
    auto const bytes = static_cast<std::uint64_t>(rows.integer(2));
    if (rows.is_null(3)) {
      found.count.inbox_bytes += bytes;
      found.pending.push_back({rows.integer(0), rows.time(1), !clean_stop});
      continue;
    }
    auto const waits = stored_waiting(rows.text(3));
    if (waits.why == delivery_state::waiting_for_keys) {
      ++waiting_by_issuer[std::string(waits.what)];
      ++found.count.waiting_for_keys;
    } else {
      found.count.inbox_bytes += bytes;
      ++found.count.waiting_for_consent;
    }
  }
  found.count.pending = found.pending.size();
  found.count.waiting_by_issuer = issuer_counts(std::move(waiting_by_issuer));
  query quarantined(on, "SELECT count(*) FROM quarantine");
  found.count.quarantined = quarantined.step() ? static_cast<std::uint64_t>(quarantined.integer(0)) : 0;
  found.kept_for_keys = count_kept_for_keys(on);
  found.count.consents = static_cast<std::uint64_t>(read_mark(on, mark::consents));
  found.count.evidence_bytes = static_cast<std::uint64_t>(read_mark(on, mark::evidence_bytes));
  found.last_sequence = newest_entry(on);
  found.consumers = consumer_places(on);
  return found;
}

std::vector<inbox_row> in_hand_before(ledger& in, left_in_hand const& left) {
  std::vector<inbox_row> found;
  for (auto const id : left.deliveries) {
    if (auto row = find_in_inbox(in, id)) {
      found.push_back(std::move(*row));
    }
  }
  return found;
}

struct recovered {
  std::uint64_t run = 0; // of this process
  bool restored = false;
  std::vector<std::int64_t> quarantined; // as poison
};

void count_deaths(ledger& in, left_in_hand const& left, recovered& made) {
  for (auto const& row : in_hand_before(in, left)) {
    auto const deaths = row.deaths + 1;
    if (deaths < deaths_of_poison) {
      run(in.db, "UPDATE inbox SET deaths = ? WHERE id = ?", deaths, row.id);
      continue;
    }
    failure const why{reason::poison, "in hand when the daemon died " + std::to_string(deaths) + " times"};
    ending how;
    how.why = &why;
    quarantine(in, row, how);
    made.quarantined.push_back(row.id);
  }
}

// An inbox that was filled under the other setting: nobody will announce what waits there.
void release_held(connection& on) {
  run(on, "UPDATE inbox SET waits_for = NULL WHERE waits_for IS NOT NULL AND waits_for LIKE 'consent:%'");
}

// The database has not seen what the last run here has: a backup was put in its place, or it comes from elsewhere. What
// an ordinary death leaves is never ahead of the database, which was on stable storage before the file was written.
bool was_restored(connection& on, left_in_hand const& left) {
  return !left.known || left.run > static_cast<std::uint64_t>(read_mark(on, mark::run)) ||
         left.epoch != read_epoch(on) || left.last > newest_entry(on);
}

// One transaction.
recovered recover(connection& on, settings const& how, timestamp now, left_in_hand const& left, bool existed) {
  recovered made;
  run(on, "BEGIN IMMEDIATE");
  auto const last_run = static_cast<std::uint64_t>(read_mark(on, mark::run));
  made.restored = existed && was_restored(on, left);
  if (made.restored) {
    // Its journal goes on in other ways than the one that subscribers have places in.
    renew_epoch(on);
    // What was sent of the one before says nothing of this one.
    run(on, "UPDATE consumers SET sent = 0, set_at = 0");
  }
  if (how.unknown == unknown_consents::bind) {
    release_held(on);
  }
  // Marks of an older run were counted before; the process died between that and the emptying of their file. Those of
  // another database speak of other deliveries.
  if (!left.clean && left.run == last_run && !made.restored) {
    ledger in{
        on, how, now, read_contents(on, false).count, {}, 0, static_cast<std::uint64_t>(read_mark(on, mark::pruned))};
    count_deaths(in, left, made);
  }
  made.run = last_run + 1;
  write_mark(on, mark::run, static_cast<std::int64_t>(made.run));
  run(on, "COMMIT");
  return made;
}

connection open_and_settle(std::string const& path, std::function<void()> const& still_opening) {
  try {
    auto on = open_for_writing(path, still_opening);
    settle_wal(on);
    return on;
  } catch (database_error const& error) {
    throw std::runtime_error(path + ": " + error.advice());
  } catch (std::runtime_error const& error) {
    throw std::runtime_error(path + ": " + error.what());
  }
}

void report(left_in_hand const& left, recovered const& became, contents const& found, log_sink& log,
            telemetry& counters) {
  if (!left.clean) {
    log.write(
        severity::warning, "unclean stop",
        {{"left_in_inbox", std::to_string(found.count.pending)}, {"in_hand", std::to_string(left.deliveries.size())}});
  }
  if (became.restored) {
    log.write(severity::warning, "database was restored or comes from elsewhere: all places in the journal begin anew",
              {{"last_sequence", std::to_string(found.last_sequence)}});
  }
  for (auto const id : became.quarantined) {
    log.write(severity::error, "delivery quarantined as poison", {{"delivery", std::to_string(id)}});
    counters.quarantined(to_string(reason::poison));
  }
}

} // namespace

connection open_for_checkpoints(std::string const& path) {
  connection on(path, access::read_write);
  set_common(on);
  on.execute(least_cache);
  on.execute("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0");
  return on;
}

connection open_for_reading(std::string const& path) {
  connection on(path, access::read_only);
  set_common(on);
  on.execute(reader_cache);
  return on;
}

foundation lay(settings const& how, clock const& now, log_sink& log, telemetry& counters,
               std::function<void()> const& still_opening) {
  auto lock = lock_exclusively(how.path);
  bool const existed = file_bytes(how.path) > 0;
  open_private(how.path);
  auto marks = std::make_unique<hand_file>(how.path + ".hand");
  auto write = open_and_settle(how.path, still_opening);
  sync_folder_of(how.path);

  auto const left = marks->read(existed);
  auto const became = recover(write, how, now.now(), left, existed);
  auto found = read_contents(write, left.clean);
  marks->begin(became.run, read_epoch(write), found.last_sequence);
  report(left, became, found, log, counters);
  return {std::move(lock), std::move(marks), std::move(write), std::move(found)};
}

} // namespace consentd::store::sqlite
