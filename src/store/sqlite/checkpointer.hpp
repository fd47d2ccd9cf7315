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
  // `empty_wal` asks the writer to empty the WAL once it has grown over its bound: any thread, must not block.
  checkpointer(connection on, log_sink& log, std::function<void()> empty_wal);
  ~checkpointer();
  checkpointer(checkpointer const&) = delete;
  checkpointer& operator=(checkpointer const&) = delete;

  // Ends the thread; `empty_wal` is not called any more. One caller, once or more.
  void stop();
  // The pages in the WAL after a commit. Any thread, never blocks.
  void wal_grew(int pages);

private:
  void work();
  int checkpoint();

  connection db_;
  log_sink& log_;
  std::function<void()> empty_wal_;
  bool failing_ = false;

  std::mutex mutex_; // guards the four below
  std::condition_variable changed_;
  int pages_ = 0;
  int due_at_;
  bool stopping_ = false;

  std::thread thread_; // last: it uses all of the above
};

} // namespace consentd::store::sqlite

#endif
