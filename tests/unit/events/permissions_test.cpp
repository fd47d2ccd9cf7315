// The codes of a consent, out of each shape that they come in.
#include "events/permissions.hpp"

#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

namespace consentd::events {
namespace {

using namespace fixture;
using codes = std::vector<std::string>;

std::optional<codes> codes_of(std::string_view text) {
  auto const list = parsed(text);
  auto const found = read_permissions(list.root());
  return found ? std::optional(found->codes()) : std::nullopt;
}

std::string many(std::size_t count, bool alike = false) {
  std::string text = "[";
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? "\"R" : ",\"R") + (alike ? std::string("x") : std::to_string(i)) + '"';
  }
  return text + "]";
}

} // namespace

BOOST_AUTO_TEST_SUITE(permissions_of_a_consent)

BOOST_AUTO_TEST_CASE(order_repetition_and_nesting_do_not_matter) {
  codes const expected{"ReadAccountsBasic", "ReadBalances"};
  for (auto const* text :
       {R"(["ReadAccountsBasic","ReadBalances"])", R"(["ReadBalances","ReadAccountsBasic","ReadBalances"])",
        R"([["ReadBalances"],["ReadAccountsBasic"]])", R"([["ReadBalances","ReadAccountsBasic"],[]])",
        R"(["ReadBalances",["ReadAccountsBasic"]])"}) {
    BOOST_TEST_CONTEXT(text) {
      BOOST_CHECK(codes_of(text) == expected);
    }
  }
  BOOST_CHECK(codes_of("[]") == codes{});
}

BOOST_AUTO_TEST_CASE(codes_within_an_insurance_type_belong_to_that_type) {
  BOOST_CHECK(
      (codes_of(R"([{"InsuranceType":"Motor","Permissions":["ReadInsurancePolicies"]},
                            {"InsuranceType":"Travel","Permissions":[["ReadCustomerClaims"],"ReadInsurancePolicies"]},
                            {"InsuranceType":"Home"}])") ==
       codes{"Home", "Motor/ReadInsurancePolicies", "Travel/ReadCustomerClaims", "Travel/ReadInsurancePolicies"}));
}

BOOST_AUTO_TEST_CASE(what_is_no_list_of_codes_is_no_set) {
  for (auto const* odd :
       {"{}", R"("ReadBalances")", "7", "[7]", "[null]", "[{}]", R"([""])", R"(["a\u0000"])", R"(["a\nb"])",
        R"(["a\u007f"])", R"([[["ReadBalances"]]])", R"([{"InsuranceType":7}])",
        R"([{"InsuranceType":"Motor","Permissions":{}}])", R"([{"InsuranceType":"Motor","Permissions":[7]}])"}) {
    BOOST_TEST_CONTEXT(odd) {
      BOOST_CHECK(!codes_of(odd));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_set_has_its_bounds) {
  constexpr auto most = consent::permission_set::most;
  BOOST_TEST(codes_of(many(most)).value().size() == most);
  BOOST_CHECK(!codes_of(many(most + 1)));
  BOOST_CHECK(!codes_of(many(2 * most + 1)));
  BOOST_CHECK(codes_of(many(2 * most, true)) == codes{"Rx"});
  BOOST_CHECK(!codes_of(many(2 * most + 1, true)));

  auto const longest = std::string(consent::permission_set::longest, 'p');
  BOOST_CHECK(codes_of("[\"" + longest + "\"]") == codes{longest});
  BOOST_CHECK(!codes_of("[\"" + longest + "p\"]"));
  BOOST_CHECK(!codes_of(R"([{"InsuranceType":"M","Permissions":[")" + longest + R"("]}])"));
  BOOST_CHECK(codes_of(R"([{"InsuranceType":"M","Permissions":[")" + longest.substr(2) + R"("]}])"));
}

BOOST_AUTO_TEST_CASE(every_kind_of_consent_reports_its_codes) {
  BOOST_CHECK((read(account_access_v21)->report.permissions->codes() ==
               codes{"ReadAccountsBasic", "ReadBalances", "ReadProductFinanceRates"}));
  BOOST_CHECK((read(payment_v21)->report.permissions->codes() == codes{"ReadAccountsBasic", "ReadBalances"}));
  BOOST_CHECK((read(insurance_v21)->report.permissions->codes() ==
               codes{"Motor/ReadCustomerBasic", "Motor/ReadInsurancePolicies", "Travel/ReadCustomerClaims"}));
  BOOST_CHECK(!read(payment_v20)->report.permissions);
}

BOOST_AUTO_TEST_CASE(permissions_that_cannot_be_compared_give_no_use) {
  auto const refused = read(with(account_access_v21, R"("ReadBalances")", R"("")"));
  BOOST_REQUIRE(!refused);
  BOOST_CHECK(refused.error().code == reason::resource_malformed);
  BOOST_TEST(refused.error().detail == "Data.Permissions has too many codes, or one that is none");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
