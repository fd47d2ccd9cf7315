// Where a durable consumer comes to while it is read.
#ifndef CONSENTD_LOCALAPI_CONSUMER_PROGRESS_HPP
#define CONSENTD_LOCALAPI_CONSUMER_PROGRESS_HPP

#include "base/result.hpp"
#include "localapi/consumer_leases.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::localapi {

// On behalf of the one connection that follows it, in the frame of that one's coroutine.
class consumer_progress {
public:
  // Store and lease must outlive it. `of`: as it was read since the lease was taken. `epoch`: of the journal.
  consumer_progress(store::consumers& in, consumer_leases::lease& held, store::consumer_record of,
                    std::string_view epoch);

  // Why nothing more of it may be sent; empty while it may.
  std::string_view ended() const { return changed_.empty() ? held_.ended() : changed_; }

  // Whether may_send() asks the store.
  bool is_bound() const noexcept { return bound_; }
  // Before a place up to `sequence` is written: whoever reads it may acknowledge it. Afterwards ended() says whether it
  // may be written. Fails when the store does.
  boost::asio::awaitable<result<void>> may_send(std::uint64_t sequence);

  // An entry, or a reset after which it goes on there, is written: nothing moves past it until it is acknowledged.
  void owes(std::uint64_t sequence) { held_.sent(sequence); }

  // The journal was looked through up to there. What was sent of it is acknowledged: what its filter keeps out need not
  // be looked through again.
  boost::asio::awaitable<void> advance(std::uint64_t reached);

  // It is followed all the while, which must be noted now and then, or it would be forgotten.
  bool is_note_due() const noexcept { return std::chrono::steady_clock::now() >= note_due_; }
  boost::asio::awaitable<void> note_seen();

private:
  boost::asio::awaitable<result<std::string_view>> find_change();

  store::consumers& in_;
  consumer_leases::lease& held_;
  store::consumer_record const of_;
  std::uint64_t place_; // as it is kept, as far as is known
  bool bound_;
  std::string_view changed_;
  std::chrono::steady_clock::time_point note_due_;
};

// How often a consumer that is followed, or asked for pages, is noted to be there.
inline constexpr std::chrono::hours seen_interval{1};

} // namespace consentd::localapi

#endif
