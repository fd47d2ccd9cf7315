// Reads the journal behind its own place, for one stream.
#ifndef CONSENTD_LOCALAPI_FOLLOWER_HPP
#define CONSENTD_LOCALAPI_FOLLOWER_HPP

#include "localapi/access.hpp"
#include "localapi/bell.hpp"
#include "localapi/consumer_progress.hpp"
#include "localapi/entry_filter.hpp"
#include "localapi/shared_pages.hpp"
#include "localapi/stream_writer.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace consentd::localapi {

// What is to be done when entries were pruned before they were read.
enum class at_gap : std::uint8_t {
  tell, // by a reset, and go on with the oldest entry kept
  stop
};

// In the frame of the stream's coroutine: keeps a number, and at most one page.
class follower {
public:
  // What it is handed must outlive it. Goes on while `may` holds. Of a durable consumer it tells what it sends, and
  // stops once that has ended.
  follower(stream_writer& to, shared_pages& from, store::entry_filter filter, std::uint64_t after, standing_right& may,
           at_gap what = at_gap::tell, consumer_progress* of = nullptr);

  bool is_behind() const { return journal_.extent().last > after_; }
  // Up to which the journal was looked through.
  std::uint64_t after() const noexcept { return after_; }

  // Why the stream must end; empty while it may go on.
  std::string_view ended();

  // True once it stopped at a gap.
  bool stopped() const noexcept { return stopped_; }

  // Writes all that there is, and where nothing of it passes the filter for so long, a heartbeat. Once the sleeper is
  // dismissed, since nobody is left to write to, it reads no more.
  boost::asio::awaitable<result<void>> catch_up(journal_bell::sleeper const& sleeper,
                                                std::chrono::milliseconds longest_silence);
  // Tells how far the journal was looked through; the place of a consumer that owes nothing moves there.
  boost::asio::awaitable<result<void>> heartbeat();

private:
  boost::asio::awaitable<result<void>> write(told_page const& page);
  boost::asio::awaitable<result<void>> put_gap(store::journal_extent const& extent);
  // Of a consumer: that all of a page may be written.
  boost::asio::awaitable<result<void>> may_write(told_page const& page);

  stream_writer& to_;
  shared_pages& journal_;
  store::entry_filter const filter_;
  std::uint64_t after_;
  standing_right& may_;
  at_gap const at_gap_;
  consumer_progress* const consumer_;
  bool stopped_ = false;
};

} // namespace consentd::localapi

#endif
