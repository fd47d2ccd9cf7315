#include "ops/log.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace consentd::ops {
namespace {

// A descriptor to write to and one to read from.
struct channel {
  int writing = -1;
  int reading = -1;

  static channel pipe() {
    std::array<int, 2> fds{};
    BOOST_REQUIRE(::pipe2(fds.data(), O_CLOEXEC) == 0);
    return {fds[1], fds[0]};
  }
  static channel stream() {
    std::array<int, 2> fds{};
    BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) == 0);
    return {fds[1], fds[0]};
  }

  // All that was written, once the writer's end is closed.
  std::string rest() {
    ::close(writing);
    std::string all;
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = ::read(reading, room.data(), room.size())) > 0;) {
      all.append(room.data(), static_cast<std::size_t>(got));
    }
    ::close(reading);
    return all;
  }
};

std::size_t occurrences(std::string_view part, std::string const& text) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

std::size_t lines(std::string const& text) {
  return static_cast<std::size_t>(std::ranges::count(text, '\n'));
}

log_options to(channel const& where) {
  log_options how;
  how.fd = where.writing;
  return how;
}

} // namespace

BOOST_AUTO_TEST_SUITE(logs)

BOOST_AUTO_TEST_CASE(entries_arrive_whole_and_in_order) {
  for (auto where : {channel::pipe(), channel::stream()}) {
    {
      log out(to(where), system_clock());
      out.write(severity::info, "first", {{"n", "1"}});
      out.write(severity::error, "second", {});
    }
    auto const text = where.rest();
    BOOST_TEST(lines(text) == 2U);
    BOOST_TEST(text.find(" info first n=1\n") != std::string::npos, text);
    BOOST_TEST(text.find(" error second\n") > text.find(" info first"), text);
  }
}

BOOST_AUTO_TEST_CASE(level_is_a_least_one_and_changes_while_running) {
  auto where = channel::pipe();
  {
    auto how = to(where);
    how.least = severity::warning;
    log out(how, system_clock());
    out.write(severity::info, "too little", {});
    out.write(severity::warning, "enough", {});
    out.set_level(severity::debug);
    out.write(severity::debug, "now enough", {});
  }
  auto const text = where.rest();
  BOOST_TEST(lines(text) == 2U);
  BOOST_TEST(text.find("too little") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(line_longer_than_a_pipe_takes_at_once_arrives_whole) {
  for (auto where : {channel::pipe(), channel::stream()}) {
    std::string all;
    std::thread reader([&] {
      std::array<char, 512> room{};
      for (ssize_t got = 0; (got = ::read(where.reading, room.data(), room.size())) > 0;) {
        all.append(room.data(), static_cast<std::size_t>(got));
      }
    });
    {
      log out(to(where), system_clock());
      std::string const value(512, '\x01'); // four characters for each, escaped
      for (int i = 0; i < 100; ++i) {
        out.write(severity::info, "long", {{"a", value}, {"b", value}, {"c", value}, {"d", value}});
      }
    }
    ::close(where.writing);
    reader.join();
    ::close(where.reading);
    BOOST_TEST(lines(all) == 100U);
    BOOST_TEST(all.size() > 100U * 4U * 4U * 512U);
  }
}

// Nobody reads: 10,000 writes return all the same, and the log ends within its patience.
BOOST_AUTO_TEST_CASE(reader_that_reads_nothing_blocks_nobody_and_costs_counted_lines) {
  for (auto where : {channel::pipe(), channel::stream()}) {
    auto how = to(where);
    how.queue = 16;
    how.patience = std::chrono::milliseconds(10);
    constexpr std::uint64_t written = 10000;
    std::uint64_t dropped = 0;
    {
      log out(how, system_clock());
      for (std::uint64_t i = 0; i < written; ++i) {
        out.write(severity::info, "entry", {{"n", std::to_string(i)}, {"filler", std::string(400, 'a')}});
      }
      dropped = out.dropped();
    }
    auto const arrived = occurrences(" info entry ", where.rest()); // among notices of drops
    BOOST_TEST(dropped > 0U);
    // What neither arrived nor was dropped by then was still in the queue, or in hand.
    BOOST_TEST(arrived + dropped <= written);
    BOOST_TEST(arrived + dropped + how.queue + 1 >= written);
  }
}

BOOST_AUTO_TEST_CASE(drops_are_told_once_the_reader_reads_again) {
  auto where = channel::pipe();
  auto how = to(where);
  how.queue = 4;
  std::string all;
  {
    log out(how, system_clock());
    while (out.dropped() == 0) {
      out.write(severity::info, "entry", {{"filler", std::string(400, 'a')}});
    }
    std::thread reader([&] {
      std::array<char, 4096> room{};
      for (ssize_t got = 0; (got = ::read(where.reading, room.data(), room.size())) > 0;) {
        all.append(room.data(), static_cast<std::size_t>(got));
        if (all.find("log lines dropped count=") != std::string::npos) {
          return;
        }
      }
    });
    reader.join();
  }
  BOOST_TEST(all.find(" warning log lines dropped count=") != std::string::npos);
  where.rest();
}

BOOST_AUTO_TEST_CASE(reader_that_went_away_is_survived) {
  for (auto where : {channel::pipe(), channel::stream()}) {
    ::close(where.reading);
    log out(to(where), system_clock());
    out.write(severity::info, "to nobody", {});
    while (out.dropped() == 0) {
      std::this_thread::yield();
    }
    BOOST_TEST(out.dropped() == 1U);
    ::close(where.writing);
  }
}

BOOST_AUTO_TEST_CASE(many_threads_write_at_once) {
  auto where = channel::pipe();
  std::string all;
  std::thread reader([&] {
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = ::read(where.reading, room.data(), room.size())) > 0;) {
      all.append(room.data(), static_cast<std::size_t>(got));
    }
  });
  {
    auto how = to(where);
    how.queue = 10000;
    log out(how, system_clock());
    std::vector<std::thread> writers;
    for (int t = 0; t < 4; ++t) {
      writers.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          out.write(severity::info, "entry", {{"i", std::to_string(i)}});
        }
      });
    }
    for (auto& writer : writers) {
      writer.join();
    }
    BOOST_TEST(out.dropped() == 0U);
  }
  ::close(where.writing);
  reader.join();
  ::close(where.reading);
  BOOST_TEST(lines(all) == 2000U);
}

BOOST_AUTO_TEST_CASE(journal_is_known_by_the_name_of_its_stream) {
  auto const where = channel::stream();
  struct stat about {};
  BOOST_REQUIRE(::fstat(where.writing, &about) == 0);
  auto const name = std::to_string(about.st_dev) + ':' + std::to_string(about.st_ino);
  ::setenv("JOURNAL_STREAM", name.c_str(), 1);
  BOOST_TEST(leads_to_journal(where.writing));
  BOOST_TEST(!leads_to_journal(where.reading)); // redirected elsewhere, with the variable inherited
  ::unsetenv("JOURNAL_STREAM");
  BOOST_TEST(!leads_to_journal(where.writing));
  ::close(where.writing);
  ::close(where.reading);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::ops
