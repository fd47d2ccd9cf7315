// Where the output goes decides what may be said of it.
#include "tests/unit/tools/consentctl/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>

using namespace consentd;
using consentctl::testing::has;

namespace {

struct redirected : consentctl::testing::world {
  // `script` has the command as "$@".
  std::vector<std::string> shell(std::string const& script, std::vector<std::string> arguments) const {
    auto made = command(std::move(arguments));
    made.insert(made.begin(), {"/bin/sh", "-c", script, "sh"});
    return made;
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

BOOST_AUTO_TEST_SUITE_END()
