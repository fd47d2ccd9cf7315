// The answer that is held until a consent gets somewhere.
#include "tests/unit/localapi/fixture.hpp"
#include "tests/unit/localapi/idle_client.hpp"

#include <boost/test/unit_test.hpp>

#include <future>
#include <memory>

namespace consentd::localapi::testing {
namespace {

struct waiting_fixture : fixture {
  // On a connection of its own, so that others can be asked meanwhile.
  std::future<tests::http_answer> ask(std::string const& target) {
    return std::async(std::launch::async, [path = socket(), target] {
      tests::http_client client(tests::http_client::where{.ca_file = {}, .unix_socket = path});
      return client.get("http://localhost" + target);
    });
  }
  static bool is_held(std::future<tests::http_answer>& asked) {
    return asked.wait_for(std::chrono::milliseconds(100)) == std::future_status::timeout;
  }
  std::string word(tests::http_answer const& from, std::string_view name) {
    return std::string(json_of(from).root().find_string(name).value_or("none"));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(waiting, waiting_fixture)

BOOST_AUTO_TEST_CASE(answer_is_held_until_the_consent_is_there) {
  announce("c");
  auto asked = ask("/v1/consents/c?wait_for=Authorized,Rejected&timeout=300");
  BOOST_TEST(is_held(asked));
  event("c", consent::status::awaiting_authorization, at("2026-03-27T11:00:00Z"));
  BOOST_TEST(is_held(asked));
  event("c", consent::status::authorized, at("2026-03-27T11:00:01Z"));
  auto const answer = asked.get();
  BOOST_TEST(word(answer, "waited") == "reached");
  BOOST_TEST(word(answer, "status") == "Authorized");
  BOOST_TEST(!answer.fields.contains("etag"));
}

BOOST_AUTO_TEST_CASE(consent_that_is_there_is_not_waited_for) {
  announce("c");
  event("c", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  BOOST_TEST(word(get("/v1/consents/c?wait_for=Authorized&timeout=300"), "waited") == "reached");
}

BOOST_AUTO_TEST_CASE(time_that_is_over_is_told_with_the_state) {
  announce("c");
  event("c", consent::status::suspended, at("2026-03-27T11:00:00Z"));
  auto const answer = get("/v1/consents/c?wait_for=Authorized&timeout=1");
  BOOST_TEST(word(answer, "waited") == "timeout");
  BOOST_TEST(word(answer, "status") == "Suspended");
}

BOOST_AUTO_TEST_CASE(consent_that_nobody_knows_yet_is_waited_for) {
  auto asked = ask("/v1/consents/c?wait_for=Authorized&timeout=300");
  BOOST_TEST(is_held(asked));
  announce("c");
  event("c", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  BOOST_TEST(word(asked.get(), "waited") == "reached");
  BOOST_TEST(get("/v1/consents/d?wait_for=Authorized&timeout=1").status == 404);
}

BOOST_AUTO_TEST_CASE(hundred_wait_and_all_are_answered) {
  announce("c");
  std::vector<std::future<tests::http_answer>> all;
  for (int i = 0; i < 100; ++i) {
    all.push_back(ask("/v1/consents/c?wait_for=Revoked&timeout=300"));
  }
  for (int i = 0; i < 50; ++i) { // others' changes wake them, and make no difference
    announce("other-" + std::to_string(i));
  }
  event("c", consent::status::revoked, at("2026-03-27T11:00:00Z"));
  for (auto& one : all) {
    BOOST_TEST(word(one.get(), "waited") == "reached");
  }
}

BOOST_AUTO_TEST_CASE(who_goes_away_is_waited_for_no_more) {
  announce("c");
  auto client = std::make_unique<idle_client>(socket(), "/v1/consents/c?wait_for=Revoked&timeout=300");
  while (sessions() < 1) {
    std::this_thread::yield();
  }
  client.reset();
  while (sessions() > 0) {
    std::this_thread::yield();
  }
}

BOOST_AUTO_TEST_CASE(wrong_terms_are_named) {
  for (auto const* const terms :
       {"wait_for=", "wait_for=Authorised", "wait_for=Authorized,", "wait_for=Authorized,,Revoked"}) {
    BOOST_TEST(field_of_problem(get(std::string("/v1/consents/c?timeout=1&") + terms), 400, "invalid-argument") ==
                   "wait_for",
               terms);
  }
  for (auto const* const timeout : {"0", "301", "-1", "1.5", "x", ""}) {
    BOOST_TEST(field_of_problem(get(std::string("/v1/consents/c?wait_for=Revoked&timeout=") + timeout), 400,
                                "invalid-argument") == "timeout",
               timeout);
  }
  // Alone it would seem to be heeded.
  BOOST_TEST(field_of_problem(get("/v1/consents/c?timeout=5"), 400, "invalid-argument") == "wait_for");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
