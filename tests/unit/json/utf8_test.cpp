#include "json/utf8.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <array>

namespace {

using namespace consentd::json;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

constexpr std::array well_formed{
    ""sv,
    "ascii \x7f\0"sv,
    "\xc2\x80"sv,
    "\xdf\xbf"sv,
    "\xe0\xa0\x80"sv,
    "\xed\x9f\xbf"sv,
    "\xee\x80\x80"sv,
    "\xef\xbf\xbf"sv,
    "\xf0\x90\x80\x80"sv,
    "\xf4\x8f\xbf\xbf"sv,
    "a\xc3\xa9\xf0\x9f\x98\x80z"sv,
};

struct mending {
  std::string_view bytes;
  std::string_view text; // with ? for U+FFFD
};

// The examples of Unicode 3.9, tables 3-8 to 3-11, and ends of the text.
constexpr std::array ill_formed{
    mending{"\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", "????????A"},
    mending{"\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", "????????A"},
    mending{"\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", "?????A??B"},
    mending{"\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", "????A"},
    mending{"\x80", "?"},
    mending{"a\xc3", "a?"},
    mending{"\xe2\x82", "?"},
    mending{"\xf0\x9f\x98", "?"},
    mending{"\xf0\x9f\x98x", "?x"},
    mending{"\xc3\xa9\xff\xc3\xa9", "\xc3\xa9?\xc3\xa9"},
};

} // namespace

BOOST_AUTO_TEST_SUITE(json_utf8)

BOOST_DATA_TEST_CASE(well_formed_text_stays, data::xrange(well_formed.size()), i) {
  BOOST_TEST(is_utf8(well_formed[i]));
  BOOST_TEST(replace_ill_formed(well_formed[i]) == well_formed[i]);
}

BOOST_DATA_TEST_CASE(each_ill_formed_piece_becomes_one_replacement, data::xrange(ill_formed.size()), i) {
  std::string wanted;
  for (char const c : ill_formed[i].text) {
    wanted += c == '?' ? "\xef\xbf\xbd" : std::string(1, c);
  }
  BOOST_TEST(!is_utf8(ill_formed[i].bytes));
  BOOST_TEST(replace_ill_formed(ill_formed[i].bytes) == wanted);
  BOOST_TEST(is_utf8(wanted));
}

BOOST_AUTO_TEST_SUITE_END()
