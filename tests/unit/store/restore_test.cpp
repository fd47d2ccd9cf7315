// A backup takes the database's place: no place of the journal that was there means anything in the one that goes on.
#include "tests/unit/store/store_fixture.hpp"

#include "tests/support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/wait.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::test;

namespace {

struct restores : store_fixture {
  restores() { open(); }

  void announce_some(int count) {
    for (int i = 0; i < count; ++i) {
      announce("c-" + std::to_string(++announced_));
    }
  }
  // As SQLite's own backup makes it, while the store is open.
  void back_up() const {
    std::filesystem::remove(backup_);
    raw_database(settings.path).execute("VACUUM INTO '" + backup_ + "'");
  }
  // The daemon's files but for what operators are told to take away.
  void restore() {
    close();
    std::filesystem::copy_file(backup_, settings.path, std::filesystem::copy_options::overwrite_existing);
    for (auto const* suffix : {"-wal", "-shm"}) {
      std::filesystem::remove(settings.path + suffix);
    }
    open();
  }
  std::string epoch() const { return store->extent().epoch; }
  bool told_of_it() const {
    return log.of("database was restored or comes from elsewhere: all places in the journal begin anew") > 0;
  }

private:
  std::string const backup_ = folder / "backup.db";
  int announced_ = 0;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(restoring, restores)

BOOST_AUTO_TEST_CASE(backup_of_the_same_run_begins_a_new_epoch) {
  auto const before = epoch();
  announce_some(3);
  back_up();
  announce_some(2);
  restore();
  BOOST_TEST(epoch() != before);
  BOOST_TEST(epoch().size() == 32U);
  BOOST_TEST(store->extent().last == 3U);
  BOOST_TEST(told_of_it());
}

BOOST_AUTO_TEST_CASE(backup_of_the_same_run_is_noticed_after_a_kill_too) {
  auto const before = epoch();
  announce_some(1);
  back_up();
  close();
  auto const child = ::fork();
  if (child == 0) {
    open();
    announce("c");
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  restore();
  BOOST_TEST(epoch() != before);
}

BOOST_AUTO_TEST_CASE(backup_of_an_earlier_run_begins_a_new_epoch_though_the_journal_has_not_grown) {
  auto const before = epoch();
  announce_some(1);
  back_up();
  reopen();
  restore();
  BOOST_TEST(epoch() != before);
}

BOOST_AUTO_TEST_CASE(backup_that_is_restored_twice_begins_an_epoch_each_time) {
  announce_some(1);
  back_up();
  restore();
  auto const first = epoch();
  announce_some(1);
  // The database of now has an older run than its marks, and another epoch.
  restore();
  BOOST_TEST(epoch() != first);
}

BOOST_AUTO_TEST_CASE(database_from_elsewhere_begins_a_new_epoch) {
  auto const before = epoch();
  announce_some(1);
  close();
  std::filesystem::remove(settings.path + ".hand"); // the explicit step of docs/schema.md as well
  open();
  BOOST_TEST(epoch() != before);
  BOOST_TEST(told_of_it());
}

BOOST_AUTO_TEST_CASE(marks_of_another_database_begin_a_new_epoch) {
  auto const before = epoch();
  announce_some(5);
  close();
  auto const theirs = settings.path;
  settings.path = folder / "another.db";
  open();
  close();
  std::filesystem::copy_file(settings.path + ".hand", theirs + ".hand",
                             std::filesystem::copy_options::overwrite_existing);
  settings.path = theirs;
  open();
  BOOST_TEST(epoch() != before);
}

BOOST_AUTO_TEST_CASE(place_of_a_consumer_is_of_the_epoch_before) {
  announce_some(3);
  store::consumer_caller const owner{1000, false};
  auto const kept = await(store->keep("a", {}, 0, owner));
  BOOST_REQUIRE(kept);
  BOOST_REQUIRE(await(store->note_sent("a", kept->consumer.generation, 3)));
  BOOST_REQUIRE(await(store->acknowledge("a", 2, owner)));
  back_up();
  announce_some(1);
  restore();
  announce_some(1);
  BOOST_TEST(await(store->find_consumer("a")).value()->epoch != epoch());
  BOOST_TEST(store->consumer_places().at("a") == 0U);
}

BOOST_AUTO_TEST_CASE(deaths_before_a_restore_are_not_counted_against_other_deliveries) {
  append("a");
  close();
  auto const child = ::fork();
  if (child == 0) {
    open();
    back_up(); // of the run that dies
    take();
    announce("c");
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  restore();
  BOOST_TEST(raw_database(settings.path).integer("SELECT max(deaths) FROM inbox") == 0);
}

BOOST_AUTO_TEST_CASE(restarts_and_kills_keep_the_epoch) {
  auto const before = epoch();
  close();
  for (int turn = 0; turn < 50; ++turn) {
    auto const child = ::fork();
    if (child == 0) {
      open();
      for (int i = 0; i < turn; ++i) {
        announce("c-" + std::to_string(turn) + "-" + std::to_string(i));
      }
      ::_exit(0);
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_REQUIRE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    if (turn % 10 == 0) {
      open();
      close();
    }
  }
  open();
  BOOST_TEST(epoch() == before);
  BOOST_TEST(store->extent().last == 50U * 49U / 2U);
  BOOST_TEST(!told_of_it());
}

BOOST_AUTO_TEST_CASE(marks_that_a_power_cut_took_back_keep_the_epoch) {
  auto const before = epoch();
  auto const marks = settings.path + ".hand";
  std::filesystem::copy_file(marks, marks + ".older");
  announce_some(5);
  close();
  std::filesystem::copy_file(marks + ".older", marks, std::filesystem::copy_options::overwrite_existing);
  open();
  BOOST_TEST(epoch() == before);
  close();
  // The run after it had begun, and had not come to write its marks.
  std::filesystem::copy_file(marks + ".older", marks, std::filesystem::copy_options::overwrite_existing);
  open();
  BOOST_TEST(epoch() == before);
}

BOOST_AUTO_TEST_SUITE_END()
