// Carries what was committed from the WAL into the database file, beside the writer and not in its way.
#ifndef CONSENTD_STORE_SQLITE_CHECKPOINTER_HPP
#define CONSENTD_STORE_SQLITE_CHECKPOINTER_HPP

#include "base/log.hpp"
#include "store/sqlite/connection.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace consentd::store::sqlite {

class checkpointer {
public:
  // `empty_wal` asks the writer to empty the WAL, which has grown long: any thread, must not block.
  checkpointer(connection on, log_sink& log, std::function<void()> empty_wal);
  ~checkpointer();
  checkpointer(checkpointer const&) = delete;
  checkpointer& operator=(checkpointer const&) = delete;

  // Ends the thread; `empty_wal` is not called any more. One caller, once or more.
  void stop();
  // The pages in the WAL after a commit. Any thread, never blocks. True when it has grown so far that the writer should
  // empty it at once, because checkpoints beside it do not keep up.
  bool wal_grew(int pages);
  // No checkpoint runs while this is held; waits for one that does.
  std::unique_lock<std::mutex> pause() { return std::unique_lock(running_); }

private:
  void work();
  int checkpoint();

  connection db_;
  log_sink& log_;
  std::function<void()> empty_wal_;
  bool failing_ = false;
  std::mutex running_; // held during a checkpoint

  std::mutex mutex_; // guards all below
  std::condition_variable changed_;
  int pages_ = 0;
  int due_at_;
  int too_many_;
  bool stopping_ = false;

  std::thread thread_; // last: it uses all of the above
};

} // namespace consentd::store::sqlite

#endif
