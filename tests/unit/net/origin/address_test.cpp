#include "net/origin/address.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::net;

namespace data = boost::unit_test::data;

namespace {

bool contains(std::string const& block, std::string const& which) {
  return network::parse(block).value().contains(boost::asio::ip::make_address(which));
}

} // namespace

BOOST_AUTO_TEST_SUITE(address)

BOOST_AUTO_TEST_CASE(is_one_address_in_text) {
  BOOST_TEST(parse_address("192.0.2.1").value().to_string() == "192.0.2.1");
  BOOST_TEST(parse_address("2001:DB8::1").value().to_string() == "2001:db8::1");
  BOOST_TEST(parse_address("::ffff:192.0.2.1").value().is_v6());
}

BOOST_DATA_TEST_CASE(of_another_form_is_none,
                     data::make(std::vector<std::string>{"",
                                                         " ",
                                                         "192.0.2",
                                                         "192.0.2.1.5",
                                                         "192.0.2.256",
                                                         "192.0.2.01",
                                                         "0x7f.0.0.1",
                                                         "2130706433",
                                                         "192.0.2.1 ",
                                                         " 192.0.2.1",
                                                         "192.0.2.1:80",
                                                         "[::1]",
                                                         "::1%lo",
                                                         "fe80::1%1",
                                                         "1::2::3",
                                                         ":::",
                                                         "12345::",
                                                         "::1/128",
                                                         "localhost",
                                                         std::string("192.0.2.1\0", 10),
                                                         std::string("::1\0%", 5),
                                                         std::string(60, ':')}),
                     text) {
  BOOST_TEST(!parse_address(text).has_value());
}

BOOST_AUTO_TEST_CASE(mapped_into_ipv6_is_plainly_ipv4) {
  BOOST_TEST(plain(boost::asio::ip::make_address("::ffff:192.0.2.1")).to_string() == "192.0.2.1");
  BOOST_TEST(plain(boost::asio::ip::make_address("192.0.2.1")).to_string() == "192.0.2.1");
  // The deprecated "IPv4-compatible" form is no such thing.
  BOOST_TEST(plain(boost::asio::ip::make_address("::192.0.2.1")).is_v6());
  BOOST_TEST(plain(boost::asio::ip::make_address("fe80::1%1")).to_string() == "fe80::1");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(address_network)

BOOST_AUTO_TEST_CASE(contains_its_first_and_last_address_and_not_the_next) {
  BOOST_TEST(contains("10.0.0.0/8", "10.0.0.0"));
  BOOST_TEST(contains("10.0.0.0/8", "10.255.255.255"));
  BOOST_TEST(!contains("10.0.0.0/8", "11.0.0.0"));
  BOOST_TEST(!contains("10.0.0.0/8", "9.255.255.255"));
  BOOST_TEST(contains("192.0.2.64/26", "192.0.2.127"));
  BOOST_TEST(!contains("192.0.2.64/26", "192.0.2.128"));
  BOOST_TEST(contains("2001:db8::/32", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"));
  BOOST_TEST(!contains("2001:db8::/32", "2001:db9::"));
}

BOOST_AUTO_TEST_CASE(of_one_address_contains_it_alone) {
  for (std::string const one : {"192.0.2.1", "192.0.2.1/32"}) {
    BOOST_TEST(contains(one, "192.0.2.1"));
    BOOST_TEST(!contains(one, "192.0.2.2"));
  }
  for (std::string const one : {"::1", "::1/128"}) {
    BOOST_TEST(contains(one, "::1"));
    BOOST_TEST(!contains(one, "::2"));
  }
  BOOST_TEST(contains("fe80::/10", "fe80::1%1"));
}

BOOST_AUTO_TEST_CASE(of_everything_contains_its_own_family_alone) {
  BOOST_TEST(contains("0.0.0.0/0", "255.255.255.255"));
  BOOST_TEST(!contains("0.0.0.0/0", "::1"));
  BOOST_TEST(contains("::/0", "2001:db8::1"));
  BOOST_TEST(!contains("::/0", "192.0.2.1"));
  BOOST_TEST(!contains("::/0", "::ffff:192.0.2.1"));
}

BOOST_AUTO_TEST_CASE(of_ipv4_contains_its_mapped_addresses_and_the_other_way_round) {
  BOOST_TEST(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
  BOOST_TEST(!contains("10.0.0.0/8", "::ffff:11.1.2.3"));
  BOOST_TEST(!contains("10.0.0.0/8", "::10.1.2.3"));
  BOOST_TEST(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
  BOOST_TEST(contains("::ffff:10.0.0.0/104", "::ffff:10.1.2.3"));
  BOOST_TEST(!contains("::ffff:10.0.0.0/104", "11.1.2.3"));
}

BOOST_DATA_TEST_CASE(that_is_malformed_is_refused,
                     data::make(std::vector<std::string>{"",
                                                         "/",
                                                         "/8",
                                                         "10.0.0.0/",
                                                         "10.0.0.0/33",
                                                         "10.0.0.0/08",
                                                         "10.0.0.0/+8",
                                                         "10.0.0.0/-1",
                                                         "10.0.0.0/8 ",
                                                         "10.0.0.0/8/8",
                                                         "10.0.0.0/4294967304",
                                                         "10.0.0.0/255.0.0.0",
                                                         "10/8",
                                                         "::/129",
                                                         "2001:db8::/032",
                                                         "::1%lo/128",
                                                         "[::1]/128",
                                                         "10.0.0.0-10.0.0.9",
                                                         "*",
                                                         "localhost"}),
                     text) {
  auto const made = network::parse(text);
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().code == reason::bad_setting));
}

// Somebody who writes 10.1.2.3/8 meant something, but nobody knows what.
BOOST_AUTO_TEST_CASE(with_bits_behind_its_prefix_is_refused) {
  for (auto const* const text :
       {"10.0.0.1/8", "10.128.0.0/8", "0.0.0.1/0", "2001:db8::1/32", "::1/0", "::ffff:10.0.0.1/104"}) {
    BOOST_TEST(!network::parse(text).has_value(), text);
  }
}

BOOST_AUTO_TEST_CASE(list_contains_what_one_of_it_contains) {
  std::vector const list{network::parse("10.0.0.0/8").value(), network::parse("2001:db8::/32").value()};
  BOOST_TEST(any_contains(list, boost::asio::ip::make_address("10.1.1.1")));
  BOOST_TEST(any_contains(list, boost::asio::ip::make_address("2001:db8::1")));
  BOOST_TEST(!any_contains(list, boost::asio::ip::make_address("192.0.2.1")));
  BOOST_TEST(!any_contains({}, boost::asio::ip::make_address("10.1.1.1")));
}

BOOST_AUTO_TEST_SUITE_END()
