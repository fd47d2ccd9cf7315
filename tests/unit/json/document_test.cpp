#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

#include <cmath>
#include <limits>
#include <utility>
#include <vector>

namespace {

using namespace consentd;
using namespace std::string_view_literals;

json::document parsed(std::string_view text) {
  return json::document::parse(std::string(text), {}).value();
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_document)

BOOST_AUTO_TEST_CASE(every_type_is_told_apart) {
  auto const doc = parsed(R"({"n":null,"t":true,"f":false,"i":12,"s":"x","a":[1],"o":{"p":1}})");
  auto const root = doc.root();
  BOOST_TEST((root.type() == json::type::object));
  BOOST_TEST((root.find("n")->type() == json::type::null));
  BOOST_TEST((root.find("t")->boolean() == true));
  BOOST_TEST((root.find("f")->boolean() == false));
  BOOST_TEST((root.find("i")->integer() == 12));
  BOOST_TEST((root.find_string("s") == "x"));
  BOOST_TEST(root.find("a")->is_array());
  BOOST_TEST(root.find("o")->is_object());
}

BOOST_AUTO_TEST_CASE(asking_for_another_type_gives_nothing) {
  auto const doc = parsed(R"({"s":"12","b":true,"n":null,"i":1,"a":["x"]})");
  auto const root = doc.root();
  BOOST_TEST(!root.find("s")->integer().has_value());
  BOOST_TEST(!root.find("s")->number().has_value());
  BOOST_TEST(!root.find("s")->boolean().has_value());
  BOOST_TEST(!root.find("n")->boolean().has_value());
  BOOST_TEST(!root.find("i")->string().has_value());
  BOOST_TEST(!root.find("i")->boolean().has_value());
  BOOST_TEST(!root.find_string("i").has_value());
  BOOST_TEST(!root.find_string("absent").has_value());
  BOOST_TEST(!root.find("a")->find("x").has_value());
  BOOST_TEST(!root.find("s")->find("x").has_value());
  BOOST_TEST(!root.find("s")->first().has_value());
  BOOST_TEST(root.find("s")->size() == 0U);
  BOOST_TEST(!root.string().has_value());
}

BOOST_AUTO_TEST_CASE(any_value_may_be_the_whole_text) {
  BOOST_TEST((parsed(" 7 ").root().integer() == 7));
  BOOST_TEST((parsed("\"\"").root().string() == ""));
  BOOST_TEST((parsed("true").root().boolean() == true));
  BOOST_TEST((parsed("\r\n\t null").root().type() == json::type::null));
  BOOST_TEST(parsed("[]").root().size() == 0U);
  BOOST_TEST(parsed("{ }").root().size() == 0U);
}

BOOST_AUTO_TEST_CASE(raw_is_the_received_text_of_each_value) {
  constexpr auto text =
      " { \"a\\u0062\" : [ 1.50 , -0 ,\t\"\\n\\\"x\" , true ,false, null , { } , [ [ ] ] ] , \"z\":\"\xc3\xa9\" } "sv;
  auto const doc = parsed(text);
  BOOST_TEST(doc.root().raw() == text.substr(1, text.size() - 2));
  auto const array = doc.root().find("ab");
  BOOST_REQUIRE(array.has_value());
  BOOST_TEST(array->raw() == "[ 1.50 , -0 ,\t\"\\n\\\"x\" , true ,false, null , { } , [ [ ] ] ]");
  std::vector<std::string_view> const expected{"1.50", "-0", "\"\\n\\\"x\"", "true", "false", "null", "{ }", "[ [ ] ]"};
  std::vector<std::string_view> seen;
  for (auto element = array->first(); element; element = element->next()) {
    seen.push_back(element->get().raw());
  }
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
  BOOST_TEST(doc.root().find("z")->raw() == "\"\xc3\xa9\"");
}

BOOST_AUTO_TEST_CASE(walks_go_in_the_order_received_over_nested_values) {
  auto const doc = parsed(R"({"b":{"x":[1,{"y":2}]},"a":[[],{}],"":3})");
  std::vector<std::string_view> names;
  std::vector<std::string_view> values;
  for (auto member = doc.root().first(); member; member = member->next()) {
    names.push_back(member->name());
    values.push_back(member->get().raw());
  }
  BOOST_TEST(names == (std::vector<std::string_view>{"b", "a", ""}), boost::test_tools::per_element());
  BOOST_TEST(values == (std::vector<std::string_view>{R"({"x":[1,{"y":2}]})", "[[],{}]", "3"}),
             boost::test_tools::per_element());
  BOOST_TEST(doc.root().size() == 3U);
  auto const elements = doc.root().find("a")->first();
  BOOST_TEST(elements->name() == "");
  BOOST_TEST(elements->get().is_array());
  BOOST_TEST(elements->next()->get().is_object());
  BOOST_TEST(!elements->next()->next().has_value());
}

BOOST_AUTO_TEST_CASE(find_looks_at_members_of_this_object_alone) {
  auto const doc = parsed(R"({"outer":{"exp":1},"list":[{"exp":2}],"v":"exp"})");
  BOOST_TEST(!doc.root().find("exp").has_value());
}

BOOST_AUTO_TEST_CASE(escapes_are_resolved) {
  auto const doc =
      parsed(R"(["\"\\\/\b\f\n\r\t", "\u0041\u00e9\u20AC", "\ud83d\ude00", "a\u0000b", "\\u0041", "\\\\\""])");
  std::vector<std::string_view> const expected{
      "\"\\/\b\f\n\r\t", "A\xc3\xa9\xe2\x82\xac", "\xf0\x9f\x98\x80", "a\0b"sv, "\\u0041", "\\\\\""};
  std::vector<std::string_view> seen;
  for (auto element = doc.root().first(); element; element = element->next()) {
    seen.push_back(*element->get().string());
  }
  BOOST_TEST(seen == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_name_with_an_escape_is_found_by_its_meaning) {
  auto const doc = parsed(R"({"\u0069\u0073s":"https://a"})");
  BOOST_TEST((doc.root().find_string("iss") == "https://a"));
}

BOOST_AUTO_TEST_CASE(a_name_with_nul_does_not_pass_for_its_beginning) {
  auto const doc = parsed(R"({"iss\u0000x":1})");
  BOOST_TEST(!doc.root().find("iss").has_value());
  BOOST_TEST(doc.root().find("iss\0x"sv).has_value());
}

BOOST_AUTO_TEST_CASE(integers_are_exact_or_nothing) {
  auto const integer = [](std::string_view text) { return parsed(text).root().integer(); };
  BOOST_TEST((integer("9223372036854775807") == std::numeric_limits<std::int64_t>::max()));
  BOOST_TEST((integer("-9223372036854775808") == std::numeric_limits<std::int64_t>::min()));
  BOOST_TEST((integer("-0") == 0));
  for (auto const* const text :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615", "1.0", "1e2", "1E0"}) {
    BOOST_TEST(!integer(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_doubles_or_nothing) {
  auto const number = [](std::string_view text) { return parsed(text).root().number(); };
  BOOST_TEST((number("-12.5e+1") == -125.0));
  BOOST_TEST((number("1E2") == 100.0));
  BOOST_TEST((number("1.7976931348623157e308") == std::numeric_limits<double>::max()));
  BOOST_TEST((number("5e-324") == std::numeric_limits<double>::denorm_min()));
  BOOST_TEST(!number("9e308").has_value());
  BOOST_TEST(!number("1e-999999").has_value());
  BOOST_TEST(!number("1e-99999999999999999999").has_value());
}

BOOST_AUTO_TEST_CASE(long_numbers_keep_every_digit) {
  std::string const text = "0." + std::string(400, '3');
  BOOST_TEST(parsed(text).root().raw() == text);
  BOOST_TEST(std::abs(*parsed(text).root().number() - 1.0 / 3) < 1e-15);
}

BOOST_AUTO_TEST_CASE(values_outlive_a_move_of_their_document) {
  // Short enough for a string that keeps its text in itself.
  auto first = parsed(R"({"a":"b"})");
  auto const root = first.root();
  auto const text = root.find_string("a");
  json::document second(std::move(first));
  auto third = parsed("0");
  third = std::move(second);
  BOOST_TEST((root.find_string("a") == "b"));
  BOOST_TEST(*text == "b");
  BOOST_TEST(third.root().raw() == R"({"a":"b"})");
}

BOOST_AUTO_TEST_SUITE_END()
