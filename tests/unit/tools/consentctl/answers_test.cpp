// What is made of answers that a daemon gives only for a moment, so that a test cannot make it give them.
#include "tests/unit/client/canned.hpp"
#include "tests/unit/tools/consentctl/world.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::client::testing;

namespace {

std::string const no_room = answer_of(
    "503 Service Unavailable", "application/problem+json",
    R"({"type":"urn:consentd:problem:storage","title":"x","status":503,"detail":"full"})", "Retry-After: 1\r\n");
std::string const taken =
    json_answer(R"({"name":"billing","place":"e-1","lagEntries":0,"lagSeconds":0,"paused":false,"connected":true})");

tests::finished ask(scripted_server const& server, std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {CONSENTCTL, "--socket", server.path()});
  return tests::run(arguments);
}

} // namespace

BOOST_AUTO_TEST_SUITE(passing_answers)

// 1 would say that there is no such thing, or that the time is over.
BOOST_AUTO_TEST_CASE(daemon_that_cannot_now_is_69) {
  for (auto const& command : {std::vector<std::string>{"consents", "wait", "c-1", "Revoked"},
                              {"consents", "get", "c-1"},
                              {"quarantine", "drop", "1"}}) {
    scripted_server server({{no_room}});
    auto const told = ask(server, command);
    BOOST_TEST(told.status == 69, told.output);
    BOOST_TEST(told.output.find("full") != std::string::npos, told.output);
  }
}

BOOST_AUTO_TEST_CASE(acknowledgement_that_finds_no_room_is_repeated_and_its_entry_is_not_printed_again) {
  scripted_server server({{stream_head + chunk(entry("e-1", "c-1"))}, {no_room}, {taken}});
  auto const told = ask(server, {"consumers", "follow", "billing", "--count", "1"});
  BOOST_TEST(told.status == 0, told.output);
  auto const asked = server.requests();
  BOOST_TEST_REQUIRE(asked.size() == 3U, told.output);
  for (auto const at : {1U, 2U}) {
    BOOST_TEST(asked[at].starts_with("POST /v1/consumers/billing/ack "), asked[at]);
  }
}

// `events tail --count 1 && …` is for who wants to act on an entry.
BOOST_AUTO_TEST_CASE(end_of_a_stream_is_no_entry_to_be_counted) {
  scripted_server server({{stream_head + chunk("event: end\ndata: {\"reason\":\"not-permitted\"}\n\n") + "0\r\n\r\n"}});
  auto const told = ask(server, {"events", "tail", "--count", "1"});
  BOOST_TEST(told.status == 1, told.output);
  BOOST_TEST(told.output.starts_with("end: not-permitted\n"), told.output);
}

BOOST_AUTO_TEST_CASE(mistakes_of_the_settings_are_a_line_each_and_none_is_a_line_too) {
  auto const refused = [](std::string const& more) {
    return answer_of("422 Unprocessable Content", "application/problem+json",
                     R"({"type":"urn:consentd:problem:settings","title":"x","status":422)" + more + "}");
  };
  scripted_server two({{refused(R"(,"detail":"one\ntwo")")}});
  BOOST_TEST(ask(two, {"reload"}).output.ends_with("one\nconsentctl: two\n"));
  scripted_server none({{refused("")}});
  auto const told = ask(none, {"reload"});
  BOOST_TEST(told.status == 1);
  BOOST_TEST(told.output.starts_with("consentctl: "), told.output);
}

BOOST_AUTO_TEST_SUITE_END()
