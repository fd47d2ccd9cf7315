// Threads for queries, each with a connection that can only read.
#ifndef CONSENTD_STORE_SQLITE_READER_POOL_HPP
#define CONSENTD_STORE_SQLITE_READER_POOL_HPP

#include "base/log.hpp"
#include "base/result.hpp"
#include "store/sqlite/awaited.hpp"
#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::store::sqlite {

class read_job {
public:
  virtual ~read_job() = default;
  // Throws what the database throws.
  virtual void run(connection& on) = 0;
  virtual void fail(failure why) = 0;
  virtual void complete() = 0;
};

template <class T>
using read_operation = std::function<result<T>(connection&)>;

template <class T>
class read_job_of final : public read_job {
public:
  read_job_of(read_operation<T>&& operation, typename awaited<T>::handler&& suspended)
      : operation_(std::move(operation)), awaited_(std::move(suspended)) {}

  void run(connection& on) override { outcome_ = operation_(on); }
  void fail(failure why) override { outcome_ = std::move(why); }
  void complete() override { awaited_.complete(std::move(outcome_)); }

private:
  read_operation<T> operation_;
  awaited<T> awaited_;
  result<T> outcome_ = failure{reason::storage, "not tried"};
};

class reader_pool {
public:
  // One thread for each connection.
  reader_pool(std::vector<connection> connections, log_sink& log);
  // Finishes what is queued.
  ~reader_pool();
  reader_pool(reader_pool const&) = delete;
  reader_pool& operator=(reader_pool const&) = delete;

  // The operation runs on a reader's thread; what it returns is delivered to the awaiting coroutine's executor.
  template <class T>
  async_result<T> submit(read_operation<T> operation) {
    auto initiate = [this](typename awaited<T>::handler&& suspended, read_operation<T> what) {
      queue(std::make_unique<read_job_of<T>>(std::move(what), std::move(suspended)));
    };
    return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, completion_signature<T>>(
        std::move(initiate), boost::asio::use_awaitable, std::move(operation));
  }

private:
  void queue(std::unique_ptr<read_job> job);
  void work(connection& on);
  void run_one(connection& on, read_job& job);

  log_sink& log_;
  std::vector<connection> connections_;
  std::mutex mutex_; // guards the three below
  std::condition_variable arrived_;
  std::deque<std::unique_ptr<read_job>> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_; // last: they use all of the above
};

} // namespace consentd::store::sqlite

#endif
