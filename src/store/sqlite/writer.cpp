#include "store/sqlite/writer.hpp"

#include "store/sqlite/evidence.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/start.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <exception>
#include <string>

namespace consentd::store::sqlite {
namespace {

constexpr std::size_t largest_group = 256;
// Pages that every member touches are written once for each group, so under load it pays to wait for company: a
// group that follows one of several members waits this long for its own, or until it is this large. An event that
// comes alone waits for nothing.
constexpr std::chrono::microseconds gathering{1500};
constexpr std::size_t company = 32;
// The queue holds what the network brought in while one commit took long; beyond it callers are told to come back.
constexpr std::size_t longest_queue = 4096;
constexpr std::size_t largest_queue_bytes = std::size_t{16} * 1024 * 1024;

constexpr std::chrono::milliseconds idle_interval{1000};
constexpr std::chrono::milliseconds retry_interval{250};
// Rows looked at for each that a group added, and in an idle turn.
constexpr std::size_t sweep_factor = 4;
constexpr std::size_t idle_sweep = 256;

failure storage_failure(std::string_view what) {
  return {reason::storage, std::string(what)};
}

} // namespace

writer::writer(connection on, parts const& with) : db_(std::move(on)), with_(with) {
  sqlite3_wal_hook(
      db_.handle(),
      [](void* self, sqlite3*, char const*, int pages) {
        auto& me = *static_cast<writer*>(self);
        me.wal_used_ = true;
        me.wal_too_long_ = me.with_.wal.wal_grew(pages);
        return SQLITE_OK;
      },
      this);
  thread_ = std::thread([this] { work(); });
}

writer::~writer() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_one();
  thread_.join();
}

void writer::queue(std::unique_ptr<write_job> job, weight of) {
  std::unique_lock lock(mutex_);
  bool const full =
      queue_.size() >= longest_queue || (!queue_.empty() && queued_bytes_ + of.bytes > largest_queue_bytes);
  if (full) {
    lock.unlock();
    job->fail({of.when_full, "too many writes are queued"});
    job->complete();
    return;
  }
  if (queue_.empty()) {
    first_queued_ = std::chrono::steady_clock::now();
  }
  queued_bytes_ += of.bytes;
  queue_.push_back({std::move(job), of.bytes});
  bool const matters = queue_.size() == 1 || queue_.size() == company;
  lock.unlock();
  if (matters) {
    arrived_.notify_one();
  }
}

void writer::empty_wal_soon() {
  {
    std::lock_guard const lock(mutex_);
    empty_soon_ = true;
  }
  arrived_.notify_one();
}

void writer::work() {
  while (true) {
    auto members = next_group();
    if (!members) {
      return;
    }
    if (members->empty()) {
      idle_turn();
      continue;
    }
    commit(*members);
    for (auto const& member : *members) {
      member->complete();
    }
    if (std::exchange(wal_too_long_, false)) {
      empty_wal(wal_room::kept);
    }
  }
}

std::optional<writer::group> writer::next_group() {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, idle_interval, [this] { return stopping_ || empty_soon_ || !queue_.empty(); });
  if (std::exchange(empty_soon_, false)) {
    lock.unlock();
    empty_wal(wal_room::kept);
    lock.lock();
  }
  if (queue_.empty() && stopping_) {
    return std::nullopt;
  }
  if (busy_ && !queue_.empty()) {
    arrived_.wait_until(lock, first_queued_ + gathering,
                        [this] { return stopping_ || empty_soon_ || queue_.size() >= company; });
  }
  auto const size = std::min(queue_.size(), largest_group);
  busy_ = size > 1;
  group members;
  members.reserve(size);
  for (std::size_t i = 0; i < size; ++i) {
    queued_bytes_ -= queue_.front().bytes;
    members.push_back(std::move(queue_.front().job));
    queue_.pop_front();
  }
  first_queued_ = std::chrono::steady_clock::now();
  return members;
}

ledger writer::open_ledger() {
  latest_ = std::max(latest_, with_.now.now());
  return {db_, with_.how, latest_, with_.known.count(), {}, 0, with_.known.pruned()};
}

void writer::commit(group& members) {
  if (!sound()) {
    for (auto const& member : members) {
      member->fail(storage_failure("a write failed, and the database has not recovered yet"));
    }
    return;
  }
  auto const began = std::chrono::steady_clock::now();
  auto in = open_ledger();
  try {
    if (apply_each(in, members)) {
      if (in.spent > 0) {
        sweep_in(in, in.spent * sweep_factor);
      }
      retain(in, members.size() * sweep_factor);
      if (in.count.evidence_bytes != with_.known.count().evidence_bytes) {
        sweep_evidence(in, members.size() * sweep_factor);
      }
    }
    publish_pruned(in);
    run(db_, "COMMIT");
  } catch (database_error const& error) {
    with_.known.set_pruned(in.pruned);
    give_up(members, error);
    return;
  }
  with_.counters.timed(stage::commit, std::chrono::steady_clock::now() - began);
  tell_of_recovery();
  publish(in);
  if (in.after.leave_no_trace || traces_) {
    erase_traces(in.after.leave_no_trace);
  }
}

