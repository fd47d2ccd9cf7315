// Entries that many streams wait for are read once.
#include "localapi/shared_pages.hpp"
#include "tests/unit/localapi/fixture.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <future>
#include <thread>
#include <vector>

using namespace consentd;
using namespace consentd::localapi;
namespace asio = boost::asio;

namespace {

// Answers after a while, so that others come meanwhile.
class slow_journal final : public store::journal {
public:
  store::async_result<store::journal_page> read(std::uint64_t after, std::size_t limit) override {
    ++reads;
    asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::milliseconds(20));
    co_await timer.async_wait(asio::use_awaitable);
    if (failures > 0) {
      --failures;
      co_return failure{reason::storage, "a disk that fails"};
    }
    store::journal_page page;
    for (auto sequence = after + 1; sequence <= last && page.entries.size() < limit; ++sequence) {
      store::journal_entry entry;
      entry.sequence = sequence;
      entry.type = store::entry_type::announced;
      entry.told = true;
      page.entries.push_back(entry);
    }
    page.examined = page.entries.empty() ? after : page.entries.back().sequence;
    co_return page;
  }
  store::journal_extent extent() const override { return {"e", 0, last}; }
  void on_growth(std::function<void()> /*grew*/) override {}

  std::atomic<std::uint64_t> last = 5;
  std::atomic<int> reads = 0;
  std::atomic<int> failures = 0;
};

struct shared_world {
  slow_journal journal;
  shared_pages pages{journal};
  asio::thread_pool threads{4};

  std::future<result<std::shared_ptr<told_page const>>> ask(std::uint64_t after, std::size_t limit = 16) {
    return asio::co_spawn(asio::make_strand(threads), pages.read(after, limit), asio::use_future);
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(shared_page, shared_world)

BOOST_AUTO_TEST_CASE(hundred_who_wait_for_the_same_entries_cost_one_read) {
  std::vector<std::future<result<std::shared_ptr<told_page const>>>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(ask(3));
  }
  told_page const* first = nullptr;
  for (auto& one : all) {
    auto const got = one.get();
    BOOST_TEST_REQUIRE(got.has_value());
    first = first == nullptr ? got->get() : first;
    BOOST_TEST(got->get() == first);
  }
  BOOST_TEST(first->entries.size() == 2U);
  BOOST_TEST(first->examined == 5U);
  BOOST_TEST(first->entries[0].cloudevent.starts_with(R"({"specversion":"1.0","id":"e-4")"));
  BOOST_TEST(journal.reads == 1);
}

BOOST_AUTO_TEST_CASE(failed_read_is_told_to_who_made_it_and_made_again_by_another) {
  journal.failures = 1;
  std::vector<std::future<result<std::shared_ptr<told_page const>>>> all;
  for (int i = 0; i < 10; ++i) {
    all.push_back(ask(3));
  }
  int failed = 0;
  for (auto& one : all) {
    failed += one.get().has_error() ? 1 : 0;
  }
  BOOST_TEST(failed == 1);
  BOOST_TEST(journal.reads == 2);
}

BOOST_AUTO_TEST_CASE(who_is_far_behind_reads_alone_and_as_much_as_it_wants) {
  journal.last = 100;
  auto first = ask(0, 50);
  auto second = ask(0, 50);
  BOOST_TEST(first.get().value()->entries.size() == 50U);
  BOOST_TEST(second.get().value()->entries.size() == 50U);
  BOOST_TEST(journal.reads == 2);
}

// A page without an entry would be found again and again by who waits for one.
BOOST_AUTO_TEST_CASE(page_that_leads_nowhere_is_not_kept) {
  BOOST_TEST(ask(5).get().value()->examined == 5U);
  journal.last = 6;
  BOOST_TEST(ask(5).get().value()->examined == 6U);
}

BOOST_AUTO_TEST_CASE(what_was_erased_is_not_handed_out_again) {
  ask(3).get().value();
  pages.forget();
  ask(3).get().value();
  BOOST_TEST(journal.reads == 2);
  // Nor what was being read when it was erased.
  auto under_way = ask(4);
  while (journal.reads < 3) {
    std::this_thread::yield();
  }
  pages.forget();
  under_way.get().value();
  ask(4).get().value();
  BOOST_TEST(journal.reads == 4);
}

BOOST_AUTO_TEST_CASE(few_pages_are_kept) {
  for (std::uint64_t after = 0; after < 5; ++after) {
    ask(after).get().value();
  }
  BOOST_TEST(journal.reads == 5);
  ask(4).get().value();
  BOOST_TEST(journal.reads == 5);
  ask(0).get().value();
  BOOST_TEST(journal.reads == 6);
}

BOOST_AUTO_TEST_CASE(reader_that_is_cancelled_leaves_the_others_one_who_reads) {
  asio::io_context context;
  asio::cancellation_signal stop;
  bool threw = false;
  asio::co_spawn(context, pages.read(3, 16),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](std::exception_ptr const& bug, auto const&) { threw = bug != nullptr; }));
  auto second = asio::co_spawn(context, pages.read(3, 16), asio::use_future);
  while (journal.reads == 0) {
    context.run_one();
  }
  context.poll();
  stop.emit(asio::cancellation_type::terminal);
  context.run();
  BOOST_TEST(threw);
  BOOST_TEST(second.get().value()->entries.size() == 2U);
  BOOST_TEST(journal.reads == 2);
}

BOOST_AUTO_TEST_SUITE_END()
