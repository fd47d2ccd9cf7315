// Threads for queries, each with a connection that can only read.
#ifndef CONSENTD_STORE_SQLITE_READER_POOL_HPP
#define CONSENTD_STORE_SQLITE_READER_POOL_HPP

#include "base/log.hpp"
#include "base/result.hpp"
#include "store/sqlite/awaited.hpp"
#include "store/sqlite/connection.hpp"
#include "store/store.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
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

// How much a query may have to do.
enum class effort : std::uint8_t {
  lookup, // some rows whose place is known: what the TPP's services and the pipeline wait for
  page    // a search, or many rows with what they carry
};

// Lookups do not wait for pages: one thread is always left to them. Nor do pages starve: while any waits, one is being
// read.
class reader_pool {
public:
  // One thread for each connection, of which there are at least two.
  reader_pool(std::vector<connection> connections, log_sink& log);
  // Finishes what is queued.
  ~reader_pool();
  reader_pool(reader_pool const&) = delete;
  reader_pool& operator=(reader_pool const&) = delete;

  // The operation runs on a reader's thread; what it returns is delivered to the awaiting coroutine's executor.
  template <class T>
  async_result<T> submit(effort how, read_operation<T> operation) {
    auto initiate = [this, how](typename awaited<T>::handler&& suspended, read_operation<T> what) {
      queue(how, std::make_unique<read_job_of<T>>(std::move(what), std::move(suspended)));
    };
    return boost::asio::async_initiate<boost::asio::use_awaitable_t<> const, completion_signature<T>>(
        std::move(initiate), boost::asio::use_awaitable, std::move(operation));
  }

private:
  using jobs = std::deque<std::unique_ptr<read_job>>;

  void queue(effort how, std::unique_ptr<read_job> job);
  void work(connection& on);
  void serve(connection& on, std::unique_ptr<read_job> job);
  // The next are called with mutex_ held.
  bool may_read_page() const noexcept;
  bool has_work() const noexcept { return !lookups_.empty() || may_read_page(); }
  bool is_over() const noexcept { return stopping_ && lookups_.empty() && pages_.empty(); }
  effort choose() const noexcept;

  log_sink& log_;
  std::vector<connection> connections_;
  std::mutex mutex_; // guards the five below
  std::condition_variable arrived_;
  jobs lookups_;
  jobs pages_;
  std::size_t reading_pages_ = 0; // threads that do
  bool stopping_ = false;
  std::vector<std::thread> threads_; // last: they use all of the above
};

} // namespace consentd::store::sqlite

#endif
