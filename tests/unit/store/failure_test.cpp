// What happens when the disk fails: nothing that failed is acknowledged, nothing acknowledged is lost, and the store
// works again once the disk does.
#include "tests/unit/store/failing_disk.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <filesystem>
#include <sched.h>
#include <set>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

struct disk_trouble : store_fixture {
  // Again and again until it succeeds: the store recovers by itself, but in its own time.
  store::appended append_at_last(std::string const& body, std::string const& token) {
    return await(keep_appending(body, token));
  }
  boost::asio::awaitable<store::appended> keep_appending(std::string body, std::string token) {
    boost::asio::steady_timer pause(io);
    while (true) {
      auto delivery = delivery_of(body, token);
      auto const kept = co_await store->append(std::move(delivery));
      if (kept) {
        co_return *kept;
      }
      BOOST_REQUIRE(kept.error().code == reason::storage);
      pause.expires_after(std::chrono::milliseconds(20));
      co_await pause.async_wait(boost::asio::use_awaitable);
    }
  }
};

// No file of this process grows beyond a size while it lives.
class file_size_limit {
public:
  explicit file_size_limit(std::uintmax_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    handler_ = ::signal(SIGXFSZ, SIG_IGN);
    ::rlimit const limit{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  file_size_limit(file_size_limit const&) = delete;
  file_size_limit& operator=(file_size_limit const&) = delete;
  ~file_size_limit() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    static_cast<void>(::signal(SIGXFSZ, handler_));
  }

private:
  ::rlimit before_{};
  void (*handler_)(int) = nullptr;
};

bool may_mount(boost::unit_test::test_unit_id) {
  return ::geteuid() == 0;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(disk_failures, disk_trouble)

// Each write, and each sync, of a life fails in its turn.
BOOST_DATA_TEST_CASE_F(disk_trouble, nothing_acknowledged_is_lost_whichever_operation_fails,
                       boost::unit_test::data::make({disk_fault::full, disk_fault::write_error,
                                                     disk_fault::sync_error}),
                       fault) {
  bool failed = true;
  for (int nth = 1; failed; ++nth) {
    failing_disk disk;
    settings.path = folder / ("consentd" + std::to_string(nth) + ".db");
    open();
    announce("c");
    disk.fail_from(fault, nth);

    std::set<std::string> acknowledged;
    std::map<std::string, std::int64_t> id_of;
    for (auto const* token : {"t1", "t2", "t3"}) {
      auto const kept = await(store->append(delivery_of(std::string("body of ") + token, token)));
      if (kept) {
        acknowledged.insert(token);
        id_of[token] = kept->delivery;
      } else {
        BOOST_TEST(kept.error().code == reason::storage);
      }
    }
    std::optional<bool> settled;
    if (id_of.contains("t1")) {
      BOOST_REQUIRE(!take_ids(1).empty());
      auto event = settlement_of(id_of["t1"], report_of("c", status::authorized, 0));
      settled = await(store->settle(std::move(event))).has_value();
    }
    failed = disk.has_failed();
    BOOST_TEST((failed || acknowledged.size() == 3U));
    disk.heal();

    BOOST_TEST_CONTEXT("failing from operation " << nth) {
      for (auto const* token : {"t1", "t2", "t3"}) {
        auto const again = append_at_last(std::string("body of ") + token, token);
        // What was acknowledged is known; the number is the one that was given.
        BOOST_TEST((!acknowledged.contains(token) || (again.already && again.delivery == id_of[token])));
      }
      close();
      open();
      BOOST_TEST(count().pending == (settled == true ? 2U : 3U));
      BOOST_TEST(static_cast<bool>(find("c")->state.status) == (settled == true));
      BOOST_TEST(store->extent().last == (settled == true ? 2U : 1U));
    }
    close();
    raw_database db(settings.path);
    BOOST_TEST(db.texts("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
    BOOST_REQUIRE(nth < 200);
  }
  BOOST_TEST(log.of("database write failed") > 0U);
  BOOST_TEST(log.of("database writes succeed again") > 0U);
}

BOOST_AUTO_TEST_CASE(failed_sync_stops_acknowledgement_until_a_checkpoint_has_succeeded) {
  failing_disk disk;
  open();
  auto const first = append(delivery_of("body", "first"));
  disk.fail_from(disk_fault::sync_error, 1);
  BOOST_TEST(!store->is_failing());
  BOOST_TEST(await(store->append(delivery_of("body", "second"))).error().code == reason::storage);
  BOOST_TEST(store->is_failing());
  // The disk still fails: no append may succeed on a WAL that no sync has confirmed.
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(await(store->append(delivery_of("body", "more" + std::to_string(i)))).error().code == reason::storage);
  }
  BOOST_TEST(log.of("database write failed") == 1U); // not a line for each
  // Syncs of the WAL succeed again, but nothing confirms yet what the failed one left behind.
  disk.fail_from(disk_fault::database_sync_error, 1);
  for (int i = 0; i < 20; ++i) {
    BOOST_TEST(await(store->append(delivery_of("body", "yet more" + std::to_string(i)))).error().code ==
               reason::storage);
  }
  disk.heal();
  BOOST_TEST(append_at_last("body", "second").delivery > first);
  BOOST_TEST(count().pending == 2U);
}

// Whoever steers deliveries away from a daemon that is not ready must not be needed for it to become ready again.
BOOST_AUTO_TEST_CASE(failure_is_over_without_a_write_of_anybody) {
  failing_disk disk;
  open();
  append(delivery_of("body", "first"));
  for (auto const fault : {disk_fault::full, disk_fault::sync_error}) {
    disk.fail_from(fault, 1);
    BOOST_TEST(await(store->append(delivery_of("body", "second"))).error().code == reason::storage);
    BOOST_TEST(store->is_failing());
    std::this_thread::sleep_for(std::chrono::milliseconds(1500)); // at least one of the store's own tries
    BOOST_TEST(store->is_failing());
    disk.heal();
    while (store->is_failing()) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }
}

BOOST_AUTO_TEST_CASE(file_that_cannot_grow_refuses_and_recovers) {
  open();
  int kept = 0;
  {
    file_size_limit const limit(std::filesystem::file_size(settings.path + "-wal") + 300'000);
    for (int i = 0; i < 100; ++i) {
      auto const became = await(store->append(delivery_of(std::string(6000, 'b'), "t" + std::to_string(i))));
      kept += became ? 1 : 0;
      BOOST_TEST((became || became.error().code == reason::storage));
    }
    BOOST_TEST(kept > 0);
    BOOST_TEST(kept < 100);
  }
  BOOST_TEST(count().pending == static_cast<std::uint64_t>(kept));
  append_at_last("after", "after");
  reopen();
  BOOST_TEST(count().pending == static_cast<std::uint64_t>(kept) + 1U);
}

BOOST_AUTO_TEST_CASE(full_file_system_refuses_and_recovers, *boost::unit_test::precondition(may_mount)) {
  // In a child, so that the mount is seen by nobody else and ends with it.
  auto const child = ::fork();
  if (child == 0) {
    auto const step = [](bool good, int code) {
      if (!good) {
        ::_exit(code);
      }
    };
    step(::unshare(CLONE_NEWNS) == 0 && ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0, 77);
    auto const place = folder / "small";
    std::filesystem::create_directory(place);
    step(::mount("none", place.c_str(), "tmpfs", 0, "size=2m") == 0, 77);
    settings.path = place + "/consentd.db";
    open();
    std::uint64_t kept = 0;
    bool refused = false;
    for (int i = 0; i < 400; ++i) {
      auto const became = await(store->append(delivery_of(std::string(6000, 'b'), "t" + std::to_string(i))));
      step(became || became.error().code == reason::storage, 2);
      kept += became ? 1U : 0U;
      refused = refused || !became;
    }
    step(refused && kept > 0, 3);
    step(count().pending == kept, 4);
    step(::mount("none", place.c_str(), "tmpfs", MS_REMOUNT, "size=16m") == 0, 5);
    append_at_last("after", "after");
    reopen();
    step(count().pending == kept + 1, 6);
    step(take(1000).size() == kept + 1, 7);
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_REQUIRE(WIFEXITED(status));
  if (WEXITSTATUS(status) == 77) {
    BOOST_TEST_MESSAGE("this machine lets nobody mount: only the other cases were tested");
    return;
  }
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_SUITE_END()
