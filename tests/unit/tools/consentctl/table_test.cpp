#include "tools/consentctl/table.hpp"

#include <boost/test/unit_test.hpp>

using consentd::consentctl::table;

BOOST_AUTO_TEST_SUITE(tables)

BOOST_AUTO_TEST_CASE(columns_line_up_as_the_terminal_draws_them) {
  table rows({"A", "LONG", "C"});
  BOOST_TEST(rows.text(0).empty());
  rows.add({"\xc3\xa9\xc3\xa9\xc3\xa9", "x", "y"});
  rows.add({"\x1b", "", "z"});
  rows.add({"\xe6\x97\xa5", "x", "y"});
  BOOST_TEST(rows.text(0) ==
             "A       LONG  C\n\xc3\xa9\xc3\xa9\xc3\xa9     x     y\n\\u001b        z\n\xe6\x97\xa5      x     y\n");
}

BOOST_AUTO_TEST_CASE(columns_are_spared_in_the_order_given_and_no_more_than_needed) {
  table rows({"ID", "WIDE", "NARROW", "LAST"}, {"WIDE", "LAST"});
  rows.add({"1", std::string(20, 'w'), "n", "l"});
  auto const whole = "ID  WIDE                  NARROW  LAST\n1   wwwwwwwwwwwwwwwwwwww  n       l\n";
  BOOST_TEST(rows.text(0) == whole);
  BOOST_TEST(rows.text(38) == whole);
  BOOST_TEST(rows.text(37) == "ID  NARROW  LAST\n1   n       l\n(no room for WIDE: --json has all)\n");
  BOOST_TEST(rows.text(16) == rows.text(37));
  BOOST_TEST(rows.text(15) == "ID  NARROW\n1   n\n(no room for WIDE, LAST: --json has all)\n");
}

BOOST_AUTO_TEST_CASE(rows_without_room_become_blocks_that_have_all) {
  table rows({"ID", "WIDE", "NARROW"}, {"NARROW"});
  rows.add({"1", "wwwwwwwwww", "n"});
  rows.add({"2", "", "m"});
  BOOST_TEST(rows.text(12) == "ID      1\nWIDE    wwwwwwwwww\nNARROW  n\n\nID      2\nWIDE\nNARROW  m\n");
}

BOOST_AUTO_TEST_CASE(cells_have_neighbours) {
  table rows({"A", "B"});
  rows.add({"\xd7\x90", "1"});
  BOOST_TEST(rows.text(0) == "A       B\n\\u05d0  1\n");
}

BOOST_AUTO_TEST_SUITE_END()
