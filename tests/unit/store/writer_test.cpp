#include "tests/unit/store/store_fixture.hpp"

#include <boost/asio/thread_pool.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <future>
#include <latch>
#include <thread>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

// Stops the writer's thread after a commit, so that what is queued meanwhile makes one group.
struct grouping : store_fixture {
  std::promise<void> go;
  std::latch stopped{1};

  void stop_writer() {
    store->on_ready([this, first = true]() mutable {
      if (std::exchange(first, false)) {
        stopped.count_down();
        go.get_future().wait();
      }
    });
    append_unawaited("stops the writer");
    stopped.wait();
  }
  void append_unawaited(std::string body) {
    boost::asio::co_spawn(io, store->append(delivery_of(std::move(body))), [](std::exception_ptr const&, auto) {});
    io.restart();
    io.poll();
  }
  // Lets it go on only once `operations` are all queued: posted behind them.
  template <class T>
  std::vector<T> await_as_one_group(std::vector<boost::asio::awaitable<T>> operations) {
    auto const commits = counters.of("commit");
    boost::asio::post(io, [this] { boost::asio::post(io, [this] { go.set_value(); }); });
    auto all = await_all(std::move(operations));
    BOOST_TEST(counters.of("commit") == commits + 1);
    return all;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(writer, grouping)

BOOST_AUTO_TEST_CASE(what_is_queued_during_a_commit_goes_into_the_next_together) {
  open();
  stop_writer();
  std::vector<boost::asio::awaitable<result<store::appended>>> all;
  all.reserve(100);
  for (int i = 0; i < 100; ++i) {
    all.push_back(store->append(delivery_of("body", std::to_string(i))));
  }
  for (auto const& one : await_as_one_group(std::move(all))) {
    BOOST_TEST(one.has_value());
  }
  BOOST_TEST(count().pending == 101U);
}

BOOST_AUTO_TEST_CASE(bad_member_does_not_spoil_its_group) {
  settings.inbox_rows = 4;
  open();
  append(delivery_of("body", "spent"));
  stop_writer();
  std::vector<boost::asio::awaitable<result<store::appended>>> all;
  all.push_back(store->append(delivery_of("good", "a")));
  all.push_back(store->append(delivery_of("another body", "spent")));
  all.push_back(store->append(delivery_of("good too", "b")));
  all.push_back(store->append(delivery_of("one too many", "c")));
  auto const became = await_as_one_group(std::move(all));
  BOOST_TEST(became[0].has_value());
  BOOST_TEST(became[1].error().code == reason::bearer_replay);
  BOOST_TEST(became[2].has_value());
  BOOST_TEST(became[3].error().code == reason::inbox_full);
  reopen();
  BOOST_TEST(take().size() == 4U);
}

BOOST_AUTO_TEST_CASE(member_that_fails_half_way_leaves_nothing_and_its_neighbours_stand) {
  // A row that no consentd wrote makes the settlement fail after it has looked into the database.
  open();
  announce("good");
  announce("foreign");
  close();
  raw_database(settings.path).execute("UPDATE consents SET kind = 77 WHERE id = 'foreign'");
  open();
  std::vector<std::int64_t> ids;
  ids.reserve(3);
  for (int i = 0; i < 3; ++i) {
    ids.push_back(append("body"));
  }
  take();
  stop_writer();
  std::vector<boost::asio::awaitable<result<store::outcome>>> all;
  all.push_back(store->settle(settlement_of(ids[0], report_of("good", status::authorized, 0))));
  all.push_back(store->settle(settlement_of(ids[1], report_of("foreign", status::authorized, 0))));
  all.push_back(store->settle(settlement_of(ids[2], report_of("good", status::suspended, 1))));
  auto const became = await_as_one_group(std::move(all));
  BOOST_REQUIRE(became[0]);
  BOOST_REQUIRE(!became[1]);
  BOOST_TEST(became[1].error().code == reason::storage);
  BOOST_REQUIRE(became[2]);
  BOOST_TEST((find("good")->state.status == status::suspended));
  BOOST_TEST((*await(store->find_delivery(ids[1])))->state == store::delivery_state::pending);
  BOOST_TEST(store->extent().last == 4U);
}

BOOST_AUTO_TEST_CASE(member_that_fails_at_its_last_step_leaves_no_trace_in_what_is_counted) {
  open();
  announce("good");
  auto const first = append("body");
  auto const blocked = append("body");
  close();
  // The last thing that a settlement writes meets a row that stands there already.
  auto const today = std::to_string(noon().time_since_epoch().count());
  raw_database(settings.path)
      .execute("INSERT INTO deliveries (id, interaction_id, received, peer, finished, issuer, consent_id) VALUES (" +
               std::to_string(blocked) + ", '', " + today + ", '', " + today + ", '', '')");
  open();
  take();
  stop_writer();
  std::vector<boost::asio::awaitable<result<store::outcome>>> all;
  all.push_back(store->settle(settlement_of(first, report_of("good", status::authorized, 0))));
  all.push_back(store->settle(settlement_of(blocked, report_of("good", status::suspended, 1))));
  auto const became = await_as_one_group(std::move(all));
  BOOST_REQUIRE(became[0]);
  BOOST_REQUIRE(!became[1]);
  BOOST_TEST(became[1].error().code == reason::storage);
  BOOST_TEST(store->extent().last == 2U);
  BOOST_TEST(told().size() == 2U);
  BOOST_TEST(counters.of("decided applied") == 1U);
  BOOST_TEST((find("good")->state.status == status::authorized));
  BOOST_TEST(count().pending == 2U); // the blocked one, and the one that stopped the writer
}

BOOST_AUTO_TEST_CASE(growth_is_told_once_for_a_group_and_only_when_there_is_some) {
  open();
  std::atomic<int> grown = 0;
  store->on_growth([&grown] { ++grown; });
  append("body");
  BOOST_TEST(grown == 0);
  announce("c");
  BOOST_TEST(grown == 1);
  announce("c");
  BOOST_TEST(grown == 1);
}

BOOST_AUTO_TEST_CASE(extent_covers_an_entry_when_its_operation_completes) {
  open();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    announce("c" + std::to_string(i));
    BOOST_TEST(store->extent().last == i);
  }
}

BOOST_AUTO_TEST_CASE(queued_writes_are_finished_at_the_end_and_complete_in_their_executor) {
  open();
  std::atomic<int> kept = 0;
  std::atomic<int> elsewhere = 0;
  boost::asio::thread_pool pool(2);
  for (int i = 0; i < 300; ++i) {
    auto one = [](store_fixture* self, boost::asio::thread_pool* home, std::atomic<int>* good,
                  std::atomic<int>* bad) -> boost::asio::awaitable<void> {
      auto const became = co_await self->store->append(delivery_of("body"));
      *good += became ? 1 : 0;
      *bad += home->get_executor().running_in_this_thread() ? 0 : 1;
    };
    boost::asio::co_spawn(pool, one(this, &pool, &kept, &elsewhere), [](std::exception_ptr const&) {});
  }
  pool.join(); // the operations under way keep the pool running
  BOOST_TEST(kept == 300);
  BOOST_TEST(elsewhere == 0);
  reopen();
  BOOST_TEST(count().pending == 300U);
}

BOOST_AUTO_TEST_CASE(store_that_ends_with_writes_queued_keeps_them_first) {
  open();
  std::vector<std::optional<bool>> kept(100);
  for (auto& one : kept) {
    boost::asio::co_spawn(
        io, store->append(delivery_of("body")),
        [&one](std::exception_ptr const&, result<store::appended> const& became) { one = became.has_value(); });
  }
  io.poll(); // all are queued
  close();
  io.restart();
  io.run();
  for (auto const& one : kept) {
    BOOST_TEST((one == true));
  }
  open();
  BOOST_TEST(count().pending == 100U);
}

BOOST_AUTO_TEST_CASE(readers_see_a_commit_when_its_operation_completes) {
  open();
  for (int i = 0; i < 20; ++i) {
    auto const id = "c" + std::to_string(i);
    announce(id);
    BOOST_REQUIRE(find(id));
  }
}

BOOST_AUTO_TEST_CASE(wal_stays_within_its_bound) {
  open();
  constexpr std::size_t body_bytes = std::size_t{256} * 1024;
  constexpr std::uintmax_t bound = std::uintmax_t{72} * 1024 * 1024; // 64 MB and the last group
  std::uintmax_t largest = 0;
  for (int round = 0; round < 50; ++round) {
    std::vector<boost::asio::awaitable<result<store::appended>>> all;
    all.reserve(16);
    for (int i = 0; i < 16; ++i) {
      all.push_back(store->append(delivery_of(std::string(body_bytes, 'b'))));
    }
    for (auto const& one : await_all(std::move(all))) {
      BOOST_REQUIRE(one);
    }
    largest = std::max(largest, std::filesystem::file_size(settings.path + "-wal"));
  }
  BOOST_TEST(largest < bound); // of 200 MB that were written
}

BOOST_AUTO_TEST_SUITE_END()
