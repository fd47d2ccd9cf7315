// GET /v1/events and /v1/snapshot as streams.
#ifndef CONSENTD_LOCALAPI_STREAM_HPP
#define CONSENTD_LOCALAPI_STREAM_HPP

#include "base/log.hpp"
#include "base/time.hpp"
#include "localapi/access.hpp"
#include "localapi/bell.hpp"
#include "localapi/consumer_leases.hpp"
#include "localapi/consumer_progress.hpp"
#include "localapi/follower.hpp"
#include "localapi/problem.hpp"
#include "localapi/routes.hpp"
#include "localapi/stream_writer.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <unordered_map>

namespace consentd::localapi {

struct stream_settings {
  std::size_t max_streams = 256;
  std::size_t max_streams_per_user = 256;
  std::chrono::milliseconds heartbeat{15000}; // of silence, then a comment with the place examined so far
};

// All open streams. Each is one coroutine that keeps a number and at most one page: a reader that stalls is held up by
// its own socket and costs nothing else. Entries come in order, each once; a place that cannot be resumed from is
// answered in-band by an event `reset`, and the stream goes on from the oldest entry kept, so that a client which
// ignores it sees entries again rather than never.
class event_streams {
public:
  // What it is handed must outlive it. The bell is to ring when `access` is replaced, too: a stream ends when whoever
  // reads it may not any more.
  event_streams(store::event_store& from, journal_bell& bell, current<access_rules> const& access, clock const& now,
                log_sink& log, stream_settings const& how);

  // Each answers, and returns when the peer has gone or the listener stops. too_many_streams at the bound.
  boost::asio::awaitable<void> serve(net::exchange& request, call const& asked);
  // First where all consents stand, then the changes: who builds a copy has it in one call.
  boost::asio::awaitable<void> serve_snapshot(net::exchange& request, call const& asked);

  // The stream of a durable consumer, from its place on, or a page of it; conflict while another follows it, or while
  // it is paused.
  boost::asio::awaitable<void> serve_consumer(net::exchange& request, call const& asked, consumer_leases& leases);

  // Personal data was erased from the journal: what streams share of it goes, too. Any thread.
  void forget_erased() { pages_.forget(); }

  std::size_t open() const;
  std::size_t limit() const noexcept { return how_.max_streams; }

private:
  // The place of an open stream, given back at its end.
  class place_taken;
  // What refuses the stream, where the bounds leave no place.
  std::optional<problem> take_place(std::uint32_t user);
  void give_back(std::uint32_t user) noexcept;
  static boost::asio::awaitable<void> refuse(net::exchange& request, problem why);
  // Answers 200, and says from where the journal follows.
  static boost::asio::awaitable<result<void>> begin_journal(stream_writer& out, starting_point const& begin,
                                                            store::journal_extent const& extent);
  boost::asio::awaitable<result<void>> write_rows(stream_writer& out, store::consent_filter const& filter,
                                                  starting_point const& begin, standing_right& may);
  // One that is read now, in the frame of whom reads it.
  struct followed_consumer;
  // conflict while another follows it, or while it is paused.
  boost::asio::awaitable<parsed<followed_consumer>> take_consumer(net::request_head const& head, call const& asked,
                                                                  consumer_leases& leases);
  boost::asio::awaitable<net::response> answer_page(followed_consumer const& of, std::size_t limit);
  boost::asio::awaitable<void> stream_consumer(net::exchange& request, call const& asked, followed_consumer const& of);
  boost::asio::awaitable<result<void>> follow(net::exchange& request, stream_writer& out, follower& reader,
                                              consumer_progress* consumer = nullptr);
  boost::asio::awaitable<result<void>> keep_up(journal_bell::sleeper& sleeper, stream_writer& out, follower& reader,
                                               consumer_progress* consumer);
  void tell_of_end(result<void> const& how) const;

  store::event_store& from_;
  shared_pages pages_;
  journal_bell& bell_;
  current<access_rules> const& access_;
  clock const& now_;
  log_sink& log_;
  stream_settings const how_;
  mutable std::mutex guard_;
  std::size_t open_ = 0;                              // guarded by guard_, like the next
  std::unordered_map<std::uint32_t, std::size_t> of_; // by user, those that have any
};

} // namespace consentd::localapi

#endif
