#include "json/document.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace {

using namespace consentd;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

result<json::document> parse(std::string_view text) {
  return json::document::parse(std::string(text), {});
}

constexpr std::array not_json{
    ""sv,
    " "sv,
    "{"sv,
    "}"sv,
    "["sv,
    "]"sv,
    "\""sv,
    "\"a"sv,
    "{]"sv,
    "[}"sv,
    "nul"sv,
    "nulll"sv,
    "True"sv,
    "TRUE"sv,
    "undefined"sv,
    // more than one text
    "{}{}"sv,
    "{} x"sv,
    "1 2"sv,
    "[],"sv,
    "{}\0"sv,
    "{}\0{}"sv,
    "{} \0 garbage"sv,
    "\0{}"sv,
    "\0"sv,
    // commas, names, colons
    "[1,]"sv,
    "[,1]"sv,
    "[1,,2]"sv,
    "[1 2]"sv,
    "{\"a\":1,}"sv,
    "{,}"sv,
    "{\"a\"}"sv,
    "{\"a\" 1}"sv,
    "{\"a\"::1}"sv,
    "{\"a\":}"sv,
    "{a:1}"sv,
    "{'a':1}"sv,
    "{1:1}"sv,
    "{null:1}"sv,
    "{\"a\":1 \"b\":2}"sv,
    "[\"a\":1]"sv,
    "{\"a\",1}"sv,
    "['a']"sv,
    // comments and white space that JSON lacks
    "/* */{}"sv,
    "{}// x"sv,
    "[1,/**/2]"sv,
    "# x\n1"sv,
    "\x0b"
    "1"sv,
    "\x0c"
    "1"sv,
    "\xc2\xa0"
    "1"sv,
    "\xe2\x80\xa8"
    "1"sv,
    // numbers
    "NaN"sv,
    "nan"sv,
    "Infinity"sv,
    "-Infinity"sv,
    "Inf"sv,
    "-"sv,
    "+1"sv,
    "01"sv,
    "-01"sv,
    "00"sv,
    "1."sv,
    ".5"sv,
    "-.5"sv,
    "1.e1"sv,
    "1e"sv,
    "1e+"sv,
    "1e-"sv,
    "0x10"sv,
    "1_000"sv,
    "1,5"sv,
    "1-"sv,
    "--1"sv,
    "1e1.5"sv,
    "1\0"sv,
    "1\0"
    "2"sv,
    "\xef\xbc\x91"sv,
    // strings
    "\"\n\""sv,
    "\"\t\""sv,
    "\"\0\""sv,
    "\"a\0b\""sv,
    "\"\x1f\""sv,
    "\"\\\""sv,
    "\"\\x41\""sv,
    "\"\\a\""sv,
    "\"\\'\""sv,
    "\"\\0\""sv,
    "\"\\U0041\""sv,
    "\"\\u\""sv,
    "\"\\u004\""sv,
    "\"\\u00g0\""sv,
    "\"\\u 041\""sv,
    "\"\\u+041\""sv,
    "\"\\\0\""sv,
};

constexpr std::array unpaired_surrogates{
    R"("\ud800")"sv,
    R"("\udbff")"sv,
    R"("\udc00")"sv,
    R"("\udfff")"sv,
    R"("a\udc00b")"sv,
    R"("\ud800\ud800")"sv,
    R"("\ud800x")"sv,
    R"("\ud800\n")"sv,
    R"("\ud800\u0041")"sv,
    R"("\udc00\ud800")"sv,
    R"("\ud83d\ude00\ude00")"sv,
    R"({"\udc00":1})"sv,
    R"({"a":["\uDEAD"]})"sv,
};

constexpr std::array not_utf8{
    "\x80"sv,
    "\xbf"sv,
    "\xc0\x80"sv,
    "\xc1\xbf"sv,
    "\xc2"sv,
    "\xc2\x41"sv,
    "\xe0\x80\x80"sv,
    "\xe0\x9f\xbf"sv,
    "\xe2\x82"sv,
    "\xe2\x82\x41"sv,
    "\xed\xa0\x80"sv,
    "\xed\xbf\xbf"sv,
    "\xed\xa0\xbd\xed\xb8\x80"sv,
    "\xf0\x80\x80\x80"sv,
    "\xf0\x8f\xbf\xbf"sv,
    "\xf0\x9f\x98"sv,
    "\xf4\x90\x80\x80"sv,
    "\xf5\x80\x80\x80"sv,
    "\xfe"sv,
    "\xff"sv,
    "\xe9"sv,
    "\xf8\x88\x80\x80\x80"sv,
};

