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

void reader_pool::queue(std::unique_ptr<read_job> job) {
  std::unique_lock lock(mutex_);
  if (queue_.size() >= longest_queue) {
    lock.unlock();
    job->fail({reason::storage, "too many queries are waiting"});
    job->complete();
    return;
  }
  queue_.push_back(std::move(job));
  lock.unlock();
  arrived_.notify_one();
}

void reader_pool::work(connection& on) {
  while (true) {
    std::unique_lock lock(mutex_);
    arrived_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) {
      return;
    }
    auto const job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    run_one(on, *job);
    job->complete();
  }
}

void reader_pool::run_one(connection& on, read_job& job) {
  try {
    job.run(on);
  } catch (std::exception const& error) {
    log_.write(severity::error, "database query failed", {{"detail", error.what()}});
    job.fail({reason::storage, "the database could not be read"});
  }
}

} // namespace consentd::store::sqlite
