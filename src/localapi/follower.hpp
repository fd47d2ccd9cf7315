// Reads the journal behind its own place, for one stream.
#ifndef CONSENTD_LOCALAPI_FOLLOWER_HPP
#define CONSENTD_LOCALAPI_FOLLOWER_HPP

#include "localapi/entry_filter.hpp"
#include "localapi/stream_writer.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>

namespace consentd::localapi {

// In the frame of the stream's coroutine: keeps a number, and at most one page.
class follower {
public:
  // Writer and journal must outlive it.
  follower(stream_writer& to, store::journal& from, entry_filter filter, std::uint64_t after);

  bool is_behind() const { return journal_.extent().last > after_; }
  // Up to which the journal was looked through.
  std::uint64_t after() const noexcept { return after_; }

  // Writes all that there is.
  boost::asio::awaitable<result<void>> catch_up();
  boost::asio::awaitable<result<void>> heartbeat();

private:
  boost::asio::awaitable<result<void>> write(store::journal_page const& page, std::uint64_t last);
  void fit_page(std::size_t entries, std::size_t bytes);

  stream_writer& to_;
  store::journal& journal_;
  entry_filter const filter_;
  std::uint64_t after_;
  std::size_t page_limit_ = 16; // until the size of this journal's entries is known
};

} // namespace consentd::localapi

#endif
