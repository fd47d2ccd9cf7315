#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

namespace {

using namespace consentd;
using namespace std::string_view_literals;

std::string canonical(std::string_view text) {
  auto const doc = json::document::parse(std::string(text), {}).value();
  return json::canonical(doc.root());
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_canonical)

BOOST_AUTO_TEST_CASE(layout_and_order_do_not_matter) {
  constexpr auto wanted = R"({"":0,"B":1,"a":[true,{"x":null,"y":"z"},[]],"aa":{}})"sv;
  BOOST_TEST(canonical(wanted) == wanted);
  BOOST_TEST(canonical(" {\"aa\" : { } ,\n\"a\":[ true,{\"y\":\"z\",\"x\":null},[ ]],\"B\":1,\"\":0}\t") == wanted);
}

BOOST_AUTO_TEST_CASE(order_of_elements_matters) {
  BOOST_TEST(canonical("[1,2]") != canonical("[2,1]"));
}

BOOST_AUTO_TEST_CASE(ways_to_write_a_string_do_not_matter) {
  BOOST_TEST(canonical(R"(["\u0041\/\u00e9\u0022\u005c\u000a\u001F\u007f"])") ==
             "[\"A/\xc3\xa9\\\"\\\\\\n\\u001f\x7f\"]");
  BOOST_TEST(canonical(R"({"\u0062":1,"a":2})") == R"({"a":2,"b":1})");
  BOOST_TEST(canonical("\"\\b\\f\\n\\r\\t\\u0000\"") == "\"\\b\\f\\n\\r\\t\\u0000\"");
  BOOST_TEST(canonical(R"("\ud83d\ude00")") == "\"\xf0\x9f\x98\x80\"");
}

BOOST_AUTO_TEST_CASE(numbers_stay_as_they_were_written) {
  BOOST_TEST(canonical("[ 1.50, 1e2, -0, 12345678901234567890123 ]") == "[1.50,1e2,-0,12345678901234567890123]");
}

BOOST_AUTO_TEST_CASE(names_sort_by_their_bytes_not_as_signed_characters) {
  BOOST_TEST(canonical("{\"\xc3\xa9\":1,\"z\":2,\"\\u0001\":3,\"zz\":4}") ==
             "{\"\\u0001\":3,\"z\":2,\"zz\":4,\"\xc3\xa9\":1}");
}

// Texts of different meaning must not meet in one form, or a changed event would pass for a redelivery.
BOOST_AUTO_TEST_CASE(different_values_have_different_forms) {
  constexpr std::string_view texts[] = {R"({"a":"1"})",
                                        R"({"a":1})",
                                        R"({"a":[1]})",
                                        R"({"a":{"1":1}})",
                                        R"(["a",1])",
                                        R"({"a\",\"b":1})",
                                        R"({"a":1,"b":1})",
                                        R"("a\u0000")",
                                        R"("a")",
                                        R"("\\n")",
                                        R"("\n")",
                                        R"([])",
                                        R"({})",
                                        R"("")",
                                        R"([[]])",
                                        R"([[],[]])",
                                        R"("null")",
                                        R"(null)",
                                        R"([null])",
                                        R"("\"\"")",
                                        R"("a\\u0000")"};
  for (auto const& a : texts) {
    for (auto const& b : texts) {
      BOOST_TEST((canonical(a) == canonical(b)) == (&a == &b), a << " and " << b);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_form_is_its_own_form_and_reads_back) {
  auto const once = canonical("{\"k\":[\"\\u0001\\\"\\\\\\ud83d\\ude00\",{\"b\":[1e5,{}],\"a\":false}]}");
  BOOST_TEST(canonical(once) == once);
}

BOOST_AUTO_TEST_SUITE_END()
