#include "base/result.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>

namespace {

using namespace consentd;

result<int> half(int number) {
  if (number % 2 != 0) {
    return failure{reason::invalid_argument, "odd"};
  }
  return number / 2;
}

} // namespace

BOOST_AUTO_TEST_SUITE(result_)

BOOST_AUTO_TEST_CASE(failure_is_described_by_name_and_detail) {
  BOOST_TEST(describe({reason::issuer_mismatch, "bound to https://a"}) == "issuer-mismatch: bound to https://a");
  BOOST_TEST(describe({reason::poison, ""}) == "poison");
}

BOOST_AUTO_TEST_CASE(value_of_a_failure_is_a_programming_error_that_names_it) {
  BOOST_TEST(half(4).value() == 2);
  BOOST_CHECK_EXCEPTION(half(3).value(), std::logic_error, [](std::logic_error const& error) {
    return std::string(error.what()).find("invalid-argument: odd") != std::string::npos;
  });
}

BOOST_AUTO_TEST_SUITE_END()
