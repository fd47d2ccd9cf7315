// An answer without end, written in the form that its reader asked for.
#ifndef CONSENTD_LOCALAPI_STREAM_WRITER_HPP
#define CONSENTD_LOCALAPI_STREAM_WRITER_HPP

#include "localapi/shared_pages.hpp"
#include "localapi/starting_point.hpp"
#include "net/http.hpp"
#include "store/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::localapi {

enum class stream_form : std::uint8_t {
  sse,   // text/event-stream
  ndjson // application/x-ndjson: a JSON object a line; one that is no entry has a member `control`
};

// In the frame of the stream's coroutine. What is put is kept until flush(), which the caller sees to at full().
class stream_writer {
public:
  // The exchange must outlive it. `epoch`: of the journal.
  stream_writer(net::exchange& to, stream_form form, std::string epoch);

  // Answers 200.
  boost::asio::awaitable<result<void>> start();

  // The place that the stream begins after: a client that is cut off before the first entry goes on from there.
  void put_opening(std::uint64_t after);
  void put_entry(told_entry const& entry);
  // Where it had to go on, after a place that could not be resumed from.
  void put_reset(reset_reason why, std::string_view requested, std::uint64_t after,
                 store::journal_extent const& extent);
  // The same where rows follow. Whoever is cut off among them must not go on from any place: it takes back the last
  // one.
  void put_reset_before_rows(reset_reason why, std::string_view requested, std::uint64_t after,
                             store::journal_extent const& extent);
  // Keeps the connection alive, and says how far the journal was looked through.
  void put_heartbeat(std::uint64_t after);
  // Keeps the connection alive where there is no place to go on from yet.
  void put_sign_of_life();
  // A row of a snapshot: `object` is JSON. It moves no place.
  void put_row(std::string_view object);
  // All rows were put: from here on come the entries after this place.
  void put_snapshot_end(std::uint64_t after);
  // The last word of a stream that the daemon ends.
  void put_end(std::string_view why);

  bool full() const noexcept;
  boost::asio::awaitable<result<void>> flush();
  std::chrono::steady_clock::time_point last_written() const noexcept { return last_written_; }
  std::string place(std::uint64_t sequence) const;

private:
  // A line of NDJSON that is no entry, with what `more` adds to it (members, each with a comma before it).
  void put_control(std::string_view what, std::uint64_t after, std::string_view more = {});

  void put_cloudevent(told_entry const& entry);

  net::exchange& to_;
  stream_form const form_;
  std::string const epoch_;
  std::string pending_;
  std::chrono::steady_clock::time_point last_written_ = std::chrono::steady_clock::now();
};

} // namespace consentd::localapi

#endif
