#include "base/interaction_id.hpp"

#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <set>

namespace {

using namespace consentd;
using namespace std::string_view_literals;
namespace data = boost::unit_test::data;

constexpr std::array not_uuids{
    ""sv,
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf"sv,
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf66"sv,
    "f81d4fae7dec11d0a76500a0c91e6bf6"sv,
    "{f81d4fae-7dec-11d0-a765-00a0c91e6bf}"sv,
    "f81d4fae-7dec-11d0-a765_00a0c91e6bf6"sv,
    "f81d4fae-7dec-11d0-a765000a0c91e6bf6"sv,
    "f81d4fa-e7dec-11d0-a765-00a0c91e6bf6"sv,
    "g81d4fae-7dec-11d0-a765-00a0c91e6bf6"sv,
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf\n"sv,
    "f81d4fae-7dec-11d0-a765-00a0c91e6bf\0"sv,
    "f81d4fae-7dec-11d0-a765-00a0c91e6b\xc3\xa9"sv,
    "------------------------------------"sv,
};

} // namespace

BOOST_AUTO_TEST_SUITE(interaction_id)

BOOST_AUTO_TEST_CASE(uuids_are_known_in_either_case) {
  BOOST_TEST(is_uuid("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
  BOOST_TEST(is_uuid("F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"));
  BOOST_TEST(is_uuid("00000000-0000-0000-0000-000000000000"));
}

BOOST_DATA_TEST_CASE(anything_else_is_no_uuid, data::xrange(not_uuids.size()), i) {
  BOOST_TEST(!is_uuid(not_uuids[i]));
}

BOOST_AUTO_TEST_CASE(new_uuids_are_of_version_4_and_differ) {
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) {
    auto const id = new_uuid();
    BOOST_REQUIRE(is_uuid(id));
    BOOST_REQUIRE(id[14] == '4');
    BOOST_REQUIRE("89ab"sv.find(id[19]) != std::string_view::npos);
    BOOST_REQUIRE(std::none_of(id.begin(), id.end(), [](unsigned char c) { return std::isupper(c) != 0; }));
    BOOST_REQUIRE(seen.insert(id).second);
  }
}

BOOST_AUTO_TEST_SUITE_END()
