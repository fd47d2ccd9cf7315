// Wakes the event streams when the journal has grown.
#ifndef CONSENTD_LOCALAPI_BELL_HPP
#define CONSENTD_LOCALAPI_BELL_HPP

#include "net/http.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <memory>
#include <mutex>
#include <unordered_set>

namespace consentd::localapi {

// One for the journal; every open stream has a `sleeper` on it. Costs the store's thread one lock and a post for each
// stream that really waits.
class journal_bell {
public:
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
    // Completes at a ring since arm(), at `until`, when cancelled, and now and then without a cause.
    boost::asio::awaitable<void> wait();

  private:
    friend class journal_bell;
    struct state;
    journal_bell& bell_;
    std::shared_ptr<state> state_;
  };

  // Any thread. Only posts.
  void ring();

private:
  std::mutex guard_;
  std::unordered_set<std::shared_ptr<sleeper::state>> sleepers_; // guarded by guard_
};

// Waits like the sleeper. False: the peer has gone or the listener stops.
boost::asio::awaitable<bool> wait_for_ring(net::exchange& request, journal_bell::sleeper& sleeper);

} // namespace consentd::localapi

#endif
