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
// Longer than it takes until all were woken.
constexpr std::chrono::seconds kept_for{1};

void wake(std::shared_ptr<asio::steady_timer> const& sleeper) {
  // Not cancel(): that would miss a wait which has not begun yet.
  asio::post(sleeper->get_executor(), [sleeper] { sleeper->expires_at(std::chrono::steady_clock::now()); });
}

} // namespace

// A read on behalf of all who want the same page. However it ends, they go on.
class shared_pages::flight {
public:
  flight(shared_pages& of, std::uint64_t after, std::uint64_t generation)
      : of_(of), after_(after), generation_(generation) {}
  flight(flight const&) = delete;
  flight& operator=(flight const&) = delete;
  ~flight() { of_.land(after_, std::move(page_), generation_); }

  void bring(page read) { page_ = std::move(read); }

private:
  shared_pages& of_;
  std::uint64_t const after_;
  std::uint64_t const generation_;
  page page_;
};

asio::awaitable<result<shared_pages::new_page>> shared_pages::load(std::uint64_t after, std::size_t limit) {
  auto read = co_await from_.read(after, limit);
  if (!read) {
    co_return read.error();
  }
  auto made = std::make_shared<told_page>();
  made->examined = read->examined;
  made->entries.reserve(read->entries.size());
  for (auto& entry : read->entries) {
    made->entries.push_back({std::move(entry), {}});
  }
  co_return made;
}

shared_pages::page shared_pages::find(std::uint64_t after) const {
  auto const oldest = std::chrono::steady_clock::now() - kept_for;
  auto const found = std::find_if(kept_.rbegin(), kept_.rend(),
                                  [&](auto const& one) { return one.after == after && one.read >= oldest; });
  return found == kept_.rend() ? nullptr : found->what;
}

void shared_pages::forget() {
  std::lock_guard const hold(guard_);
  ++generation_;
  kept_.clear();
}

void shared_pages::land(std::uint64_t after, page read, std::uint64_t generation) {
  std::vector<sleeper> waiting;
  {
    std::lock_guard const hold(guard_);
    waiting = std::move(flights_.extract(after).mapped());
    if (read && read->examined > after && generation == generation_) {
      kept_.push_back({after, std::move(read), std::chrono::steady_clock::now()});
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
    auto alone = co_await load(after, limit);
    if (!alone) {
      co_return alone.error();
    }
    co_return *alone;
  }
  auto const executor = co_await asio::this_coro::executor;
  while (true) {
    sleeper mine;
    std::uint64_t generation = 0;
    {
      std::lock_guard const hold(guard_);
      if (auto kept = find(after)) {
        co_return kept;
      }
      generation = generation_;
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
    flight own(*this, after, generation);
    auto made = co_await load(after, std::min(limit, shared_entries));
    if (!made) {
      co_return made.error();
    }
    auto const epoch = from_.extent().epoch;
    for (auto& entry : (*made)->entries) {
      entry.cloudevent = to_cloudevent(entry.what, epoch);
    }
    own.bring(*made);
    co_return *made;
  }
}

} // namespace consentd::localapi
