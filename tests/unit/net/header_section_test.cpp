#include "net/header_section.hpp"

#include <boost/test/unit_test.hpp>

#include <string>

using consentd::net::header_section;
using state = header_section::state;

namespace {

state whole(std::string_view bytes) {
  header_section section;
  return section.look(bytes);
}

} // namespace

BOOST_AUTO_TEST_SUITE(header_section_end)

BOOST_AUTO_TEST_CASE(is_found_wherever_the_bytes_are_split) {
  std::string const section = "POST /a HTTP/1.1\r\nHost: a\r\nX: \tb c\r\n\r\n";
  auto const bytes = section + "body\r\n\r\n";
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    header_section reader;
    auto const first = reader.look(std::string_view{bytes}.substr(0, split));
    BOOST_TEST((first == (split < section.size() ? state::incomplete : state::complete)), "split at " << split);
    if (first == state::incomplete) {
      BOOST_TEST((reader.look(bytes) == state::complete));
    }
    BOOST_TEST(reader.size() == section.size());
  }
}

BOOST_AUTO_TEST_CASE(bare_line_ends_are_malformed) {
  BOOST_TEST((whole("GET / HTTP/1.1\n") == state::malformed));
  BOOST_TEST((whole("GET / HTTP/1.1\rX") == state::malformed));
  BOOST_TEST((whole("GET / HTTP/1.1\r\nA: b\r\r\n") == state::malformed));
  BOOST_TEST((whole("GET / HTTP/1.1\r\nA: b\r\n\n") == state::malformed));
}

BOOST_AUTO_TEST_CASE(folded_and_indented_lines_are_malformed) {
  BOOST_TEST((whole(" GET / HTTP/1.1\r\n") == state::malformed));
  BOOST_TEST((whole("GET / HTTP/1.1\r\nA: b\r\n c") == state::malformed));
  BOOST_TEST((whole("GET / HTTP/1.1\r\nA: b\r\n\tc") == state::malformed));
}

BOOST_AUTO_TEST_CASE(control_characters_are_malformed) {
  for (int c = 0; c < 0x20; ++c) {
    auto const text = std::string{"GET / HTTP/1.1\r\nA: b"} + static_cast<char>(c) + "c";
    BOOST_TEST((whole(text) == (c == '\t' ? state::incomplete : state::malformed)), "character " << c);
  }
  BOOST_TEST((whole("GET / HTTP/1.1\r\nA: \x7f") == state::malformed));
}

BOOST_AUTO_TEST_CASE(an_empty_first_line_is_malformed) {
  BOOST_TEST((whole("\r\n") == state::malformed));
}

BOOST_AUTO_TEST_SUITE_END()
