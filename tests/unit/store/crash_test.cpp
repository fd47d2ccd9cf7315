// The process dies at a chosen moment; what was acknowledged is there, once.
#include "tests/unit/store/store_fixture.hpp"

#include "tests/support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <functional>
#include <sys/wait.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::test;
using consent::status;

using ids = std::vector<std::int64_t>;

namespace {

struct crash : store_fixture {
  // Runs `life` in a process of its own, which dies without ado when it returns.
  void die_after(std::function<void()> const& life) {
    BOOST_REQUIRE(!store);
    auto const child = ::fork();
    if (child == 0) {
      try {
        open();
        life();
      } catch (...) {
        ::_exit(1);
      }
      ::_exit(0);
    }
    int state = 0;
    BOOST_REQUIRE(::waitpid(child, &state, 0) == child);
    BOOST_REQUIRE(WIFEXITED(state) && WEXITSTATUS(state) == 0);
  }
  // The files as they are now, opened elsewhere: the machine stopped at this moment.
  void copy_to(std::string const& name) const {
    for (auto const* suffix : {"", "-wal", ".hand"}) {
      std::filesystem::copy_file(settings.path + suffix, folder / (name + suffix),
                                 std::filesystem::copy_options::overwrite_existing);
    }
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(crashes, crash)

BOOST_AUTO_TEST_CASE(acknowledged_deliveries_survive_a_kill) {
  die_after([this] {
    for (int i = 0; i < 5; ++i) {
      append(delivery_of("body " + std::to_string(i), "t" + std::to_string(i)));
    }
  });
  open();
  BOOST_TEST(log.of("unclean stop") == 1U);
  BOOST_TEST(count().pending == 5U);
  BOOST_TEST(await(store->append(delivery_of("body 3", "t3")))->already);
}

BOOST_AUTO_TEST_CASE(settled_delivery_is_not_handed_out_again_after_a_kill) {
  die_after([this] {
    announce("c");
    settle(report_of("c", status::authorized, 0), "j");
    append("next");
  });
  open();
  BOOST_TEST((find("c")->state.status == status::authorized));
  auto const left = take();
  BOOST_REQUIRE_EQUAL(left.size(), 1U);
  BOOST_TEST(left[0].body == "next");
  BOOST_TEST(store->extent().last == 2U);
}

BOOST_AUTO_TEST_CASE(each_moment_of_a_life_is_a_consistent_start) {
  // After each operation the files are copied as a crash would leave them; each copy must open and hold exactly what
  // had been acknowledged by then.
  open();
  announce("c");
  std::vector<std::function<void()>> checks;
  auto const remember = [&](std::uint64_t pending, std::optional<status> is, std::uint64_t last) {
    auto const name = "copy" + std::to_string(checks.size());
    copy_to(name);
    checks.emplace_back([this, name, pending, is, last] {
      BOOST_TEST_CONTEXT(name) {
        settings.path = folder / name;
        open();
        BOOST_TEST(count().pending == pending);
        BOOST_TEST((find("c")->state.status == is));
        BOOST_TEST(store->extent().last == last);
        close();
      }
    });
  };
  remember(0, {}, 1);
  auto const a = append("a");
  remember(1, {}, 1);
  auto const b = append("b");
  remember(2, {}, 1);
  BOOST_REQUIRE((take_ids() == ids{a, b}));
  remember(2, {}, 1);
  settle(settlement_of(a, report_of("c", status::authorized, 0)));
  remember(1, status::authorized, 2);
  settle(settlement_of(b, report_of("c", status::revoked, 1)));
  remember(0, status::revoked, 3);
  close();
  for (auto const& check : checks) {
    check();
  }
}

BOOST_AUTO_TEST_CASE(after_an_unclean_stop_deliveries_come_one_at_a_time_until_the_old_ones_are_gone) {
  die_after([this] {
    append("a");
    append("b");
    append("c");
  });
  open();
  auto const fresh = append("fresh");
  auto const first = take_ids(10);
  BOOST_REQUIRE_EQUAL(first.size(), 1U);
  BOOST_TEST(take_ids(10).empty()); // while one is in hand
  BOOST_REQUIRE(await(store->set_aside({first[0], {reason::signature, ""}, "", ""})));
  auto const second = take_ids(10);
  BOOST_REQUIRE_EQUAL(second.size(), 1U);
  BOOST_REQUIRE(await(store->wait_for_keys(second[0], std::string(bank))));
  auto const third = take_ids(10);
  BOOST_REQUIRE_EQUAL(third.size(), 1U);
  BOOST_TEST(take_ids(10).empty());
  settle(settlement_of(third[0], report_of("x", status::authorized, 0)));
  // None of the old ones is left to be opened: the rest as usual.
  auto const more = append("more");
  BOOST_TEST((take_ids(10) == ids{fresh, more}));
  BOOST_TEST(*await(store->keys_arrived(std::string(bank))) == 1U);
  BOOST_TEST((take_ids(10) == second));
}

BOOST_AUTO_TEST_CASE(delivery_in_hand_at_two_deaths_goes_to_quarantine_unopened) {
  die_after([this] {
    append("poison");
    append("innocent");
    append("next");
    take(2); // both in hand at the first death
  });
  die_after([this] {
    BOOST_REQUIRE_EQUAL(take(10).at(0).body, "poison"); // alone, at the second
  });
  open();
  BOOST_TEST(counters.of("quarantined poison") == 1U);
  auto const aside = *await(store->quarantined(reason::poison, 0, 10));
  BOOST_REQUIRE_EQUAL(aside.size(), 1U);
  BOOST_TEST((*await(store->find_quarantined(aside[0].id)))->body == "poison");
  BOOST_TEST(aside[0].attempts == 2U);
  auto const left = take(10);
  BOOST_REQUIRE_EQUAL(left.size(), 1U);
  BOOST_TEST(left[0].body == "innocent");
}

BOOST_AUTO_TEST_CASE(delivery_that_left_the_hand_before_the_death_is_not_blamed) {
  die_after([this] {
    auto const a = append("a");
    take();
    BOOST_REQUIRE(await(store->wait_for_keys(a, std::string(bank))));
    BOOST_REQUIRE(await(store->keys_arrived(std::string(bank))));
  });
  die_after([this] {
    auto const taken = take_ids();
    BOOST_REQUIRE(await(store->wait_for_keys(taken.at(0), std::string(bank))));
    BOOST_REQUIRE(await(store->keys_arrived(std::string(bank))));
  });
  open();
  BOOST_TEST(take().size() == 1U);
  BOOST_TEST(count().quarantined == 0U);
}

BOOST_AUTO_TEST_CASE(death_is_counted_once_although_the_next_start_dies_too) {
  die_after([this] {
    append("a");
    take();
  });
  // Two starts that die before anything is handed out.
  die_after([] {});
  die_after([] {});
  open();
  BOOST_TEST(count().quarantined == 0U);
  BOOST_TEST(take().size() == 1U);
}

BOOST_AUTO_TEST_CASE(marks_that_were_counted_are_not_counted_again) {
  // The process dies after the deaths are committed and before the file of marks is begun anew.
  die_after([this] {
    append("a");
    take();
  });
  auto const marks = settings.path + ".hand";
  std::filesystem::copy_file(marks, marks + ".saved");
  die_after([] {});
  std::filesystem::copy_file(marks + ".saved", marks, std::filesystem::copy_options::overwrite_existing);
  open();
  BOOST_TEST(count().quarantined == 0U);
  BOOST_TEST(take().size() == 1U);
}

BOOST_AUTO_TEST_CASE(database_without_its_file_of_marks_counts_as_stopped_uncleanly) {
  open();
  append("a");
  append("b");
  close();
  std::filesystem::remove(settings.path + ".hand");
  open();
  BOOST_TEST(log.of("unclean stop") == 1U);
  BOOST_TEST(take(10).size() == 1U);
}

BOOST_AUTO_TEST_CASE(broken_file_of_marks_is_no_obstacle) {
  open();
  append("a");
  close();
  tests::write_text(settings.path + ".hand", "not what was written there");
  open();
  BOOST_TEST(take(10).size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
