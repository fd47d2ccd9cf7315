#include "localapi/shared_pages.hpp"

#include "localapi/cloudevent.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <algorithm>
#include <chrono>

namespace consentd::localapi {

namespace asio = boost::asio;

namespace {

// Entries come with their resources: few at a time, since pages are kept.
constexpr std::size_t shared_entries = 16;
constexpr std::size_t pages_kept = 4;

void wake(std::shared_ptr<asio::steady_timer> const& sleeper) {
  // Not cancel(): that would miss a wait which has not begun yet.
  asio::post(sleeper->get_executor(), [sleeper] { sleeper->expires_at(std::chrono::steady_clock::now()); });
}

} // namespace

// A read on behalf of all who want the same page. However it ends, they go on.
class shared_pages::flight {
public:
  flight(shared_pages& of, std::uint64_t after) : of_(of), after_(after) {}
  flight(flight const&) = delete;
  flight& operator=(flight const&) = delete;
  ~flight() { of_.land(after_, std::move(page_)); }

  void bring(page read) { page_ = std::move(read); }

private:
  shared_pages& of_;
  std::uint64_t const after_;
  page page_;
};

asio::awaitable<result<shared_pages::page>> shared_pages::read_alone(std::uint64_t after, std::size_t limit) {
  auto read = co_await from_.read(after, limit);
  if (!read) {
    co_return read.error();
  }
  auto const epoch = from_.extent().epoch;
  auto made = std::make_shared<told_page>();
  made->examined = read->examined;
  made->entries.reserve(read->entries.size());
  for (auto& entry : read->entries) {
    auto text = to_cloudevent(entry, epoch);
    made->entries.push_back({std::move(entry), std::move(text)});
  }
  co_return made;
}

shared_pages::page shared_pages::find(std::uint64_t after) const {
  auto const found = std::find_if(kept_.rbegin(), kept_.rend(), [&](auto const& one) { return one.first == after; });
  return found == kept_.rend() ? nullptr : found->second;
}

void shared_pages::land(std::uint64_t after, page read) {
  std::vector<sleeper> waiting;
  {
    std::lock_guard const hold(guard_);
    waiting = std::move(flights_.extract(after).mapped());
    if (read && read->examined > after) {
      kept_.emplace_back(after, std::move(read));
    }
    if (kept_.size() > pages_kept) {
      kept_.pop_front();
    }
  }
  for (auto const& one : waiting) {
    wake(one);
  }
}

asio::awaitable<result<shared_pages::page>> shared_pages::read(std::uint64_t after, std::size_t limit) {
  if (from_.extent().last - after > shared_entries) {
    co_return co_await read_alone(after, limit);
  }
  auto const executor = co_await asio::this_coro::executor;
  while (true) {
    sleeper mine;
    {
      std::lock_guard const hold(guard_);
      if (auto kept = find(after)) {
        co_return kept;
      }
      auto const [flying, is_first] = flights_.try_emplace(after);
      if (!is_first) {
        mine = std::make_shared<asio::steady_timer>(executor, std::chrono::steady_clock::time_point::max());
        flying->second.push_back(mine);
      }
    }
    if (mine) {
      co_await mine->async_wait(asio::as_tuple(asio::use_awaitable));
      continue;
    }
    flight own(*this, after);
    auto read = co_await read_alone(after, shared_entries);
    if (read) {
      own.bring(*read);
    }
    co_return read;
  }
}

} // namespace consentd::localapi
