#include "tools/consentctl/terminal.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd::consentctl;

BOOST_AUTO_TEST_SUITE(terminal)

BOOST_AUTO_TEST_CASE(ordinary_text_stays) {
  for (auto const* text : {"", "plain ~ text", "\xc3\xa9t\xc3\xa9", "\xd9\x85\xd8\xb5\xd8\xb1\xd9\x81", "\xe6\x97\xa5",
                           "\xf0\x9f\x98\x80"}) {
    BOOST_TEST(printable(text) == text);
  }
}

BOOST_AUTO_TEST_CASE(control_characters_become_visible) {
  BOOST_TEST(printable("a\x1b[31mb\nc\x7f") == "a\\u001b[31mb\\u000ac\\u007f");
  BOOST_TEST(printable(std::string_view("\0", 1)) == "\\u0000");
  BOOST_TEST(printable("\xc2\x9b") == "\\u009b");
}

BOOST_AUTO_TEST_CASE(bidirectional_and_invisible_characters_become_visible) {
  BOOST_TEST(printable("\xe2\x80\xae") == "\\u202e");
  BOOST_TEST(printable("\xe2\x81\xa9") == "\\u2069");
  BOOST_TEST(printable("\xd8\x9c") == "\\u061c");
  BOOST_TEST(printable("\xe2\x80\x8b") == "\\u200b");
  BOOST_TEST(printable("\xe2\x80\xa8") == "\\u2028");
  BOOST_TEST(printable("\xef\xbb\xbf") == "\\ufeff");
  BOOST_TEST(printable("\xf3\xa0\x81\x81") == "\\udb40\\udc41"); // a tag
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_utf8_become_visible) {
  BOOST_TEST(printable("\x9b") == "\\x9b");
  BOOST_TEST(printable("\xc0\x9b") == "\\xc0\\x9b");          // overlong
  BOOST_TEST(printable("\xe0\x80\x9b") == "\\xe0\\x80\\x9b"); // overlong
  BOOST_TEST(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80"); // a surrogate
  BOOST_TEST(printable("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");
  BOOST_TEST(printable("\xe2\x80") == "\\xe2\\x80");
}

BOOST_AUTO_TEST_CASE(json_keeps_its_layout_and_its_values) {
  BOOST_TEST(printable_json("{\n\t\"a\":\r1}") == "{\n\t\"a\": 1}");
  BOOST_TEST(printable_json("\"\xe2\x80\xae\xc2\x9b\x7f\"") == R"("\u202e\u009b\u007f")");
  BOOST_TEST(printable_json("\"\xff\"") == R"("\ufffd")");
}

BOOST_AUTO_TEST_CASE(characters_without_a_glyph_become_visible) {
  BOOST_TEST(printable("a\xcd\x8f") == "a\\u034f");              // a grapheme joiner
  BOOST_TEST(printable("\xf0\x9d\x85\xb3") == "\\ud834\\udd73"); // U+1D173, begin of a beam
  BOOST_TEST(printable("\xf0\x9d\x85\xba") == "\\ud834\\udd7a");
  BOOST_TEST(printable("\xf0\x9d\x85\xb2") == "\xf0\x9d\x85\xb2"); // the note before them
}

BOOST_AUTO_TEST_CASE(letters_from_right_to_left_become_visible_where_they_have_neighbours) {
  BOOST_TEST(printable_among_others("a \xd7\x90 1") == "a \\u05d0 1");
  BOOST_TEST(printable_among_others("\xd9\x85\xef\xba\x8d\xf0\x9e\xa4\x80") == "\\u0645\\ufe8d\\ud83a\\udd00");
  BOOST_TEST(printable_among_others("\xc3\xa9\xe6\x97\xa5\x1b") == "\xc3\xa9\xe6\x97\xa5\\u001b");
}

BOOST_AUTO_TEST_CASE(text_is_as_wide_as_the_terminal_draws_it) {
  BOOST_TEST(columns_of("abc") == 3U);
  BOOST_TEST(columns_of("\xc3\xa9") == 1U);
  BOOST_TEST(columns_of("e\xcc\x81") == 1U);                // a combining accent
  BOOST_TEST(columns_of("\xe6\x97\xa5\xe6\x9c\xac") == 4U); // two ideographs
  BOOST_TEST(columns_of("\xf0\x9f\x98\x80") == 2U);         // an emoji
}

BOOST_AUTO_TEST_SUITE_END()
