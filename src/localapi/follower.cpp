#include "localapi/follower.hpp"

#include <algorithm>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;

namespace {

constexpr std::size_t page_entries = 256;

} // namespace

follower::follower(stream_writer& to, shared_pages& from, store::entry_filter filter, std::uint64_t after,
                   standing_right& may, at_gap what, consumer_progress* of)
    : to_(to), journal_(from), filter_(std::move(filter)), after_(after), may_(may), at_gap_(what), consumer_(of) {
}

std::string_view follower::ended() {
  if (!may_.holds()) {
    return "not-permitted";
  }
  return consumer_ != nullptr ? consumer_->ended() : std::string_view();
}

asio::awaitable<result<void>> follower::catch_up(journal_bell::sleeper const& sleeper,
                                                 std::chrono::milliseconds longest_silence) {
  while (is_behind() && ended().empty() && !sleeper.dismissed()) {
    auto page = co_await journal_.read(after_, page_entries);
    if (!page) {
      co_return page.error();
    }
    auto const extent = journal_.extent();
    result<void> sent;
    if (extent.pruned > after_) {
      // Pruned from under a reader that was too slow; whether the page still had them all cannot be told.
      if (at_gap_ == at_gap::stop) {
        stopped_ = true;
        break;
      }
      sent = co_await put_gap(extent);
    } else {
      sent = co_await write(**page);
    }
    if (sent && ended().empty() && std::chrono::steady_clock::now() - to_.last_written() >= longest_silence) {
      sent = co_await heartbeat();
    }
    if (!sent) {
      co_return sent.error();
    }
  }
  co_return result<void>{};
}

// At once: there may be nothing behind it for long.
asio::awaitable<result<void>> follower::put_gap(store::journal_extent const& extent) {
  auto const requested = to_.place(after_);
  if (consumer_ != nullptr) {
    auto const may = co_await consumer_->may_send(extent.pruned);
    if (!may || !ended().empty()) {
      co_return may;
    }
    consumer_->owes(extent.pruned);
  }
  after_ = extent.pruned;
  to_.put_reset(reset_reason::pruned, requested, after_, extent);
  co_return co_await to_.flush();
}

asio::awaitable<result<void>> follower::heartbeat() {
  if (consumer_ != nullptr) {
    auto const may = co_await consumer_->may_send(after_);
    if (!may || !ended().empty()) {
      co_return may;
    }
  }
  to_.put_heartbeat(after_);
  auto const sent = co_await to_.flush();
  if (sent && consumer_ != nullptr) {
    co_await consumer_->advance(after_);
  }
  co_return sent;
}

asio::awaitable<result<void>> follower::may_write(told_page const& page) {
  if (consumer_ == nullptr || !consumer_->is_bound()) {
    co_return result<void>{};
  }
  auto const newest = std::find_if(page.entries.rbegin(), page.entries.rend(),
                                   [&](told_entry const& told) { return passes(filter_, told.what); });
  if (newest == page.entries.rend()) {
    co_return result<void>{};
  }
  co_return co_await consumer_->may_send(newest->what.sequence);
}

asio::awaitable<result<void>> follower::write(told_page const& page) {
  auto const may = co_await may_write(page);
  if (!may || !ended().empty()) {
    co_return may;
  }
  for (auto const& told : page.entries) {
    auto const& entry = told.what;
    after_ = entry.sequence;
    if (passes(filter_, entry)) {
      to_.put_entry(told);
      if (consumer_ != nullptr) {
        consumer_->owes(entry.sequence);
      }
    }
    if (to_.full()) {
      auto written = co_await to_.flush();
      if (!written) {
        co_return written.error();
      }
    }
  }
  after_ = std::max(after_, page.examined);
  // At each page's end, too: in a journal that never stands still nothing may wait for a full buffer.
  co_return co_await to_.flush();
}

} // namespace consentd::localapi
