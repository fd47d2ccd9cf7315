#include "localapi/bell.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <thread>

using consentd::localapi::journal_bell;
namespace asio = boost::asio;

namespace {

// Longer than any test may take: only a ring ends such a wait.
auto never() {
  return std::chrono::steady_clock::now() + std::chrono::hours(24);
}

} // namespace

BOOST_AUTO_TEST_SUITE(bell)

BOOST_AUTO_TEST_CASE(a_ring_between_arm_and_wait_is_not_missed) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  bool woke = false;
  auto const stream = [&]() -> asio::awaitable<void> {
    journal_bell::sleeper sleeper(*bell, co_await asio::this_coro::executor);
    sleeper.arm(never());
    bell->ring();
    // Whatever the ring posted runs before the wait begins.
    co_await asio::post(asio::use_awaitable);
    co_await sleeper.wait();
    woke = true;
  };
  asio::co_spawn(context, stream, asio::detached);
  context.run();
  BOOST_TEST(woke);
}

BOOST_AUTO_TEST_CASE(a_ring_while_waiting_wakes) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  bool woke = false;
  auto const stream = [&]() -> asio::awaitable<void> {
    journal_bell::sleeper sleeper(*bell, co_await asio::this_coro::executor);
    sleeper.arm(never());
    co_await sleeper.wait();
    woke = true;
  };
  asio::co_spawn(context, stream, asio::detached);
  context.poll();
  BOOST_TEST(!woke);
  std::thread([&] { bell->ring(); }).join();
  context.run();
  BOOST_TEST(woke);
}

BOOST_AUTO_TEST_CASE(a_wait_ends_at_its_time_without_a_ring) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  auto const stream = [&]() -> asio::awaitable<void> {
    journal_bell::sleeper sleeper(*bell, co_await asio::this_coro::executor);
    sleeper.arm(std::chrono::steady_clock::now());
    co_await sleeper.wait();
  };
  asio::co_spawn(context, stream, asio::detached);
  BOOST_TEST(context.run() > 0U);
}

BOOST_AUTO_TEST_CASE(a_ring_after_the_sleeper_has_gone_is_harmless) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  { journal_bell::sleeper const sleeper(*bell, context.get_executor()); }
  bell->ring();
  BOOST_TEST(context.run() == 1U); // the bell's own turn, which finds nobody
}

BOOST_AUTO_TEST_CASE(rings_that_come_before_anybody_was_woken_cost_one_turn) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  for (int i = 0; i < 1000; ++i) {
    bell->ring();
  }
  BOOST_TEST(context.run() == 1U);
}

BOOST_AUTO_TEST_CASE(who_was_dismissed_sleeps_no_more) {
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  int waits = 0;
  auto const stream = [&]() -> asio::awaitable<void> {
    journal_bell::sleeper sleeper(*bell, co_await asio::this_coro::executor);
    asio::post(context, [&] { sleeper.dismiss(); });
    while (waits < 3) {
      sleeper.arm(never());
      co_await sleeper.wait();
      ++waits;
      BOOST_TEST(sleeper.dismissed());
    }
  };
  asio::co_spawn(context, stream, asio::detached);
  context.run();
  BOOST_TEST(waits == 3);
}

// As the streams use it: a number grows on one thread, and readers on others must see every step, with nothing but
// rings to wake them; the next step comes only when all have seen the one before, so that each of them sleeps or is
// about to.
BOOST_AUTO_TEST_CASE(no_reader_sleeps_through_an_entry) {
  constexpr int steps = 3000;
  constexpr int readers = 8;
  asio::io_context context;
  auto const bell = std::make_shared<journal_bell>(context.get_executor());
  std::atomic<int> number{0};
  std::atomic<int> seen_by_all{0};
  auto const reader = [&]() -> asio::awaitable<void> {
    journal_bell::sleeper sleeper(*bell, co_await asio::this_coro::executor);
    int seen = 0;
    while (seen != steps) {
      sleeper.arm(never());
      if (number.load() != seen) {
        seen = number.load();
        ++seen_by_all;
        continue;
      }
      co_await sleeper.wait();
    }
  };
  for (int i = 0; i < readers; ++i) {
    asio::co_spawn(asio::make_strand(context), reader, asio::detached);
  }
  std::thread writer([&] {
    for (int step = 1; step <= steps; ++step) {
      number = step;
      bell->ring();
      while (seen_by_all.load() != step * readers) {
        std::this_thread::yield();
      }
    }
  });
  std::thread second([&] { context.run(); });
  context.run();
  second.join();
  writer.join();
  BOOST_TEST(seen_by_all == steps * readers);
}

BOOST_AUTO_TEST_SUITE_END()