// Whoever erases waits for readers to end theirs; the groups after it, while one of them stays, do not.
void writer::erase_traces(bool just_erased) {
  traces_ = true;
  if (just_erased) {
    empty_wal(wal_room::returned);
    return;
  }
  sqlite3_busy_timeout(db_.handle(), 0);
  empty_wal(wal_room::returned);
  sqlite3_busy_timeout(db_.handle(), busy_ms);
}

// Begins the transaction; true when anything was kept.
bool writer::apply_each(ledger& in, group& members) {
  auto const start = in.mark();
  run(db_, "BEGIN IMMEDIATE");
  if (auto const kept = apply_freely(in, members)) {
    return *kept;
  }
  run(db_, "ROLLBACK");
  in.rewind(start);
  run(db_, "BEGIN IMMEDIATE");
  return apply_apart(in, members);
}

// A savepoint has SQLite copy every page that a member touches, and hardly any member needs it: nearly all that fail
// do so before their first write.
std::optional<bool> writer::apply_freely(ledger& in, group& members) {
  bool kept = false;
  for (auto const& member : members) {
    auto const before = in.mark();
    auto const written = db_.total_changes();
    bool keep = false;
    try {
      keep = member->apply(in);
    } catch (database_error const& error) {
      if (!error.concerns_one_row() || !db_.in_transaction()) {
        throw;
      }
      return std::nullopt;
    } catch (std::exception const&) {
      return std::nullopt;
    }
    if (!keep) {
      if (db_.total_changes() != written) {
        return std::nullopt;
      }
      in.rewind(before);
    }
    kept = kept || keep;
  }
  return kept;
}

// Each in a savepoint of its own, so that one which fails half-way costs its neighbours nothing.
bool writer::apply_apart(ledger& in, group& members) {
  bool kept = false;
  for (auto const& member : members) {
    kept = apply_one(in, *member) || kept;
  }
  return kept;
}

bool writer::apply_one(ledger& in, write_job& member) {
  auto const before = in.mark();
  run(db_, "SAVEPOINT member");
  bool keep = false;
  try {
    keep = member.apply(in);
  } catch (database_error const& error) {
    if (!error.concerns_one_row() || !db_.in_transaction()) {
      throw;
    }
    member.fail(storage_failure(error.what()));
  } catch (std::exception const& unexpected) {
    // A mistake of ours, or a value that nobody of this version wrote: the other members need not pay for it.
    with_.log.write(severity::error, "write abandoned", {{"detail", unexpected.what()}});
    member.fail(storage_failure("the operation was abandoned"));
  }
  if (!keep) {
    run(db_, "ROLLBACK TO member");
    in.rewind(before);
  }
  run(db_, "RELEASE member");
  return keep;
}

void writer::sweep_in(ledger& in, std::size_t rows) {
  sweep_.step(db_, std::min(in.now, with_.inbox.oldest_pending().value_or(in.now)), rows);
}

void writer::retain(ledger& in, std::size_t rows) {
  retention_.step(in, rows);
  if (in.count.consents != with_.known.count().consents) {
    write_mark(db_, mark::consents, static_cast<std::int64_t>(in.count.consents));
  }
}

void writer::sweep_evidence(ledger& in, std::size_t rows) {
  destroy_old_evidence(in, rows);
  if (in.count.evidence_bytes != with_.known.count().evidence_bytes) {
    write_mark(db_, mark::evidence_bytes, static_cast<std::int64_t>(in.count.evidence_bytes));
  }
}

void writer::publish(ledger const& in) {
  bool const inbox_changed = !in.after.inbox.empty();
  with_.known.set_counts(in.count);
  publish_consumers(in);
  with_.inbox.apply(in.after.inbox);
  if (in.after.last_sequence != 0) {
    // Before anybody hears of it: no place that was given away is unknown to the next start.
    with_.marks.put_last(in.after.last_sequence);
    with_.known.set_last(in.after.last_sequence);
    if (grew_) {
      grew_();
    }
  }
  bool const some_ready = std::any_of(in.after.inbox.begin(), in.after.inbox.end(), [](inbox_change const& change) {
    return change.kind == inbox_change::what::ready;
  });
  if (some_ready && ready_) {
    ready_();
  }
  if (settled_) {
    tell_outcomes(in.after.inbox);
  }
  auto& counters = with_.counters;
  for (auto const name : in.after.decided) {
    counters.decided(name);
  }
  for (auto const name : in.after.quarantined) {
    counters.quarantined(name);
  }
  auto const now = with_.now.now();
  for (auto const received : in.after.finished) {
    counters.timed(stage::apply, now - received);
  }
  if (inbox_changed) {
    counters.inbox(in.count.pending, in.count.waiting_for_consent + in.count.waiting_for_keys);
  }
}

