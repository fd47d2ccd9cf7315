#include "store/sqlite/checkpointer.hpp"

#include <sqlite3.h>

#include <string>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// 8 MB: pages that many commits changed are carried over once.
constexpr int pages_between = 2048;
// 32 MB. While the writer is busy a checkpoint beside it never catches up wholly, so the WAL is not begun anew by
// itself; just after one little is left to do for the writer.
constexpr int long_wal = 8192;
// 64 MB. The writer outruns the checkpoints and has to wait for them.
constexpr int too_long_wal = 16384;

} // namespace

checkpointer::checkpointer(connection on, log_sink& log, std::function<void()> empty_wal)
    : db_(std::move(on)), log_(log), empty_wal_(std::move(empty_wal)), due_at_(pages_between), too_many_(too_long_wal) {
  thread_ = std::thread([this] { work(); });
}

checkpointer::~checkpointer() {
  stop();
}

void checkpointer::stop() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool checkpointer::wal_grew(int pages) {
  bool due = false;
  bool too_many = false;
  {
    std::lock_guard const lock(mutex_);
    if (pages < pages_) { // it was begun anew
      due_at_ = pages_between;
      too_many_ = too_long_wal;
    }
    pages_ = pages;
    due = pages_ >= due_at_;
    too_many = pages_ >= too_many_;
    if (too_many) {
      too_many_ = pages_ + pages_between; // should a reader be in the way of emptying it
    }
  }
  if (due) {
    changed_.notify_one();
  }
  return too_many;
}

void checkpointer::work() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || pages_ >= due_at_; });
    if (stopping_) {
      return;
    }
    lock.unlock();
    int const pages = checkpoint();
    if (pages >= long_wal) {
      empty_wal_();
    }
    lock.lock();
    due_at_ = pages_ + pages_between;
  }
}

// The pages in the WAL.
int checkpointer::checkpoint() {
  auto const held = pause();
  int pages = 0;
  int moved = 0;
  int const code = sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  bool const failed = code != SQLITE_OK && code != SQLITE_BUSY;
  if (failed && !failing_) {
    log_.write(severity::error, "database checkpoint failed",
               {{"detail", sqlite3_errstr(code)}, {"code", std::to_string(code)}});
  }
  failing_ = failed;
  return pages;
}

} // namespace consentd::store::sqlite
