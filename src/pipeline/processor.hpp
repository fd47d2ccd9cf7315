// Takes deliveries from the inbox, judges them on a pool of threads, and has the outcomes recorded in the order in
// which the deliveries came: of two events with one jti the earlier counts, and no event is stale only because a later
// one was quicker to open.
#ifndef CONSENTD_PIPELINE_PROCESSOR_HPP
#define CONSENTD_PIPELINE_PROCESSOR_HPP

#include "base/current.hpp"
#include "base/log.hpp"
#include "base/telemetry.hpp"
#include "pipeline/verdict.hpp"
#include "store/store.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <utility>

namespace consentd::pipeline {

struct settings {
  std::size_t threads = 1; // that judge
  std::size_t in_hand =
      64; // deliveries taken and not yet settled; more than threads, so that judging goes on during a commit
  std::chrono::milliseconds storage_pause{1000}; // between attempts while the store fails
};

// One for the process. Everything given must outlive it, and stop() must have completed before it ends.
class processor {
public:
  processor(boost::asio::any_io_executor const& control, store::inbox& inbox, trust by, log_sink& log,
            telemetry& counters, settings how);
  processor(processor const&) = delete;
  processor& operator=(processor const&) = delete;
  ~processor();

  // Deliveries that are taken up from now on are judged by this. Any thread.
  void replace(trust by) { trust_.set(std::move(by)); }

  // Begins with what the inbox holds. Once.
  void start();

  // There is something new in the inbox, or something became ready. Any thread; costs next to nothing while busy.
  void arrived() noexcept;

  // Takes nothing more; completes when all that was in hand is settled, or has to stay in the inbox because the store
  // fails.
  boost::asio::awaitable<void> stop();

private:
  using strand = boost::asio::strand<boost::asio::any_io_executor>;

  boost::asio::awaitable<void> run();
  boost::asio::awaitable<void> take_some();
  boost::asio::awaitable<void> idle();
  struct in_line {
    std::string interaction_id;
    std::optional<verdict> what; // once it is judged
  };
  void take_up(store::pending_delivery delivery);
  verdict judge_safely(store::pending_delivery const& delivery) noexcept;
  void record_judged();
  boost::asio::awaitable<void> record_until_kept(in_line judged);
  // Failures are the store's: nothing of it was recorded.
  boost::asio::awaitable<result<void>> record(verdict const& what, std::string const& interaction_id);
  boost::asio::awaitable<result<void>> let_wait(awaits_keys const& what, std::string const& interaction_id);
  boost::asio::awaitable<result<void>> set_aside(store::refusal refused, std::string const& interaction_id);
  result<void> tell(result<store::outcome> const& became, std::string const& interaction_id,
                    std::string const& subject) const;
  void hand_back() noexcept;
  void wake();

  strand strand_;
  store::inbox& inbox_;
  current<trust> trust_;
  log_sink& log_;
  telemetry& counters_;
  settings how_;
  boost::asio::thread_pool pool_;
  // On the strand alone.
  boost::asio::steady_timer signal_;
  std::size_t in_hand_ = 0;
  std::deque<in_line> line_; // what is in hand and not yet handed to the store, in the inbox's order
  bool woken_ = false;
  bool running_ = false;
  std::atomic<bool> poked_{false};
  std::atomic<bool> stopping_{false};
};

} // namespace consentd::pipeline

#endif
