// Where the output goes decides what may be said of it.
#include "tests/unit/tools/consentctl/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <pty.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

using namespace consentd;
using consentctl::testing::has;

namespace {

// What it shows on a terminal of so many columns; 0: one that does not know, so that the environment says 80.
std::string on_terminal_of(unsigned short columns, std::vector<std::string> command) {
  winsize const size{.ws_row = 24, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
  std::vector<char*> arguments;
  for (auto& each : command) {
    arguments.push_back(each.data());
  }
  arguments.push_back(nullptr);
  int terminal = -1;
  auto const child = ::forkpty(&terminal, nullptr, nullptr, &size);
  BOOST_TEST_REQUIRE(child != -1);
  if (child == 0) {
    if (columns == 0) {
      ::setenv("COLUMNS", "80", 1);
    }
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  std::string shown;
  std::array<char, 4096> part{};
  // Once the child is gone a terminal gives an error where a pipe would end.
  for (ssize_t got = 0; (got = ::read(terminal, part.data(), part.size())) > 0;) {
    shown.append(part.data(), static_cast<std::size_t>(got));
  }
  ::close(terminal);
  ::waitpid(child, nullptr, 0);
  std::erase(shown, '\r');
  return shown;
}

std::size_t widest_line(std::string const& text) {
  std::istringstream lines(text);
  std::size_t widest = 0;
  for (std::string line; std::getline(lines, line);) {
    widest = std::max(widest, line.size());
  }
  return widest;
}

struct redirected : consentctl::testing::world {
  // `script` has the command as "$@".
  std::vector<std::string> shell(std::string const& script, std::vector<std::string> arguments) const {
    auto made = command(std::move(arguments));
    made.insert(made.begin(), {"/bin/sh", "-c", script, "sh"});
    return made;
  }
  std::string on_terminal(unsigned short columns, std::vector<std::string> arguments) const {
    return on_terminal_of(columns, command(std::move(arguments)));
  }
  tests::finished ctl_to(std::string const& where, std::vector<std::string> arguments) const {
    return tests::run(shell("exec \"$@\" " + where, std::move(arguments)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(consentctl_output, redirected)

BOOST_AUTO_TEST_CASE(what_could_not_be_printed_is_not_acknowledged) {
  announce("c-1");
  announce("c-2");
  BOOST_TEST(ctl({"consumers", "keep", "billing"}).status == 0);
  for (auto const& how :
       {std::vector<std::string>{"consumers", "follow", "billing"}, {"--json", "consumers", "follow", "billing"}}) {
    for (auto const* const where : {">/dev/full", ">&-"}) {
      BOOST_TEST(ctl_to(where, how).status == 74);
      BOOST_TEST(has(ctl({"consumers", "get", "billing"}), "lagEntries  2"));
    }
  }
  BOOST_TEST(ctl({"consumers", "follow", "billing", "--count", "2"}).status == 0);
}

BOOST_AUTO_TEST_CASE(output_that_is_lost_is_74_and_one_line) {
  announce("c-1");
  for (auto const& arguments : {std::vector<std::string>{"consents", "list"},
                                {"--json", "consents", "list"},
                                {"consents", "usable", "c-1"},
                                {"status"},
                                {"events", "tail", "--count", "1"},
                                {"events", "snapshot", "--rows-only"},
                                {"inspect", "/dev/null"},
                                {"--help"},
                                {"consents", "list", "--help"}}) {
    auto const full = ctl_to(">/dev/full", arguments);
    BOOST_TEST(full.status == 74, arguments.front());
    BOOST_TEST(full.output == "consentctl: cannot write to standard output: No space left on device\n");
    auto const closed = ctl_to(">&-", arguments);
    BOOST_TEST(closed.status == 74, arguments.front());
    BOOST_TEST(closed.output == "consentctl: cannot write to standard output: Bad file descriptor\n");
  }
  // What prints nothing loses nothing.
  BOOST_TEST(ctl_to(">&-", {"consents", "get", "nobody"}).status == 1);
}

BOOST_AUTO_TEST_CASE(reader_that_has_seen_enough_ends_it_quietly) {
  announce("c-0");
  tests::temporary_folder folder;
  // The signal ends it; where that is ignored, as systemd has it, the failed write does.
  for (auto const* const script : {R"({ "$@"; echo "status $?" >&2; } | head -n 1)",
                                   R"(trap '' PIPE; { "$@"; echo "status $?" >&2; } | head -n 1)"}) {
    tests::process follower(shell(script, {"events", "tail"}), folder / "output");
    follower.wait_for("c-0");
    for (int more = 1; follower.running(); ++more) {
      announce("c-" + std::to_string(more));
    }
    auto const told = follower.output();
    BOOST_TEST((told.ends_with("status 141\n") || told.ends_with("status 74\n")), told);
    BOOST_TEST(told.find("consentctl") == std::string::npos, told);
    BOOST_TEST(std::count(told.begin(), told.end(), '\n') == 2, told);
    std::filesystem::remove(folder / "output");
  }
}

BOOST_AUTO_TEST_CASE(tables_fit_the_terminal_and_lose_nothing_in_a_pipe) {
  auto const consent = "0d9f9a7e-6a1c-4b0e-9c61-" + std::string(12, '7');
  announce(consent);
  event(consent, consent::status::authorized, localapi::testing::at("2026-03-27T11:59:00Z"));
  auto const refused = deliver(new_interaction_id());
  quarantine(refused, {reason::issuer_mismatch, "bound to another issuer, as was announced"},
             localapi::testing::issuer_b, consent);
  BOOST_TEST(ctl({"consumers", "keep", "billing"}).status == 0);
  for (auto const& arguments : {std::vector<std::string>{"quarantine", "list"},
                                {"consents", "list"},
                                {"consents", "history", consent},
                                {"consents", "usable", consent, "c-2"},
                                {"consumers", "list"},
                                {"operations", "list"}}) {
    auto const shown = on_terminal(80, arguments);
    auto const piped = ctl(arguments).output;
    BOOST_TEST(widest_line(shown) <= 80U, shown);
    BOOST_TEST(std::count(shown.begin(), shown.end(), '\n') >= std::count(piped.begin(), piped.end(), '\n'), shown);
    BOOST_TEST(on_terminal(0, arguments) == shown);
    // A wide terminal has what a pipe has.
    BOOST_TEST(on_terminal(400, arguments) == piped);
  }
  BOOST_TEST(widest_line(ctl({"quarantine", "list"}).output) > 150U);
  auto const narrow = on_terminal(30, {"consents", "list"});
  BOOST_TEST(narrow.starts_with("CONSENT  " + consent + "\nKIND     account-access\n"), narrow);
}

BOOST_AUTO_TEST_SUITE_END()
