#include "hub/key_history.hpp"
#include "tests/support/jose_maker.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace std::chrono_literals;

namespace {

std::string set_of(std::initializer_list<std::string> kids) {
  static auto const key = tests::rsa_key::generate();
  std::string keys;
  for (auto const& kid : kids) {
    keys += (keys.empty() ? "" : ",") + key.public_jwk(kid);
  }
  return R"({"keys":[)" + keys + "]}";
}

timestamp at(std::chrono::seconds since_noon) {
  return parse_date_time("2026-03-01T12:00:00Z").value() + since_noon;
}

std::string name_of(result<std::shared_ptr<jose::verification_key const>> const& found) {
  return found ? "found" : std::string(to_string(found.error().code));
}

struct history_scene {
  hub::key_history history{{.in_force = 1000s}};
  std::string find(std::string const& kid, std::chrono::seconds received) const {
    return name_of(history.find(kid, at(received)));
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(key_history, history_scene)

BOOST_AUTO_TEST_CASE(nothing_can_be_told_before_there_is_a_set) {
  BOOST_TEST(find("one", 0s) == "keys-unavailable");
  BOOST_TEST(!history.in_force(at(0s)));
}

BOOST_AUTO_TEST_CASE(key_that_was_withdrawn_before_receipt_does_not_count) {
  BOOST_TEST(history.take(set_of({"one", "two"}), at(0s)).value());
  BOOST_TEST(history.take(set_of({"two"}), at(100s)).value());
  BOOST_TEST(find("one", 99s) == "found"); // received while it was in force, however late it is judged
  BOOST_TEST(find("one", 100s) == "unknown-signing-key");
  BOOST_TEST(find("two", 100s) == "found");
}

BOOST_AUTO_TEST_CASE(key_that_came_after_receipt_counts) {
  BOOST_REQUIRE(history.take(set_of({"one"}), at(0s)));
  BOOST_TEST(find("two", 10s) == "keys-unavailable"); // the issuer was not asked since
  BOOST_REQUIRE(history.take(set_of({"one", "two"}), at(20s)));
  BOOST_TEST(find("two", 10s) == "found");
}

BOOST_AUTO_TEST_CASE(unknown_kid_is_final_once_the_issuer_was_asked_after_receipt) {
  BOOST_REQUIRE(history.take(set_of({"one"}), at(0s)));
  BOOST_TEST(find("two", 10s) == "keys-unavailable");
  BOOST_TEST(!history.take(set_of({"one"}), at(9s)).value());
  BOOST_TEST(find("two", 10s) == "keys-unavailable");
  BOOST_TEST(!history.take(set_of({"one"}), at(10s)).value());
  BOOST_TEST(find("two", 10s) == "unknown-signing-key");
}

BOOST_AUTO_TEST_CASE(set_that_could_not_be_confirmed_for_long_was_not_in_force) {
  BOOST_REQUIRE(history.take(set_of({"one"}), at(0s)));
  BOOST_TEST(find("one", 1000s) == "found");
  BOOST_TEST(find("one", 1001s) == "keys-unavailable");
  BOOST_TEST(history.in_force(at(1000s)));
  BOOST_TEST(!history.in_force(at(1001s)));
  // What came while it was too old is judged by the next.
  BOOST_REQUIRE(history.take(set_of({"two"}), at(2000s)));
  BOOST_TEST(find("one", 1001s) == "unknown-signing-key");
  BOOST_TEST(find("two", 1001s) == "found");
  BOOST_TEST(find("one", 1000s) == "found");
}

BOOST_AUTO_TEST_CASE(unusable_set_changes_nothing) {
  BOOST_REQUIRE(history.take(set_of({"one"}), at(0s)));
  for (auto const* broken : {"", "{}", "not json", R"({"keys":7})"}) {
    BOOST_TEST(!history.take(broken, at(10s)));
  }
  BOOST_TEST(find("one", 20s) == "found");
  BOOST_TEST((history.confirmed() == at(0s)));
}

BOOST_AUTO_TEST_CASE(distrusted_kid_counts_at_no_time) {
  hub::key_history wary{{.in_force = 1000s, .distrusted = {"one"}}};
  BOOST_REQUIRE(wary.take(set_of({"one", "two"}), at(0s)));
  BOOST_TEST(name_of(wary.find("one", at(1s))) == "unknown-signing-key");
  BOOST_TEST(name_of(wary.find("two", at(1s))) == "found");
  wary.pin(std::make_shared<jose::jwk_set const>(jose::jwk_set::parse(set_of({"one"})).value()));
  BOOST_TEST(name_of(wary.find("one", at(1s))) == "unknown-signing-key");
}

BOOST_AUTO_TEST_CASE(pinned_set_never_ages) {
  history.pin(std::make_shared<jose::jwk_set const>(jose::jwk_set::parse(set_of({"one"})).value()));
  BOOST_TEST(find("one", 1000000s) == "found");
  BOOST_TEST(find("two", 1000000s) == "unknown-signing-key");
}

BOOST_AUTO_TEST_CASE(history_of_an_earlier_run_is_taken_up) {
  history.restore(
      {{set_of({"one"}), at(0s), at(50s)}, {"broken", at(60s), at(70s)}, {set_of({"two"}), at(100s), at(150s)}});
  BOOST_TEST(find("one", 60s) == "found");
  BOOST_TEST(find("one", 120s) == "unknown-signing-key");
  BOOST_TEST(find("two", 1150s) == "found");
  BOOST_TEST(find("two", 1151s) == "keys-unavailable");
  BOOST_TEST(!history.take(set_of({"two"}), at(1200s)).value()); // the same as before the restart
  BOOST_TEST((history.newest()->since == at(100s)));
  BOOST_TEST((history.newest()->confirmed == at(1200s)));
}

BOOST_AUTO_TEST_CASE(history_is_bounded) {
  for (int turn = 0; turn < 40; ++turn) {
    BOOST_REQUIRE(history.take(set_of({"key-" + std::to_string(turn)}), at(std::chrono::seconds(turn))));
  }
  BOOST_TEST(find("key-23", 23s) != "found");
  BOOST_TEST(find("key-24", 24s) == "found");
}

BOOST_AUTO_TEST_CASE(clock_that_is_set_back_does_not_bring_an_older_set_back) {
  BOOST_REQUIRE(history.take(set_of({"one"}), at(100s)));
  BOOST_REQUIRE(history.take(set_of({"two"}), at(50s)));
  BOOST_TEST(find("one", 100s) == "unknown-signing-key");
  BOOST_TEST(find("two", 100s) == "found");
}

BOOST_AUTO_TEST_SUITE_END()