// Before the commit: who reads the journal looks here afterwards, and must not find entries gone that seem to be there.
void writer::publish_pruned(ledger const& in) const {
  if (in.after.pruned != 0) {
    with_.known.set_pruned(in.after.pruned);
  }
}

void writer::publish_consumers(ledger const& in) const {
  for (auto const& one : in.after.consumers) {
    with_.known.set_consumer(one.name, one.place);
  }
}

void writer::tell_outcomes(std::vector<inbox_change> const& changes) const {
  std::vector<std::int64_t> deliveries;
  for (auto const& change : changes) {
    if (change.kind == inbox_change::what::left_hand) {
      deliveries.push_back(change.delivery.id);
    }
  }
  if (!deliveries.empty()) {
    settled_(deliveries);
  }
}

// The log speaks of the first failure, not of one for each group until it is mended, and of the first success after it.
// Gives what was the case before.
bool writer::note_failing(bool is) {
  with_.known.set_failing(is);
  return std::exchange(failing_, is);
}

void writer::tell_of_recovery() {
  if (note_failing(false)) {
    with_.log.write(severity::warning, "database writes succeed again", {});
  }
}

void writer::give_up(group& members, database_error const& why) {
  roll_back();
  retention_.forget();
  if (!note_failing(true)) {
    with_.log.write(severity::error, "database write failed",
                    {{"detail", why.what()}, {"code", std::to_string(why.code())}});
  }
  for (auto const& member : members) {
    member->fail(
        storage_failure(why.is_full() ? "no room on the file system of the database" : "the database could not write"));
  }
  if (why.is_io()) {
    suspect_ = true;
    next_try_ = std::chrono::steady_clock::now();
  } else if (why.is_full()) {
    empty_wal(wal_room::returned); // it may be the room that is needed
  }
}

void writer::roll_back() noexcept {
  if (!db_.in_transaction()) {
    return;
  }
  try {
    run(db_, "ROLLBACK");
  } catch (database_error const&) {
    // It has ended the transaction all the same.
  }
}

bool writer::sound() {
  if (!suspect_) {
    return true;
  }
  auto const now = std::chrono::steady_clock::now();
  if (now < next_try_) {
    return false;
  }
  next_try_ = now + retry_interval;
  if (!empty_wal(wal_room::returned)) {
    return false;
  }
  suspect_ = false;
  return true;
}

// All that is committed is in the database file, synced, and the WAL begins anew: nothing rests on what a failed sync
// left behind.
bool writer::empty_wal(wal_room room) {
  auto const alone = with_.wal.pause();
  int const mode = room == wal_room::kept ? SQLITE_CHECKPOINT_RESTART : SQLITE_CHECKPOINT_TRUNCATE;
  int const code = sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, mode, nullptr, nullptr);
  if (code != SQLITE_OK && code != SQLITE_BUSY && !suspect_) {
    if (!note_failing(true)) {
      with_.log.write(severity::error, "database checkpoint failed", {{"code", std::to_string(code)}});
    }
    // What is not synced must not be built upon.
    suspect_ = (code & 0xff) == SQLITE_IOERR;
    next_try_ = std::chrono::steady_clock::now() + retry_interval;
  }
  if (code == SQLITE_OK) {
    with_.wal.wal_grew(0);
    wal_used_ = wal_used_ && room == wal_room::kept;
    traces_ = traces_ && room == wal_room::kept;
  }
  return code == SQLITE_OK;
}

void writer::idle_turn() {
  if (!sound()) {
    return;
  }
  auto in = open_ledger();
  try {
    run(db_, "BEGIN IMMEDIATE");
    if (failing_) {
      // Whoever was told to stay away until writes succeed again will not be the one to try. The row stays for no one
      // to see; putting back what is there already would write nothing.
      run(db_, "INSERT INTO meta VALUES ('probe', 0)");
      run(db_, "DELETE FROM meta WHERE name = 'probe'");
    }
    sweep_in(in, idle_sweep);
    retain(in, idle_sweep);
    sweep_evidence(in, idle_sweep);
    publish_pruned(in);
    run(db_, "COMMIT");
    with_.known.set_counts(in.count);
    publish_consumers(in);
    tell_of_recovery();
  } catch (database_error const& error) {
    with_.known.set_pruned(in.pruned);
    group none;
    give_up(none, error);
  }
  // Content that was deleted from the database does not stay in the log either.
  if (wal_used_) {
    empty_wal(wal_room::returned);
  }
}

} // namespace consentd::store::sqlite
