#include "localapi/follower.hpp"

#include <algorithm>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;

namespace {

constexpr std::size_t page_entries = 256;

} // namespace

follower::follower(stream_writer& to, shared_pages& from, store::entry_filter filter, std::uint64_t after, at_gap what,
                   consumer_leases::lease* held)
    : to_(to), journal_(from), filter_(std::move(filter)), after_(after), at_gap_(what), held_(held) {
}

asio::awaitable<result<void>> follower::catch_up(journal_bell::sleeper const& sleeper,
                                                 std::chrono::milliseconds longest_silence) {
  while (is_behind() && ended().empty() && !sleeper.dismissed()) {
    auto page = co_await journal_.read(after_, page_entries);
    if (!page) {
      co_return page.error();
    }
    auto const extent = journal_.extent();
    if (extent.pruned > after_) {
      // Pruned from under a reader that was too slow; whether the page still had them all cannot be told.
      if (at_gap_ == at_gap::stop) {
        stopped_ = true;
        break;
      }
      auto const requested = to_.place(after_);
      after_ = extent.pruned;
      to_.put_reset(reset_reason::pruned, requested, after_, extent);
      continue;
    }
    auto sent = co_await write(**page);
    if (sent && std::chrono::steady_clock::now() - to_.last_written() >= longest_silence) {
      sent = co_await heartbeat();
    }
    if (!sent) {
      co_return sent.error();
    }
  }
  co_return result<void>{};
}

asio::awaitable<result<void>> follower::heartbeat() {
  to_.put_heartbeat(after_);
  co_return co_await to_.flush();
}

asio::awaitable<result<void>> follower::write(told_page const& page) {
  for (auto const& told : page.entries) {
    auto const& entry = told.what;
    after_ = entry.sequence;
    if (passes(filter_, entry)) {
      to_.put_entry(told);
      if (held_ != nullptr) {
        held_->sent(entry.sequence);
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
