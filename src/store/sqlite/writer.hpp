// The one thread that writes: what is queued while a commit is on its way to disk goes into the next transaction, one
// fsync for all.
#ifndef CONSENTD_STORE_SQLITE_WRITER_HPP
#define CONSENTD_STORE_SQLITE_WRITER_HPP

#include "base/log.hpp"
#include "base/result.hpp"
#include "base/telemetry.hpp"
#include "base/time.hpp"
#include "store/sqlite/awaited.hpp"
#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/facts.hpp"
#include "store/sqlite/ledger.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/retention.hpp"
#include "store/sqlite/sweep.hpp"
#include "store/sqlite/worklist.hpp"
#include "store/store.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::store::sqlite {

// One member of a group. Used by the writer alone once it is queued.
class write_job {
public:
  virtual ~write_job() = default;
  // In the group's transaction. False: nothing of it may stay. Throws what the database throws. A member that failed
  // after it had written has the whole group rolled back and applied again, so this may be called twice.
  virtual bool apply(ledger& in) = 0;
  // What it is completed with, in place of what apply() came to.
  virtual void fail(failure why) = 0;
  virtual void complete() = 0;
};

template <class T>
using write_operation = std::function<result<T>(ledger&)>;

template <class T>
class write_job_of final : public write_job {
public:
  write_job_of(write_operation<T>&& operation, typename awaited<T>::handler&& suspended)
      : operation_(std::move(operation)), awaited_(std::move(suspended)) {}

  bool apply(ledger& in) override {
    outcome_ = operation_(in);
    return outcome_.has_value();
  }
  void fail(failure why) override { outcome_ = std::move(why); }
  void complete() override { awaited_.complete(std::move(outcome_)); }

private:
  write_operation<T> operation_;
  awaited<T> awaited_;
  result<T> outcome_ = failure{reason::storage, "not tried"};
};

// How much an operation takes of the room in the queue, and what its caller is told when there is none.
struct weight {
  std::size_t bytes = 0;
  reason when_full = reason::storage;
};

class writer {
public:
  struct parts {
    settings const& how;
    clock const& now;
    log_sink& log;
    telemetry& counters;
    worklist& inbox;
    facts& known;
    checkpointer& wal;
    hand_file& marks;
  };
  // Starts the thread. `on` has been opened for writing; all of `with` must outlive the writer.
  writer(connection on, parts const& with);
  // Finishes what is queued.
  ~writer();
  writer(writer const&) = delete;
  writer& operator=(writer const&) = delete;

  // The operation runs on the writer's thread in a transaction, once or, after a rollback, twice; its failure, and its
  // success once it is on stable storage, are delivered to the awaiting coroutine's executor.
  template <class T>
  async_result<T> submit(write_operation<T> operation, weight of = {}) {
    auto initiate = [this, of](typename awaited<T>::handler&& suspended, write_operation<T> what) {
      queue(std::make_unique<write_job_of<T>>(std::move(what), std::move(suspended)), of);
    };
    return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, completion_signature<T>>(
        std::move(initiate), boost::asio::use_awaitable, std::move(operation));
  }

  // Asks for the WAL to be emptied between two groups. Any thread.
  void empty_wal_soon();
  // store::inbox::on_ready and on_outcome, and store::journal::on_growth.
  void on_ready(std::function<void()> ready) { ready_ = std::move(ready); }
  void on_outcome(std::function<void(std::vector<std::int64_t> const&)> settled) { settled_ = std::move(settled); }
  void on_growth(std::function<void()> grew) { grew_ = std::move(grew); }

private:
  using group = std::vector<std::unique_ptr<write_job>>;

  void queue(std::unique_ptr<write_job> job, weight of);
  void work();
  // Waits for members. Empty when there was nothing to do for a while; nothing at the end.
  std::optional<group> next_group();
  void commit(group& members);
  bool apply_each(ledger& in, group& members);
  // Nothing when a member failed after it had written: the transaction is of no use then.
  std::optional<bool> apply_freely(ledger& in, group& members);
  bool apply_apart(ledger& in, group& members);
  bool apply_one(ledger& in, write_job& member);
  void sweep_in(ledger& in, std::size_t rows);
  void retain(ledger& in, std::size_t rows);
  void sweep_evidence(ledger& in, std::size_t rows);
  void publish(ledger const& in);
  void publish_pruned(ledger const& in) const;
  void publish_consumers(ledger const& in) const;
  void tell_outcomes(std::vector<inbox_change> const& changes) const;
  bool note_failing(bool is);
  void tell_of_recovery();
  void give_up(group& members, database_error const& why);
  void roll_back() noexcept;
  void idle_turn();
  // True when commits can be relied on (again).
  bool sound();
  // What becomes of the file's size: room that is written again costs less than room that is asked for again.
  enum class wal_room : std::uint8_t { kept, returned };
  bool empty_wal(wal_room room);
  // What was erased is out of the WAL, or this is tried again after the next group.
  void erase_traces(bool just_erased);
  ledger open_ledger();

  connection db_;
  parts with_;
  std::function<void()> ready_;
  std::function<void()> grew_;
  std::function<void(std::vector<std::int64_t> const&)> settled_;
  sweep sweep_;
  retention retention_;
  bool wal_too_long_ = false;
  bool wal_used_ = true; // since it was truncated
  bool traces_ = false;  // the WAL, or pages that it replaces, may hold what was erased
  bool busy_ = false;    // the last group had several members
  timestamp latest_;     // no group's time lies before that of an earlier one
  bool failing_ = false; // the last write or checkpoint failed, and the log says so
  bool suspect_ = false; // a write or sync failed: pages may be in the cache alone
  std::chrono::steady_clock::time_point next_try_;

  std::mutex mutex_; // guards all below
  std::condition_variable arrived_;
  struct queued {
    std::unique_ptr<write_job> job;
    std::size_t bytes = 0;
  };
  std::deque<queued> queue_;
  std::size_t queued_bytes_ = 0;
  std::chrono::steady_clock::time_point first_queued_; // of those in the queue, about
  bool empty_soon_ = false;
  bool stopping_ = false;

  std::thread thread_; // last: it uses all of the above
};

} // namespace consentd::store::sqlite

#endif
