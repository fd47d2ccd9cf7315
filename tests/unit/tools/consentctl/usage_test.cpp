// What a wrong command line is answered, without a word from the daemon.
#include "tests/unit/tools/consentctl/world.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace consentd;
using consentctl::testing::has;
using consentctl::testing::is_clean;
using consentctl::testing::nasty;

namespace {

// No socket is there: what is found wrong was found here.
tests::finished alone(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {CONSENTCTL, "--socket", "/nonexistent"});
  return tests::run(arguments);
}

} // namespace

BOOST_AUTO_TEST_SUITE(consentctl_usage)

BOOST_AUTO_TEST_CASE(wrong_usage_is_one_line_that_names_the_program) {
  for (auto const& arguments : {std::vector<std::string>{},
                                {"consents"},
                                {"consents", "get"},
                                {"status", "--verbose"},
                                {"consents", "get", "c-1", "c-2"},
                                {"quarantine", "retry"},
                                {"consents", "wait", "c-1", "Authorized", "--timeout", "0"}}) {
    auto const told = alone(arguments);
    BOOST_TEST(told.status == 64, told.output);
    BOOST_TEST(told.output.starts_with("consentctl: "), told.output);
    BOOST_TEST(std::count(told.output.begin(), told.output.end(), '\n') == 1, told.output);
  }
  BOOST_TEST(has(alone({"consents", "get"}), "consents get: id is required"));
}

BOOST_AUTO_TEST_CASE(unknown_command_is_named_with_the_nearest) {
  BOOST_TEST(alone({"evnets"}).output == "consentctl: there is no command evnets; did you mean events?\n");
  BOOST_TEST(alone({"--json", "consents", "lits"}).output ==
             "consentctl: consents has no command lits; did you mean list?\n");
  BOOST_TEST(alone({"xyzzyxyzzy"}).output == "consentctl: there is no command xyzzyxyzzy\n");
  BOOST_TEST(has(alone({"quarantine"}), "quarantine: a command is required: list, show, retry, drop"));
}

BOOST_AUTO_TEST_CASE(control_characters_of_wrong_arguments_never_reach_the_terminal) {
  auto const bad = nasty + "\x1b]0;x\a";
  for (auto const& arguments : {std::vector<std::string>{bad},
                                {"consents", bad},
                                {"consents", "get", "c-1", bad},
                                {"consents", "list", "--" + bad},
                                {"consents", "list", "--limit", bad},
                                {"consents", "list", "--status", bad},
                                {"quarantine", "list", "--reason", bad},
                                {"consents", "get", bad}}) {
    auto const told = alone(arguments);
    BOOST_TEST(told.status != 0);
    BOOST_TEST(!told.output.empty());
    BOOST_TEST(is_clean(told.output), told.output);
  }
}

BOOST_AUTO_TEST_CASE(values_that_nobody_knows_are_wrong_usage) {
  for (auto const& arguments : {std::vector<std::string>{"consents", "list", "--limit", "abc"},
                                {"consents", "list", "--limit", "1001"},
                                {"consents", "list", "--limit", "0"},
                                {"consents", "list", "--status", "Foo"},
                                {"consents", "list", "--kind", "x"},
                                {"consents", "wait", "c-1", "Foo"},
                                {"consents", "settle", "c-1", "--ended", "Authorized"},
                                {"consents", "announce", "c-1", "--kind", "x", "--issuer", "i"},
                                {"consumers", "keep", "c", "--status", "Foo"},
                                {"events", "tail", "--kind", "x"},
                                {"events", "tail", "--status", "Foo"},
                                {"events", "snapshot", "--status", "Pending"},
                                {"quarantine", "list", "--reason", "Foo"},
                                {"resources", "get", "consent", "id", "--issuer", "i"}}) {
    BOOST_TEST(alone(arguments).status == 64, arguments[0] + " " + arguments[1] + " " + arguments[2]);
  }
  // A payment's.
  BOOST_TEST(alone({"events", "tail", "--status", "AcceptedWithoutPosting"}).status == 69);
}

BOOST_AUTO_TEST_CASE(empty_argument_is_wrong_usage) {
  for (auto const& arguments : {std::vector<std::string>{"consents", "get", ""},
                                {"consents", "list", "--issuer", ""},
                                {"consents", "usable", "c-1", ""},
                                {"consumers", "remove", ""},
                                {"consumers", "seek", "c", "--place", ""},
                                {"quarantine", "drop", ""},
                                {"quarantine", "retry", "--reason", "audience", "--issuer", ""},
                                {"deliveries", "--id", ""}}) {
    auto const told = alone(arguments);
    BOOST_TEST(told.status == 64, told.output);
    BOOST_TEST(has(told, "must not be empty"), told.output);
  }
}

BOOST_AUTO_TEST_CASE(version_is_told) {
  auto const told = alone({"--version"});
  BOOST_TEST(told.status == 0);
  BOOST_TEST(told.output.starts_with("consentctl 0."), told.output);
}

BOOST_AUTO_TEST_SUITE_END()
