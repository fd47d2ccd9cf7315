#include "json/writer.hpp"

#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

namespace {

using namespace consentd;
using namespace std::string_view_literals;

} // namespace

BOOST_AUTO_TEST_SUITE(json_writer)

BOOST_AUTO_TEST_CASE(writes_every_type_in_order) {
  json::writer out;
  out.begin_object().member("s", "x").name("i").integer(std::numeric_limits<std::int64_t>::min());
  out.name("d").number(0.5).name("t").boolean(true).name("f").boolean(false).name("n").null();
  out.name("a")
      .begin_array()
      .integer(1)
      .string("two")
      .begin_array()
      .end_array()
      .begin_object()
      .end_object()
      .end_array();
  out.name("r").raw(R"({"k": [1.50]})").name("z").integer(0).end_object();
  BOOST_TEST(out.take() == R"({"s":"x","i":-9223372036854775808,"d":0.5,"t":true,"f":false,"n":null,)"
                           R"("a":[1,"two",[],{}],"r":{"k": [1.50]},"z":0})");
}

BOOST_AUTO_TEST_CASE(raw_stands_wherever_a_value_does) {
  json::writer out;
  out.begin_array()
      .raw("1")
      .raw("\"x\"")
      .begin_object()
      .name("a")
      .raw("[]")
      .name("b")
      .raw("null")
      .end_object()
      .raw("{}")
      .end_array();
  BOOST_TEST(out.take() == R"([1,"x",{"a":[],"b":null},{}])");
  out.raw("true");
  BOOST_TEST(out.take() == "true");
}

BOOST_AUTO_TEST_CASE(what_was_written_reads_back) {
  constexpr auto text = "\"quoted\" \\ / \b\f\n\r\t \x01\x1f\x7f \0 \xc3\xa9 \xf0\x9f\x98\x80 \xe2\x80\xa8"sv;
  json::writer out;
  out.begin_object().member(text, text).end_object();
  auto const doc = json::document::parse(out.take(), {});
  BOOST_REQUIRE(doc.has_value());
  BOOST_TEST((doc->root().find_string(text) == text));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_utf8_are_replaced) {
  json::writer out;
  out.begin_object().member("k\xff", "a\xc3 \xed\xa0\x80 z").end_object();
  auto const text = out.take();
  BOOST_TEST(text == "{\"k\xef\xbf\xbd\":\"a\xef\xbf\xbd \xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd z\"}");
  BOOST_TEST(json::document::parse(text, {}).has_value());
}

BOOST_AUTO_TEST_CASE(doubles_read_back_and_others_become_null) {
  json::writer out;
  out.begin_array().number(0.1).number(-1e300).number(std::numeric_limits<double>::denorm_min());
  out.number(std::numeric_limits<double>::infinity()).number(std::numeric_limits<double>::quiet_NaN()).end_array();
  auto const doc = json::document::parse(out.take(), {}).value();
  auto element = doc.root().first();
  for (double const wanted : {0.1, -1e300, std::numeric_limits<double>::denorm_min()}) {
    BOOST_TEST((element->get().number() == wanted));
    element = element->next();
  }
  BOOST_TEST((element->get().type() == json::type::null));
  BOOST_TEST((element->next()->get().type() == json::type::null));
}

BOOST_AUTO_TEST_CASE(an_unfinished_text_is_not_handed_out) {
  json::writer out;
  BOOST_CHECK_THROW(out.take(), std::logic_error);
  out.begin_object();
  BOOST_CHECK_THROW(out.take(), std::logic_error);
  out.name("a").begin_array();
  BOOST_CHECK_THROW(out.take(), std::logic_error);
  out.end_array().end_object();
  BOOST_TEST(out.take() == R"({"a":[]})");
  BOOST_CHECK_THROW(out.take(), std::logic_error);
}

BOOST_AUTO_TEST_CASE(calls_out_of_order_are_refused_and_leave_the_text_as_it_was) {
  json::writer out;
  BOOST_CHECK_THROW(out.name("a"), std::logic_error);
  BOOST_CHECK_THROW(out.end_array(), std::logic_error);
  out.begin_object();
  BOOST_CHECK_THROW(out.integer(1), std::logic_error);
  BOOST_CHECK_THROW(out.raw("1"), std::logic_error);
  BOOST_CHECK_THROW(out.begin_array(), std::logic_error);
  BOOST_CHECK_THROW(out.end_array(), std::logic_error);
  out.name("a");
  BOOST_CHECK_THROW(out.name("b"), std::logic_error);
  BOOST_CHECK_THROW(out.end_object(), std::logic_error);
  out.begin_array();
  BOOST_CHECK_THROW(out.name("b"), std::logic_error);
  BOOST_CHECK_THROW(out.end_object(), std::logic_error);
  out.end_array().end_object();
  BOOST_CHECK_THROW(out.null(), std::logic_error);
  BOOST_TEST(out.take() == R"({"a":[]})");
}

BOOST_AUTO_TEST_SUITE_END()
