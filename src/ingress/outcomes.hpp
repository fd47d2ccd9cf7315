// What an answer waits for where deliveries are acknowledged once verified (contract section 7): that the delivery,
// stored already, comes to its outcome.
#ifndef CONSENTD_INGRESS_OUTCOMES_HPP
#define CONSENTD_INGRESS_OUTCOMES_HPP

#include "base/result.hpp"
#include "ingress/wake_up.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

namespace consentd::ingress {

struct outcome_terms {
  std::chrono::milliseconds patience{5000}; // from the call to the answer that it is not known yet
  std::size_t most_waiting = 1024;
};

// One for all sessions. The truth is the store's record; what comes through settled() only says when to look again, so
// an outcome that was there before anybody asked is as good as one that comes while somebody waits. Safe on all
// threads. The store must outlive it.
class outcomes {
public:
  outcomes(store::records& kept, outcome_terms how) : kept_(kept), how_(how) {}

  // store::inbox::on_outcome. Any thread; only posts.
  void settled(std::vector<std::int64_t> const& deliveries);

  // Waits for what becomes of a stored delivery: success when it was decided or is held; otherwise the reason that it
  // went to quarantine for, keys_unavailable when it waits for keys, undecided when nothing is known in time, or at
  // once when too many wait, storage when its record cannot be read. In each of these cases the delivery stays where it
  // is. Asked on a strand; cancellable.
  boost::asio::awaitable<result<void>> of(std::int64_t delivery);

  std::size_t waiting() const;

private:
  class place;
  boost::asio::awaitable<result<void>> wait_for(std::int64_t delivery, place& own);

  store::records& kept_;
  outcome_terms how_;
  mutable std::mutex guard_;
  std::multimap<std::int64_t, std::shared_ptr<wake_up>> waiting_; // guarded by guard_
};

} // namespace consentd::ingress

#endif
