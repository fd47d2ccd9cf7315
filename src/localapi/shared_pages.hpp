// Pages of the journal that many streams read at the same time.
#ifndef CONSENTD_LOCALAPI_SHARED_PAGES_HPP
#define CONSENTD_LOCALAPI_SHARED_PAGES_HPP

#include "base/result.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace consentd::localapi {

// An entry, and how subscribers are told of it.
struct told_entry {
  store::journal_entry what;
  std::string cloudevent; // empty where it is written for one reader alone
};

struct told_page {
  std::vector<told_entry> entries;
  std::uint64_t examined = 0; // as in store::journal_page
};

// All streams that wait at the journal's end are woken by the same entry: it is read and written as JSON once, for all
// of them. Keeps a few pages for a moment, and what was erased not even that. Any number of coroutines, each on a
// strand or a thread of its own.
class shared_pages {
public:
  // The journal must outlive it, and it every read().
  explicit shared_pages(store::journal& from) : from_(from) {}

  store::journal_extent extent() const { return from_.extent(); }

  // As store::journal::read(). Who is far behind the journal's end reads alone.
  boost::asio::awaitable<result<std::shared_ptr<told_page const>>> read(std::uint64_t after, std::size_t limit);

  // What was read before is not handed out any more: some of it was erased.
  void forget();

private:
  using page = std::shared_ptr<told_page const>;
  using new_page = std::shared_ptr<told_page>; // nobody else has it yet
  using sleeper = std::shared_ptr<boost::asio::steady_timer>;
  class flight;

  struct kept_page {
    std::uint64_t after; // what it begins after
    page what;
    std::chrono::steady_clock::time_point read;
  };

  boost::asio::awaitable<result<new_page>> load(std::uint64_t after, std::size_t limit);
  page find(std::uint64_t after) const; // with guard_ held
  void land(std::uint64_t after, page read, std::uint64_t generation);

  store::journal& from_;
  std::mutex guard_;
  // The next are guarded by guard_.
  std::uint64_t generation_ = 0;                          // how often was forgotten
  std::deque<kept_page> kept_;                            // the newest last
  std::map<std::uint64_t, std::vector<sleeper>> flights_; // being read, with who waits for them
};

} // namespace consentd::localapi

#endif
