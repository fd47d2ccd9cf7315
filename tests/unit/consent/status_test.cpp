#include "consent/status.hpp"

#include "tests/unit/consent/sample.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

namespace consentd::consent {

BOOST_AUTO_TEST_SUITE(status_words)

BOOST_AUTO_TEST_CASE(statuses_have_the_standards_spelling) {
  BOOST_TEST(to_string(status::awaiting_authorization) == "AwaitingAuthorization");
  BOOST_TEST(to_string(status::authorized) == "Authorized");
  BOOST_TEST(to_string(status::suspended) == "Suspended");
  BOOST_TEST(to_string(status::rejected) == "Rejected");
  BOOST_TEST(to_string(status::consumed) == "Consumed");
  BOOST_TEST(to_string(status::expired) == "Expired");
  BOOST_TEST(to_string(status::revoked) == "Revoked");
}

BOOST_AUTO_TEST_CASE(every_word_is_read_back) {
  for (auto const value : sample::all_statuses) {
    BOOST_CHECK(parse_status(to_string(value)) == value);
  }
  for (auto const value : sample::all_kinds) {
    BOOST_CHECK(parse_kind(to_string(value)) == value);
  }
  for (auto const value : {disposition::duplicate, disposition::stale, disposition::updated, disposition::refused,
                           disposition::late, disposition::applied, disposition::gap, disposition::deleted}) {
    BOOST_CHECK(!to_string(value).empty());
    BOOST_CHECK(parse_disposition(to_string(value)) == value);
  }
  for (auto const value : {binding::announced, binding::by_event}) {
    BOOST_CHECK(!to_string(value).empty());
    BOOST_CHECK(parse_binding(to_string(value)) == value);
  }
}

BOOST_AUTO_TEST_CASE(only_the_exact_spelling_is_a_status) {
  for (auto const* text : {"", "authorized", "AUTHORIZED", " Authorized", "Authorized ", "Authorised", "Completed"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_CHECK(!parse_status(text));
    }
  }
  BOOST_CHECK(!parse_status(std::string_view("Revoked\0", 8)));
}

BOOST_AUTO_TEST_CASE(four_statuses_are_terminal) {
  BOOST_TEST(!is_terminal(status::awaiting_authorization));
  BOOST_TEST(!is_terminal(status::authorized));
  BOOST_TEST(!is_terminal(status::suspended));
  BOOST_TEST(is_terminal(status::rejected));
  BOOST_TEST(is_terminal(status::consumed));
  BOOST_TEST(is_terminal(status::expired));
  BOOST_TEST(is_terminal(status::revoked));
}

BOOST_AUTO_TEST_CASE(consent_ids_have_1_to_128_plain_characters) {
  BOOST_TEST(is_consent_id("a"));
  BOOST_TEST(is_consent_id("AZaz09._:~-"));
  BOOST_TEST(is_consent_id("..."));
  BOOST_TEST(is_consent_id(std::string(128, 'x')));
  BOOST_TEST(!is_consent_id(std::string(129, 'x')));
  BOOST_TEST(!is_consent_id(""));
}

BOOST_AUTO_TEST_CASE(ids_that_mean_something_in_a_path_or_a_log_are_refused) {
  for (auto const* text : {".", "..", "a/b", "a b", "a%2fb", "a\nb", "a?b", "a#b", "a'b", "\xc3\xa9", "a\\b", "a@b"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_CHECK(!is_consent_id(text));
    }
  }
  BOOST_TEST(!is_consent_id(std::string_view("a\0b", 3)));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
