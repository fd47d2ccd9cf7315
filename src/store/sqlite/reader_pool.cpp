#include "store/sqlite/reader_pool.hpp"

#include <exception>

namespace consentd::store::sqlite {
namespace {

constexpr std::size_t longest_queue = 4096;

} // namespace

reader_pool::reader_pool(std::vector<connection> connections, log_sink& log)
    : log_(log), connections_(std::move(connections)) {
  threads_.reserve(connections_.size());
  for (auto& one : connections_) {
    threads_.emplace_back([this, &one] { work(one); });
  }
}

reader_pool::~reader_pool() {
  {
    std::lock_guard const lock(mutex_);
    stopping_ = true;
  }
  arrived_.notify_all();
  for (auto& thread : threads_) {
    thread.join();
  }
}

void reader_pool::queue(effort how, std::unique_ptr<read_job> job) {
  std::unique_lock lock(mutex_);
  auto& waiting = how == effort::lookup ? lookups_ : pages_;
  if (waiting.size() >= longest_queue) {
    lock.unlock();
    job->fail({reason::storage, "too many queries are waiting"});
    job->complete();
    return;
  }
  waiting.push_back(std::move(job));
  lock.unlock();
  arrived_.notify_one();
}

bool reader_pool::may_read_page() const noexcept {
  return !pages_.empty() && reading_pages_ + 1 < connections_.size();
}

effort reader_pool::choose() const noexcept {
  bool const is_their_turn = reading_pages_ == 0 && may_read_page();
  return lookups_.empty() || is_their_turn ? effort::page : effort::lookup;
}

void reader_pool::work(connection& on) {
  std::unique_lock lock(mutex_);
  while (true) {
    arrived_.wait(lock, [this] { return has_work() || is_over(); });
    if (!has_work()) {
      return;
    }
    auto const how = choose();
    auto& waiting = how == effort::lookup ? lookups_ : pages_;
    auto job = std::move(waiting.front());
    waiting.pop_front();
    reading_pages_ += how == effort::page ? 1U : 0U;
    lock.unlock();
    serve(on, std::move(job));
    lock.lock();
    if (how == effort::page) {
      --reading_pages_;
      arrived_.notify_all(); // another page may be begun, or the last one is done
    }
  }
}

void reader_pool::serve(connection& on, std::unique_ptr<read_job> job) {
  try {
    job->run(on);
  } catch (std::exception const& error) {
    log_.write(severity::error, "database query failed", {{"detail", error.what()}});
    job->fail({reason::storage, "the database could not be read"});
  }
  job->complete();
}

} // namespace consentd::store::sqlite
