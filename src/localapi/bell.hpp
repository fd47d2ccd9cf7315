// Wakes the event streams when the journal has grown.
#ifndef CONSENTD_LOCALAPI_BELL_HPP
#define CONSENTD_LOCALAPI_BELL_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_set>
#include <utility>

namespace consentd::localapi {

// One for the journal; every open stream has a `sleeper` on it. A ring costs the store's thread one post, however many
// sleep.
class journal_bell : public std::enable_shared_from_this<journal_bell> {
public:
  // Sleepers are woken from `executor`, whose context must outlive the last ring. Held by a shared_ptr.
  explicit journal_bell(boost::asio::any_io_executor executor) : executor_(std::move(executor)) {}

  // One stream's place to wait. Used on one strand, which is also its executor; must end before the bell.
  class sleeper {
  public:
    sleeper(journal_bell& of, boost::asio::any_io_executor const& strand);
    ~sleeper();
    sleeper(sleeper const&) = delete;
    sleeper& operator=(sleeper const&) = delete;

    // From here on a ring ends the next wait(), even one that has not begun. So: arm, then look at the journal's
    // extent, then wait only if there is nothing new, and nothing can be missed in between.
    void arm(std::chrono::steady_clock::time_point until);
    // Completes at a ring since arm(), at `until`, when cancelled or dismissed, and now and then without a cause.
    boost::asio::awaitable<void> wait();
    // There is nobody left to wait for: this wait ends, and so do all to come.
    void dismiss();
    bool dismissed() const noexcept { return dismissed_; }

  private:
    friend class journal_bell;
    struct state;
    journal_bell& bell_;
    std::shared_ptr<state> state_;
    bool dismissed_ = false;
  };

  // Any thread. Only posts.
  void ring();

private:
  void wake_armed();

  boost::asio::any_io_executor const executor_;
  std::atomic<bool> rung_ = false; // and wake_armed() has not begun yet
  std::mutex guard_;
  std::unordered_set<std::shared_ptr<sleeper::state>> sleepers_; // guarded by guard_
};

} // namespace consentd::localapi

#endif
