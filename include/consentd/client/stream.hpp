// The journal of changes as it grows.
#ifndef CONSENTD_CLIENT_STREAM_HPP
#define CONSENTD_CLIENT_STREAM_HPP

#include <consentd/client/call.hpp>
#include <consentd/client/daemon.hpp>
#include <consentd/client/error.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace consentd::client {

enum class event_kind {
  entry,      // a change
  reset,      // the place asked for is gone, `reason` says why; what was known may lack changes. Entries go on from the
              // oldest kept
  rows_begin, // of a snapshot: rows follow, all of them: drop the copy made so far
  row,        // of a snapshot: a consent as it stands
  rows_end,   // of a snapshot: that were all; changes follow
  // The daemon ended the stream, `reason` says why: "not-permitted" (the right to read was taken away: next() then
  // gives the error that a new attempt would), and of a consumer "taken-over", "paused", "seek", "filter", "removed".
  // next() then queues for the consumer again; call it no more where that is not wanted, as after "taken-over" perhaps.
  end,
};

struct event {
  event_kind kind = event_kind::entry;
  // From which to go on after this. Of an entry its id, of a row that of its consent's last change: drop entries that
  // are not newer than what a copy has of their subject (is_newer). Empty where there is none yet, for rows_begin, end
  // and the reset of a snapshot, whose rows come again.
  std::string place = {};
  std::string type = {}; // of an entry, such as "ae.openfinance.consent.status"
  std::string subject = {};
  std::string issuer = {};
  std::string status = {};
  std::string previous_status = {}; // of an entry
  std::string reason = {};          // of reset and end
  std::string json = {};            // the CloudEvent, the consent, or what the daemon said of a reset
};

// True when `place` lies behind `other`; places of two epochs cannot be compared, and count as newer.
bool is_newer(std::string_view place, std::string_view other) noexcept;

// What to follow.
struct subscription {
  std::string target;
  std::string place;        // to begin after; empty: as the target says
  bool has_rows = false;    // it begins with rows, unless it resumes
  bool by_consumer = false; // the daemon knows where it is to go on
};

// The journal after `place`: empty for all that is kept, "latest" for what comes once its first connection has begun,
// not from this call on.
subscription journal(event_filter const& filter = {}, std::string_view place = {});

// What is empty does not narrow; `status` narrows the rows alone, or a copy would not hear of an end.
struct row_filter {
  std::string status = {};
  std::string kind = {};
  std::string issuer = {};
};
// Where all consents stand, and then the changes: a copy in one go. With a place, the changes after it alone, or the
// rows again when it is gone.
subscription snapshot(row_filter const& filter = {}, std::string_view place = {});

// What the durable consumer of that name has not acknowledged (keep_consumer, acknowledge). Acknowledge the place of
// each event, or of every so many, once it was dealt with, resets included; what was not acknowledged comes again with
// the next connection.
subscription consumed_by(std::string_view consumer);

// Called before each new attempt, with what ended or hindered the last one and how often the stream has begun so far;
// the value false has next() give that error instead. Not called for errors that no new attempt can mend: next() gives
// those at once. Empty: always true, so that next() waits for ever where no daemon will ever be, at a mistyped socket
// path for one: this is the way to notice. A socket that is not for this user (refused, status 0) ends a stream that
// never began, and is tried again once it had: a daemon that starts binds its socket before it lets others in.
using keep_trying = std::function<bool(error const& why, std::size_t times_begun)>;

// Follows from coroutines, one at a time. It connects by itself, again and again, at growing intervals up to five
// seconds or when the daemon says (Retry-After), and each time goes on after the last event that next() gave.
class async_event_stream {
public:
  // The socket lives on `executor`, a strand or a context that one thread runs, which must outlive this. This must
  // outlive its next(), which is to be awaited there.
  async_event_stream(boost::asio::any_io_executor executor, subscription to, settings how = {}, keep_trying again = {});
  async_event_stream(async_event_stream&&) noexcept;
  async_event_stream& operator=(async_event_stream&&) noexcept;
  ~async_event_stream();

  // The next one, however long it takes. Cancelled as a call of async_daemon is; the stream is as it was, so that
  // next() may simply be called again, as after any other error. What was under way goes on with the next call, a
  // pause, a connection that is being made, half an event: it comes to its end for a caller with a timer of any length.
  [[nodiscard]] boost::asio::awaitable<result<event>> next();

  // From which to go on, in another process perhaps: of the last event that next() gave, or of a heartbeat since.
  std::string const& place() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

// The same for a thread that waits.
class event_stream {
public:
  explicit event_stream(subscription to, settings how = {}, keep_trying again = {});
  event_stream(event_stream&&) noexcept;
  event_stream& operator=(event_stream&&) noexcept;
  ~event_stream();

  [[nodiscard]] result<event> next();
  // timed_out after `patience`; the stream is as it was.
  [[nodiscard]] result<event> next(std::chrono::milliseconds patience);

  // Has next(), or else the next one, give `cancelled`; the stream is as it was. From any thread, not from a signal
  // handler.
  void cancel();

  std::string const& place() const noexcept;

private:
  struct state;
  std::unique_ptr<state> state_;
};

} // namespace consentd::client

#endif
