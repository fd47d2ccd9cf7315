#include "net/origin/proxy_header.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <ostream>
#include <string>
#include <vector>

using namespace consentd::net;
using state = proxy_reading::state;

namespace data = boost::unit_test::data;

namespace {

std::string const tcp4 = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
std::string const signature{"\r\n\r\n\0\r\nQUIT\n", 12};

// Version 2 with its length; `command` and `family` are the two bytes behind the signature.
std::string v2(unsigned command, unsigned family, std::string const& block) {
  auto bytes = signature;
  bytes += static_cast<char>(command);
  bytes += static_cast<char>(family);
  bytes += static_cast<char>(block.size() >> 8U);
  bytes += static_cast<char>(block.size() & 0xffU);
  return bytes + block;
}

// 192.0.2.1:56324 to 198.51.100.2:443.
std::string const block4{"\xc0\x00\x02\x01\xc6\x33\x64\x02\xdc\x04\x01\xbb", 12};
// [2001:db8::1]:56324 to [2001:db8::2]:443.
std::string const block6{"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
                         "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xdc\x04\x01\xbb",
                         36};

struct shape {
  char const* name;
  std::string bytes;
  proxy_problem problem = proxy_problem::malformed;
};
std::ostream& operator<<(std::ostream& out, shape const& which) {
  return out << which.name;
}

void check_ip(std::string const& bytes, std::string const& address) {
  auto const read = read_proxy_header(bytes + "GET /");
  BOOST_TEST((read.what == state::complete));
  BOOST_TEST(read.size == bytes.size());
  BOOST_TEST((read.claim.what == proxy_claim::kind::ip));
  BOOST_TEST(read.claim.address.to_string() == address);
  BOOST_TEST(read.claim.port == 56324U);
}

void check_kind(std::string const& bytes, proxy_claim::kind expected) {
  auto const read = read_proxy_header(bytes + "GET /");
  BOOST_TEST((read.what == state::complete));
  BOOST_TEST(read.size == bytes.size());
  BOOST_TEST((read.claim.what == expected));
}

// Each differs in one respect from `tcp4` or from v2(0x21, 0x11, block4).
std::vector<shape> const refused{
    {"HTTP", "GET / HTTP/1.1\r\n", proxy_problem::no_header},
    {"a TLS hello", std::string("\x16\x03\x01", 3), proxy_problem::no_header},
    {"lower case", "proxy TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", proxy_problem::no_header},
    {"a tab for the first blank", "PROXY\tTCP4 192.0.2.1 198.51.100.2 56324 443\r\n", proxy_problem::no_header},
    {"unknown family", "PROXY TCP5 192.0.2.1 198.51.100.2 56324 443\r\n"},
    {"family of datagrams", "PROXY UDP4 192.0.2.1 198.51.100.2 56324 443\r\n"},
    {"no family", "PROXY \r\n"},
    {"addresses of the other family", "PROXY TCP6 192.0.2.1 198.51.100.2 56324 443\r\n"},
    {"source of the other family", "PROXY TCP4 ::1 198.51.100.2 56324 443\r\n"},
    {"destination of the other family", "PROXY TCP4 192.0.2.1 ::1 56324 443\r\n"},
    {"source that is no address", "PROXY TCP4 localhost 198.51.100.2 56324 443\r\n"},
    {"leading zero in the address", "PROXY TCP4 192.0.2.01 198.51.100.2 56324 443\r\n"},
    {"port above the last", "PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n"},
    {"port with a sign", "PROXY TCP4 192.0.2.1 198.51.100.2 +56324 443\r\n"},
    {"port with a leading zero", "PROXY TCP4 192.0.2.1 198.51.100.2 056324 443\r\n"},
    {"no source port", "PROXY TCP4 192.0.2.1 198.51.100.2  443\r\n"},
    {"no ports", "PROXY TCP4 192.0.2.1 198.51.100.2\r\n"},
    {"no destination port", "PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n"},
    {"a word too many", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 x\r\n"},
    {"two blanks", "PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n"},
    {"a blank at the end", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 \r\n"},
    {"a tab between words", "PROXY TCP4 192.0.2.1\t198.51.100.2 56324 443\r\n"},
    {"bare line feed", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\n"},
    {"bare carriage return", "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\rx"},
    {"NUL in an address", std::string("PROXY TCP4 192.0.2.1\0 198.51.100.2 56324 443\r\n", 47)},
    {"control character in what is ignored", "PROXY UNKNOWN a\x01\r\n"},
    {"a word that begins like UNKNOWN", "PROXY UNKNOWNS\r\n"},
    {"signature with another byte", std::string("\r\n\r\n\0\r\nQUIT\r\x21\x11\0\x0c", 16), proxy_problem::no_header},
    {"version 1 in binary", v2(0x11, 0x11, block4)},
    {"version 3", v2(0x31, 0x11, block4)},
    {"unknown command", v2(0x22, 0x11, block4)},
    {"unknown address family", v2(0x21, 0x41, block4)},
    {"datagrams", v2(0x21, 0x12, block4)},
    {"unspecified transport", v2(0x21, 0x10, block4)},
    {"unspecified family of a stream", v2(0x21, 0x01, block4)},
    {"IPv4 block one byte short", v2(0x21, 0x11, block4.substr(1))},
    {"empty IPv4 block", v2(0x21, 0x11, "")},
    {"IPv6 block one byte short", v2(0x21, 0x21, block6.substr(1))},
    {"Unix block one byte short", v2(0x21, 0x31, std::string(215, '\0'))},
};

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_header)

BOOST_AUTO_TEST_CASE(names_the_source_address) {
  check_ip(tcp4, "192.0.2.1");
  check_ip("PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", "2001:db8::1");
  check_ip(v2(0x21, 0x11, block4), "192.0.2.1");
  check_ip(v2(0x21, 0x21, block6), "2001:db8::1");
}

BOOST_AUTO_TEST_CASE(takes_every_port) {
  for (std::string const port : {"0", "1", "65535"}) {
    auto const read = read_proxy_header("PROXY TCP4 192.0.2.1 198.51.100.2 " + port + " 443\r\n");
    BOOST_TEST(std::to_string(read.claim.port) == port);
  }
}

BOOST_AUTO_TEST_CASE(of_the_proxy_itself_or_of_nobody_known_claims_nothing) {
  check_kind("PROXY UNKNOWN\r\n", proxy_claim::kind::none);
  check_kind("PROXY UNKNOWN 192.0.2.1 what ever\r\n", proxy_claim::kind::none);
  check_kind(v2(0x21, 0x00, ""), proxy_claim::kind::none);
  check_kind(v2(0x20, 0x00, ""), proxy_claim::kind::none);
  // LOCAL: even an address beside it does not count, nor a family that nobody knows.
  check_kind(v2(0x20, 0x11, block4), proxy_claim::kind::none);
  check_kind(v2(0x20, 0x99, "x"), proxy_claim::kind::none);
}

BOOST_AUTO_TEST_CASE(of_a_unix_socket_says_so) {
  check_kind(v2(0x21, 0x31, std::string(216, 'x')), proxy_claim::kind::unix_socket);
}

BOOST_AUTO_TEST_CASE(skips_what_follows_the_addresses) {
  check_ip(v2(0x21, 0x11, block4 + std::string("\x04\x00\x03xyz", 6)), "192.0.2.1");
}

BOOST_AUTO_TEST_CASE(is_whole_at_its_last_byte_wherever_it_is_split) {
  for (auto const& whole : {tcp4, v2(0x21, 0x11, block4 + "more"), v2(0x20, 0x00, "")}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      BOOST_TEST((read_proxy_header(std::string_view{whole}.substr(0, size)).what == state::incomplete), size);
    }
    BOOST_TEST(read_proxy_header(whole + whole).size == whole.size());
  }
}

BOOST_AUTO_TEST_CASE(of_version_1_is_taken_at_its_bound_and_not_one_byte_above) {
  auto const of_size = [](std::size_t size) { return "PROXY UNKNOWN " + std::string(size - 16, 'x') + "\r\n"; };
  BOOST_TEST((read_proxy_header(of_size(longest_proxy_v1)).what == state::complete));
  auto const above = read_proxy_header(of_size(longest_proxy_v1 + 1));
  BOOST_TEST((above.what == state::refused));
  BOOST_TEST((above.problem == proxy_problem::too_long));
  // Known without the end of the line.
  BOOST_TEST((read_proxy_header("PROXY UNKNOWN " + std::string(92, 'x')).what == state::incomplete));
  BOOST_TEST((read_proxy_header("PROXY UNKNOWN " + std::string(93, 'x')).problem == proxy_problem::too_long));
}

BOOST_AUTO_TEST_CASE(of_version_2_is_taken_at_its_bound_and_not_one_byte_above) {
  auto const of_size = [](std::size_t size) { return v2(0x21, 0x11, block4 + std::string(size - 12, 'x')); };
  check_ip(of_size(longest_proxy_v2), "192.0.2.1");
  auto const above = of_size(longest_proxy_v2 + 1);
  BOOST_TEST((read_proxy_header(above).problem == proxy_problem::too_long));
  // Before any of it is waited for.
  BOOST_TEST((read_proxy_header(above.substr(0, 16)).problem == proxy_problem::too_long));
}

BOOST_DATA_TEST_CASE(that_is_not_allowed_is_refused, data::make(refused), sample) {
  BOOST_TEST((read_proxy_header(tcp4).what == state::complete));
  BOOST_TEST((read_proxy_header(v2(0x21, 0x11, block4)).what == state::complete));
  auto const read = read_proxy_header(sample.bytes);
  BOOST_TEST((read.what == state::refused));
  BOOST_TEST((read.problem == sample.problem));
}

BOOST_AUTO_TEST_SUITE_END()
