#include "consent/resource_status.hpp"

#include "consent/status.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::consent {
namespace {

// The table of contract section 5; the ends have a star.
struct row {
  resource_family family;
  std::vector<std::string_view> words;
};

std::vector<row> const& table() {
  static std::vector<row> const all{
      {resource_family::payment,
       {"Pending", "AcceptedWithoutPosting", "*AcceptedSettlementCompleted", "*AcceptedCreditSettlementCompleted",
        "*Rejected"}},
      {resource_family::insurance_quote,
       {"ApplicationPending", "ApplicationApproved", "PaymentRequired", "PolicyIssued", "*Completed", "*Expired",
        "*Rejected", "*CustomerCancelled", "*LFICancelled"}},
      {resource_family::fx_quote,
       {"Available", "Accepted", "Actioned", "AccountOpened", "Funded", "*Completed", "*Expired", "*Rejected",
        "*Cancelled"}},
      {resource_family::account_opening,
       {"Pending", "AwaitingUserInput", "AwaitingLFIProcesses", "*Rejected", "*Completed"}}};
  return all;
}

constexpr std::size_t status_count = 21;

} // namespace

BOOST_AUTO_TEST_SUITE(resource_words)

BOOST_AUTO_TEST_CASE(each_family_has_the_words_and_ends_of_the_contract) {
  for (auto const& [family, words] : table()) {
    std::set<resource_status> own;
    int place = 0;
    for (auto word : words) {
      bool const end = word.starts_with('*');
      word.remove_prefix(end ? 1 : 0);
      BOOST_TEST_CONTEXT(to_string(family) << " " << word) {
        auto const value = parse_resource_status(family, word);
        BOOST_REQUIRE(value);
        BOOST_TEST(to_string(*value) == word);
        BOOST_TEST(is_terminal(*value) == end);
        BOOST_TEST(progress(family, *value) == place++);
        BOOST_CHECK(parse_resource_status(word) == value);
        own.insert(*value);
      }
    }
    for (std::size_t i = 0; i < status_count; ++i) {
      auto const value = static_cast<resource_status>(i);
      bool const has = own.contains(value);
      BOOST_TEST((progress(family, value) >= 0) == has);
      BOOST_TEST(parse_resource_status(family, to_string(value)).has_value() == has);
    }
  }
}

BOOST_AUTO_TEST_CASE(words_are_read_in_their_exact_spelling) {
  for (auto const* text : {"", "pending", "Pending ", "PENDING", "Authorized", "Revoked"}) {
    BOOST_CHECK(!parse_resource_status(text));
    BOOST_CHECK(!parse_resource_status(resource_family::payment, text));
  }
}

BOOST_AUTO_TEST_CASE(families_are_read_back) {
  for (auto const& [family, words] : table()) {
    BOOST_CHECK(!to_string(family).empty());
    BOOST_CHECK(parse_resource_family(to_string(family)) == family);
  }
  BOOST_CHECK(!parse_resource_family("consent"));
}

BOOST_AUTO_TEST_CASE(only_one_end_may_follow_another) {
  for (std::size_t from = 0; from < status_count; ++from) {
    for (std::size_t to = 0; to < status_count; ++to) {
      auto const a = static_cast<resource_status>(from);
      auto const b = static_cast<resource_status>(to);
      bool const settled = to_string(a) == "AcceptedSettlementCompleted";
      BOOST_TEST(may_follow_end(a, b) == (settled && to_string(b) == "AcceptedCreditSettlementCompleted"));
    }
  }
}

// They may be stored.
BOOST_AUTO_TEST_CASE(numbers_do_not_move) {
  BOOST_TEST(static_cast<int>(resource_family::payment) == 0);
  BOOST_TEST(static_cast<int>(resource_family::account_opening) == 3);
  BOOST_TEST(static_cast<int>(resource_status::pending) == 0);
  BOOST_TEST(static_cast<int>(resource_status::rejected) == 4);
  BOOST_TEST(static_cast<int>(resource_status::completed) == 9);
  BOOST_TEST(static_cast<int>(resource_status::awaiting_lfi_processes) == 20);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::consent