constexpr std::array duplicates{
    R"({"a":1,"a":1})"sv,
    R"({"a":1,"b":2,"a":3})"sv,
    R"({"":1,"":2})"sv,
    R"({"kid":1,"\u006bid":2})"sv,
    R"({"/":1,"\/":2})"sv,
    R"([[{"x":{"y":[{"a":1,"b":{},"a":[]}]}}]])"sv,
    "{\"\xc3\xa9\":1,\"\\u00e9\":2}"sv,
    R"({"\ud83d\ude00":1,"\uD83D\uDE00":2})"sv,
    R"({"a\u0000":1,"a\u0000":2})"sv,
    R"({"a":{"b":1},"c":[{"b":1}],"a":0})"sv,
};

bool names(result<json::document> const& outcome, std::string_view rule) {
  return outcome.has_error() && outcome.error().code == reason::request_malformed &&
         outcome.error().detail.find(rule) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(json_strictness)

BOOST_DATA_TEST_CASE(what_is_not_one_json_text_is_refused, data::xrange(not_json.size()), i) {
  auto const outcome = parse(not_json[i]);
  BOOST_REQUIRE_MESSAGE(outcome.has_error(), not_json[i]);
  BOOST_TEST((outcome.error().code == reason::request_malformed));
  BOOST_TEST(outcome.error().detail.starts_with("JSON at offset "));
}

BOOST_DATA_TEST_CASE(unpaired_surrogates_are_refused, data::xrange(unpaired_surrogates.size()), i) {
  BOOST_TEST(names(parse(unpaired_surrogates[i]), "surrogate"), unpaired_surrogates[i]);
}

BOOST_AUTO_TEST_CASE(characters_next_to_the_surrogates_are_taken) {
  auto const outcome = parse(R"("\ud7ff\ue000\udbff\udfff")");
  BOOST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->root().string() == "\xed\x9f\xbf\xee\x80\x80\xf4\x8f\xbf\xbf"));
}

// In a string, in a name, and cut off by the end of the text: the last is where a reader may run past its buffer.
BOOST_DATA_TEST_CASE(text_that_is_not_utf8_is_refused, data::xrange(not_utf8.size()), i) {
  std::string const bytes(not_utf8[i]);
  for (auto const& text :
       {"\"" + bytes + "\"", "{\"" + bytes + "\":1}", "\"" + bytes, bytes, "[1]" + bytes, "\"\\n" + bytes}) {
    BOOST_TEST(parse(text).has_error());
  }
}

BOOST_AUTO_TEST_CASE(byte_order_mark_is_refused) {
  BOOST_TEST(names(parse("\xef\xbb\xbf{}"), "byte order mark"));
  BOOST_TEST(parse("\"\xef\xbb\xbf\"").has_value());
}

BOOST_DATA_TEST_CASE(a_name_twice_in_one_object_is_refused, data::xrange(duplicates.size()), i) {
  BOOST_TEST(names(parse(duplicates[i]), "a name twice"), duplicates[i]);
}

BOOST_AUTO_TEST_CASE(the_second_of_two_equal_names_is_pointed_at) {
  BOOST_TEST((parse(R"({"a":1,"b":2,"a":3})").error().detail == "JSON at offset 13: a name twice in one object"));
}

BOOST_AUTO_TEST_CASE(equal_names_in_different_objects_are_no_duplicates) {
  BOOST_TEST(parse(R"({"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}],"A":1,"a ":1,"aa":1,"a\u0000":1})").has_value());
}

BOOST_AUTO_TEST_CASE(a_double_bound_is_the_only_bound_of_a_number) {
  BOOST_TEST(parse("1e999999").has_error());
  BOOST_TEST(parse("-1e99999999999999999999").has_error());
  BOOST_TEST(parse(std::string(400, '9')).has_error());
  BOOST_TEST(parse("0e999").has_error());
  BOOST_TEST(parse("1e308").has_value());
  BOOST_TEST(parse("1e-99999999999999999999").has_value());
  BOOST_TEST(parse("0." + std::string(100000, '0') + "1").has_value());
}

BOOST_AUTO_TEST_CASE(the_detail_quotes_nothing_of_the_text) {
  constexpr std::string_view personal = "784-1984-1234567-1";
  for (auto const& text : {"{\"" + std::string(personal) + "\":1,\"" + std::string(personal) + "\":2}",
                           "{\"id\":\"" + std::string(personal) + "\" x}", "\"" + std::string(personal),
                           "[\"" + std::string(personal) + "\\udc00\"]", "{\"id\":" + std::string(personal) + "}"}) {
    auto const outcome = parse(text);
    BOOST_REQUIRE(outcome.has_error());
    BOOST_TEST(outcome.error().detail.find("784") == std::string::npos);
  }
}

BOOST_AUTO_TEST_SUITE_END()
