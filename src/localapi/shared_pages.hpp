// Pages of the journal that many streams read at the same time.
#ifndef CONSENTD_LOCALAPI_SHARED_PAGES_HPP
#define CONSENTD_LOCALAPI_SHARED_PAGES_HPP

#include "base/result.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace consentd::localapi {

// An entry, and how subscribers are told of it.
struct told_entry {
  store::journal_entry what;
  std::string cloudevent;
};

struct told_page {
  std::vector<told_entry> entries;
  std::uint64_t examined = 0; // as in store::journal_page
};

// All streams that wait at the journal's end are woken by the same entry: it is read and written as JSON once, for all
// of them. Keeps a few pages. Any number of coroutines, each on a strand or a thread of its own.
class shared_pages {
public:
  // The journal must outlive it, and it every read().
  explicit shared_pages(store::journal& from) : from_(from) {}

  store::journal_extent extent() const { return from_.extent(); }

  // As store::journal::read(). Who is far behind the journal's end reads alone.
  boost::asio::awaitable<result<std::shared_ptr<told_page const>>> read(std::uint64_t after, std::size_t limit);

private:
  using page = std::shared_ptr<told_page const>;
  using sleeper = std::shared_ptr<boost::asio::steady_timer>;
  class flight;

  boost::asio::awaitable<result<page>> read_alone(std::uint64_t after, std::size_t limit);
  page find(std::uint64_t after) const; // with guard_ held
  void land(std::uint64_t after, page read);

  store::journal& from_;
  std::mutex guard_;
  // The next are guarded by guard_.
  std::deque<std::pair<std::uint64_t, page>> kept_;       // by what they begin after, the newest last
  std::map<std::uint64_t, std::vector<sleeper>> flights_; // being read, with who waits for them
};

} // namespace consentd::localapi

#endif
