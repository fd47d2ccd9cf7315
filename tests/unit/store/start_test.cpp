#include "tests/unit/store/store_fixture.hpp"

#include "store/sqlite/schema.hpp"

#include "tests/support/process.hpp"

#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::test;

namespace {

struct start : store_fixture {
  // Why the store does not open; empty when it does.
  std::string refusal() {
    try {
      open();
    } catch (std::runtime_error const& refused) {
      return refused.what();
    }
    return {};
  }
  bool is_one_line_naming_the_file(std::string const& text) const {
    return text.starts_with(settings.path) && text.find('\n') == std::string::npos;
  }
  static unsigned mode(std::string const& path) {
    struct ::stat found {};
    BOOST_REQUIRE_MESSAGE(::stat(path.c_str(), &found) == 0, path);
    return found.st_mode & 07777U;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(starting, start)

BOOST_AUTO_TEST_CASE(every_file_is_for_its_owner_alone) {
  auto const before = ::umask(0);
  open();
  append("body");
  for (auto const* suffix : {"", "-wal", "-shm", ".lock", ".hand"}) {
    BOOST_TEST_CONTEXT(suffix) {
      BOOST_TEST(mode(settings.path + suffix) == 0600U);
    }
  }
  ::umask(before);
}

BOOST_AUTO_TEST_CASE(wider_mode_of_an_existing_database_is_narrowed) {
  open();
  close();
  std::filesystem::permissions(settings.path, std::filesystem::perms(0644));
  open();
  BOOST_TEST(mode(settings.path) == 0600U);
  append("body");
  BOOST_TEST(mode(settings.path + "-wal") == 0600U);
}

BOOST_AUTO_TEST_CASE(second_opener_is_refused_and_disturbs_nothing) {
  open();
  auto const id = append("body");
  BOOST_CHECK_EXCEPTION(
      store::sqlite::open(settings, now, log, counters), std::runtime_error, [this](auto const& refused) {
        std::string const text = refused.what();
        return is_one_line_naming_the_file(text) && text.find("in use by another process") != std::string::npos;
      });
  BOOST_TEST((take_ids() == std::vector{id}));
  reopen();
}

BOOST_AUTO_TEST_CASE(second_process_is_refused) {
  open();
  close();
  auto const child = ::fork();
  if (child == 0) {
    // Opens, says so by stopping, and is killed.
    open();
    static_cast<void>(::raise(SIGSTOP));
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, WUNTRACED) == child);
  BOOST_REQUIRE(WIFSTOPPED(status));
  BOOST_TEST(refusal().find("in use by another process") != std::string::npos);
  ::kill(child, SIGKILL);
  ::waitpid(child, &status, 0);
  BOOST_TEST(refusal().empty());
}

BOOST_AUTO_TEST_CASE(newer_schema_is_refused_with_both_versions) {
  open();
  close();
  raw_database(settings.path).execute("PRAGMA user_version = 99");
  auto const text = refusal();
  BOOST_TEST(is_one_line_naming_the_file(text));
  auto const own = std::to_string(store::sqlite::schema_version);
  BOOST_TEST(text.find("newer consentd (schema 99, this one knows " + own + ")") != std::string::npos);
  BOOST_TEST(raw_database(settings.path).integer("PRAGMA user_version") == 99);
}

BOOST_AUTO_TEST_CASE(database_of_another_program_is_refused_and_left_as_it_is) {
  raw_database(settings.path).execute("CREATE TABLE theirs (x); PRAGMA user_version = 1");
  auto const text = refusal();
  BOOST_TEST(is_one_line_naming_the_file(text));
  BOOST_TEST(text.find("another program") != std::string::npos);
  raw_database db(settings.path);
  BOOST_TEST(db.texts("SELECT name FROM sqlite_schema") == std::vector<std::string>{"theirs"});
  BOOST_TEST(db.texts("PRAGMA journal_mode") == std::vector<std::string>{"delete"});
}

BOOST_AUTO_TEST_CASE(file_that_is_no_database_is_refused) {
  tests::write_text(settings.path, std::string(5000, 'x'));
  auto const text = refusal();
  BOOST_TEST(is_one_line_naming_the_file(text));
  BOOST_TEST(text.find("not a database") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(folder_that_is_not_there_is_refused) {
  settings.path = folder / "none/consentd.db";
  BOOST_TEST(is_one_line_naming_the_file(refusal()));
}

BOOST_AUTO_TEST_CASE(link_in_place_of_the_database_is_refused) {
  tests::write_text(folder / "target", "");
  std::filesystem::create_symlink(folder / "target", settings.path);
  BOOST_TEST(is_one_line_naming_the_file(refusal()));
}

BOOST_AUTO_TEST_CASE(settings_of_the_database_are_those_of_the_design) {
  open();
  append("body");
  close();
  raw_database db(settings.path);
  BOOST_TEST(db.texts("PRAGMA journal_mode") == std::vector<std::string>{"wal"});
  BOOST_TEST(db.texts("PRAGMA integrity_check") == std::vector<std::string>{"ok"});
  BOOST_TEST(db.texts("PRAGMA foreign_key_check").empty());
  BOOST_TEST(db.integer("SELECT count(*) FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%' "
                        "AND strict = 0") == 0);
}

BOOST_AUTO_TEST_CASE(wal_is_empty_before_the_first_acknowledgement) {
  // What a killed process left in the WAL is in the database file, and the WAL is empty, once the store is open.
  open();
  close();
  auto const child = ::fork();
  if (child == 0) {
    open();
    // However long this takes: an old snapshot keeps an idle turn from emptying the WAL.
    raw_database reader(settings.path);
    reader.execute("BEGIN; SELECT count(*) FROM meta");
    append("body");
    ::_exit(0);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  BOOST_TEST(std::filesystem::file_size(settings.path + "-wal") > 0U);
  auto const left = std::filesystem::file_size(settings.path + "-wal");
  open();
  // Only what the start itself recorded.
  BOOST_TEST(std::filesystem::file_size(settings.path + "-wal") < left);
  BOOST_TEST(take().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
