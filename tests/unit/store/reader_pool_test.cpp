// Who waits for whom among those that read.
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/start.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <chrono>
#include <future>

using namespace consentd;
using namespace consentd::test;
using store::sqlite::connection;
using store::sqlite::effort;
using store::sqlite::reader_pool;

namespace {

struct pool_fixture : store_fixture {
  pool_fixture() {
    open();
    close();
  }

  std::unique_ptr<reader_pool> pool_of(int threads) {
    std::vector<connection> connections;
    for (int i = 0; i < threads; ++i) {
      connections.push_back(store::sqlite::open_for_reading(settings.path));
    }
    return std::make_unique<reader_pool>(std::move(connections), log);
  }

  // Queues a query that does `what`; counted in `finished` when its outcome is delivered.
  void submit(reader_pool& to, effort how, std::function<void()> what) {
    store::sqlite::read_operation<int> operation = [what = std::move(what)](connection&) -> result<int> {
      what();
      return 1;
    };
    boost::asio::co_spawn(io, to.submit<int>(how, std::move(operation)),
                          [this](std::exception_ptr const&, result<int> const&) { ++finished; });
    io.restart();
    io.poll();
  }

  // Until so many have finished; false after a time that only keeps a hanging test from hanging for ever.
  bool finishes(int count) {
    auto const deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (finished < count && std::chrono::steady_clock::now() < deadline) {
      io.restart();
      io.run_one_for(std::chrono::milliseconds(100));
    }
    return finished == count;
  }

  int finished = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(readers, pool_fixture)

BOOST_AUTO_TEST_CASE(lookup_does_not_wait_for_pages) {
  std::promise<void> release;
  auto const released = release.get_future().share();
  auto const pool = pool_of(3);
  for (int i = 0; i < 10; ++i) {
    submit(*pool, effort::page, [released] { released.wait(); });
  }
  // One after the other, so that in between every reader looks for what else there is.
  constexpr int lookups = 20;
  for (int i = 1; i <= lookups; ++i) {
    submit(*pool, effort::lookup, [] {});
    BOOST_TEST(finishes(i));
    if (finished < i) {
      break; // the pages are released, or the pool would wait for them for ever
    }
  }
  release.set_value();
  BOOST_TEST(finishes(lookups + 10));
}

BOOST_AUTO_TEST_CASE(page_does_not_wait_for_all_lookups) {
  std::promise<void> release_both;
  std::promise<void> release_one;
  auto const both = release_both.get_future().share();
  auto const one = release_one.get_future().share();
  auto const pool = pool_of(2);
  std::atomic<int> begun = 0;
  submit(*pool, effort::lookup, [&begun, both] {
    ++begun;
    both.wait();
  });
  submit(*pool, effort::lookup, [&begun, one] {
    ++begun;
    one.wait();
  });
  while (begun < 2) {
    std::this_thread::yield();
  }
  std::atomic<int> lookups = 0;
  int before_the_page = -1;
  for (int i = 0; i < 20; ++i) {
    submit(*pool, effort::lookup, [&lookups] { ++lookups; });
  }
  submit(*pool, effort::page, [&] { before_the_page = lookups; });
  release_one.set_value();
  BOOST_TEST(finishes(22));
  BOOST_TEST(before_the_page == 0);
  release_both.set_value();
  BOOST_TEST(finishes(23));
}

BOOST_AUTO_TEST_CASE(what_is_queued_is_finished_at_the_end) {
  std::promise<void> release;
  auto const released = release.get_future().share();
  auto pool = pool_of(3);
  for (int i = 0; i < 10; ++i) {
    submit(*pool, effort::page, [released] { released.wait(); });
    submit(*pool, effort::lookup, [released] { released.wait(); });
  }
  release.set_value();
  pool.reset();
  BOOST_TEST(finishes(20));
}

BOOST_AUTO_TEST_SUITE_END()
