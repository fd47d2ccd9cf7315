// Many that ask at once through the client library, on several threads, and give up at any moment.
#include "tests/unit/localapi/fixture.hpp"

#include <consentd/client.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <future>
#include <random>
#include <vector>

using namespace consentd;
using namespace consentd::localapi;
using namespace boost::asio::experimental::awaitable_operators;
namespace asio = boost::asio;

namespace {

constexpr unsigned callers = 24;
constexpr int rounds = 40;
constexpr int entries = 50;

struct crowd : testing::fixture {
  client::settings how() const {
    client::settings made;
    made.socket_path = socket();
    made.connections = 3;
    made.held_connections = 3;
    return made;
  }

  asio::thread_pool threads{4};
  std::atomic<int> answered = 0;
  std::atomic<int> given_up = 0;
  std::atomic<int> wrong = 0; // Boost.Test's own checks are for one thread
};

asio::awaitable<void> patience(std::mt19937& random) {
  asio::steady_timer timer(co_await asio::this_coro::executor, std::chrono::microseconds(random() % 3000));
  co_await timer.async_wait(asio::use_awaitable);
}

// Completes with whichever came first; true: the answer.
template <class T>
asio::awaitable<bool> wait_or_give_up(asio::awaitable<client::result<T>> answer, std::mt19937& random) {
  auto giving_up = patience(random);
  auto const first = co_await (std::move(answer) || std::move(giving_up));
  co_return first.index() == 0 && std::get<0>(first).has_value();
}

asio::awaitable<void> ask_and_give_up(crowd& in, client::async_daemon const& daemon, unsigned seed) {
  std::mt19937 random(seed);
  std::array<std::string, 1> const never{"Revoked"};
  for (int round = 0; round < rounds; ++round) {
    bool answered = false;
    auto const patient = random() % 4 == 0;
    if (patient) {
      auto const told = co_await daemon.ask(client::usable("c-1"));
      answered = told.has_value();
      in.wrong += answered ? 0 : 1;
    } else if (random() % 2 == 0) {
      auto asked = daemon.ask(client::wait_for("c-1", never, std::chrono::seconds(60)));
      answered = co_await wait_or_give_up(std::move(asked), random);
      in.wrong += answered ? 1 : 0;
    } else {
      auto asked = daemon.ask(client::usable("c-1"));
      answered = co_await wait_or_give_up(std::move(asked), random);
    }
    ++(answered ? in.answered : in.given_up);
  }
}

asio::awaitable<void> follow_and_give_up(crowd& in, unsigned seed) {
  std::mt19937 random(seed);
  auto const executor = co_await asio::this_coro::executor;
  client::async_event_stream changes(executor, client::journal(), in.how());
  int seen = 0;
  for (int round = 0; seen < entries; ++round) {
    auto next = changes.next();
    client::result<client::event> told = client::error{.code = client::errc::cancelled};
    if (round < rounds) {
      auto giving_up = patience(random);
      auto first = co_await (std::move(next) || std::move(giving_up));
      if (first.index() == 0) {
        told = std::get<0>(std::move(first));
      }
    } else {
      told = co_await std::move(next); // with nothing but impatience a slow machine would never get as far as an entry
    }
    if (told) {
      ++seen;
      in.wrong += told->subject == "c-" + std::to_string(seen) ? 0 : 1;
    } else {
      ++in.given_up;
    }
  }
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(crowds, crowd)

BOOST_AUTO_TEST_CASE(calls_given_up_at_any_moment_leave_their_connections_to_others) {
  announce("c-1");
  client::async_daemon const daemon(threads.get_executor(), how());
  std::vector<std::future<void>> all;
  for (unsigned i = 0; i < callers; ++i) {
    all.push_back(asio::co_spawn(asio::make_strand(threads), ask_and_give_up(*this, daemon, i), asio::use_future));
  }
  for (auto& one : all) {
    one.get();
  }
  BOOST_TEST(answered > 0);
  BOOST_TEST(given_up > 0);
  BOOST_TEST(wrong == 0);
  // As many at once as there are connections: none was lost.
  std::array<std::string, 1> const soon{"AwaitingAuthorization"};
  std::vector<std::future<client::result<client::awaited_consent>>> waiting;
  for (int i = 0; i < 3; ++i) {
    waiting.push_back(
        asio::co_spawn(threads, daemon.ask(client::wait_for("c-2", soon, std::chrono::seconds(1))), asio::use_future));
  }
  for (auto& one : waiting) {
    BOOST_TEST((one.get().error().code == client::errc::refused));
  }
  std::vector<std::future<client::result<client::usability>>> asking;
  for (int i = 0; i < 3; ++i) {
    asking.push_back(asio::co_spawn(threads, daemon.ask(client::usable("c-1")), asio::use_future));
  }
  for (auto& one : asking) {
    BOOST_TEST(one.get().has_value());
  }
}

BOOST_AUTO_TEST_CASE(calls_that_are_held_keep_no_other_waiting) {
  announce("c-1");
  client::async_daemon const daemon(threads.get_executor(), how());
  for (int i = 0; i < 4; ++i) {
    asio::co_spawn(threads, daemon.ask(client::wait_for("c-1", {"Revoked"}, std::chrono::seconds(300))),
                   asio::detached);
  }
  for (int i = 0; i < 4; ++i) {
    auto const told = asio::co_spawn(threads, daemon.ask(client::usable("c-1")), asio::use_future).get();
    BOOST_TEST_REQUIRE(told.has_value());
  }
}

BOOST_AUTO_TEST_CASE(streams_given_up_at_any_moment_lose_no_entry_and_repeat_none) {
  std::vector<std::future<void>> all;
  for (unsigned i = 0; i < callers; ++i) {
    all.push_back(asio::co_spawn(asio::make_strand(threads), follow_and_give_up(*this, i), asio::use_future));
  }
  for (int i = 1; i <= entries; ++i) {
    announce("c-" + std::to_string(i));
  }
  for (auto& one : all) {
    one.get();
  }
  BOOST_TEST(given_up > 0);
  BOOST_TEST(wrong == 0);
}

BOOST_AUTO_TEST_SUITE_END()
