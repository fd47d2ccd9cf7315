#include "net/origin/forwarding.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::net;

namespace data = boost::unit_test::data;
namespace ip = boost::asio::ip;

namespace {

using kind = forwarding::header;
using texts = std::vector<std::string_view>;

forwarding rules(kind from) {
  forwarding made;
  made.from = from;
  made.proxies = {network::parse("10.0.0.0/8").value(), network::parse("2001:db8:1::/48").value()};
  return made;
}

result<std::optional<ip::address>> find(kind from, texts const& lines, std::string const& nearest = "10.0.0.1") {
  return client_address(ip::make_address(nearest), lines, rules(from));
}

// The client's address, or the failure's name.
std::string client(kind from, texts const& lines, std::string const& nearest = "10.0.0.1") {
  auto const found = find(from, lines, nearest);
  return found ? found->value().to_string() : std::string{to_string(found.error().code)};
}

std::string client_x(texts const& lines) {
  return client(kind::x_forwarded_for, lines);
}
std::string client_f(texts const& lines) {
  return client(kind::forwarded, lines);
}

std::string repeated(std::string const& element, std::size_t times) {
  auto list = element;
  for (std::size_t each = 1; each < times; ++each) {
    list += ", " + element;
  }
  return list;
}

} // namespace

BOOST_AUTO_TEST_SUITE(forwarding_header)

BOOST_AUTO_TEST_CASE(of_a_stranger_is_not_looked_at) {
  for (auto const from : {kind::x_forwarded_for, kind::forwarded}) {
    BOOST_TEST(client(from, {"203.0.113.9"}, "192.0.2.7") == "192.0.2.7");
    BOOST_TEST(client(from, {"for=203.0.113.9"}, "192.0.2.7") == "192.0.2.7");
    BOOST_TEST(client(from, {"nonsense,,"}, "192.0.2.7") == "192.0.2.7");
    BOOST_TEST(client(from, {}, "::ffff:192.0.2.7") == "192.0.2.7");
  }
}

BOOST_AUTO_TEST_CASE(of_a_trusted_proxy_names_the_client) {
  BOOST_TEST(client_x({"203.0.113.9"}) == "203.0.113.9");
  BOOST_TEST(client_f({"for=203.0.113.9"}) == "203.0.113.9");
  BOOST_TEST(client(kind::x_forwarded_for, {"203.0.113.9"}, "::ffff:10.0.0.1") == "203.0.113.9");
  BOOST_TEST(client(kind::x_forwarded_for, {"203.0.113.9"}, "2001:db8:1::5") == "203.0.113.9");
}

// An attacker writes the left part; a proxy of ours appends what it saw.
BOOST_AUTO_TEST_CASE(is_believed_from_the_right_up_to_the_first_stranger) {
  BOOST_TEST(client_x({"198.51.100.1, 203.0.113.9, 10.0.0.3"}) == "203.0.113.9");
  BOOST_TEST(client_x({"10.0.0.9, 203.0.113.9"}) == "203.0.113.9");
  BOOST_TEST(client_x({"10.0.0.9,203.0.113.9,10.0.0.3 ,\t10.0.0.2"}) == "203.0.113.9");
  BOOST_TEST(client_x({"198.51.100.1, ::ffff:10.0.0.3"}) == "198.51.100.1");
  BOOST_TEST(client_f({"for=198.51.100.1, for=203.0.113.9, for=10.0.0.3"}) == "203.0.113.9");
  BOOST_TEST(client_f({R"(for=198.51.100.1,for=203.0.113.9;proto=https , for="[2001:db8:1::7]")"}) == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(on_several_lines_is_one_list_in_their_order) {
  BOOST_TEST(client_x({"198.51.100.1", "203.0.113.9", "10.0.0.3"}) == "203.0.113.9");
  BOOST_TEST(client_x({"203.0.113.9", "198.51.100.1, 10.0.0.3"}) == "198.51.100.1");
  BOOST_TEST(client_f({"for=198.51.100.1", "for=203.0.113.9"}) == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(of_proxies_alone_names_the_first_of_them) {
  BOOST_TEST(client_x({"10.0.0.9, 10.0.0.8"}) == "10.0.0.9");
  BOOST_TEST(client_f({"for=10.0.0.9, for=10.0.0.8"}) == "10.0.0.9");
}

BOOST_AUTO_TEST_CASE(over_a_unix_socket_counts_where_that_is_trusted) {
  auto trusting = rules(kind::x_forwarded_for);
  texts const lines{"203.0.113.9"};
  BOOST_TEST(!client_address(std::nullopt, lines, trusting).value().has_value());
  trusting.trust_unix_sockets = true;
  BOOST_TEST(client_address(std::nullopt, lines, trusting).value().value().to_string() == "203.0.113.9");
}

BOOST_AUTO_TEST_CASE(that_a_trusted_proxy_leaves_out_is_a_failure) {
  BOOST_TEST(client_x({}) == "header-not-allowed");
  BOOST_TEST(client_f({}) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(may_have_ports) {
  BOOST_TEST(client_x({"203.0.113.9:4711"}) == "203.0.113.9");
  BOOST_TEST(client_x({"2001:db8::9"}) == "2001:db8::9");
  BOOST_TEST(client_x({"[2001:db8::9]"}) == "2001:db8::9");
  BOOST_TEST(client_x({"[2001:db8::9]:65535"}) == "2001:db8::9");
  BOOST_TEST(client_f({R"(for="203.0.113.9:4711")"}) == "203.0.113.9");
  BOOST_TEST(client_f({R"(for="203.0.113.9:_http")"}) == "203.0.113.9");
  BOOST_TEST(client_f({R"(FOR="[2001:db8::9]:4711")"}) == "2001:db8::9");
}

BOOST_AUTO_TEST_CASE(may_have_the_other_parameters_of_rfc_7239) {
  BOOST_TEST(client_f({R"(by=10.0.0.1;for=203.0.113.9;host="a.example:443";proto=https)"}) == "203.0.113.9");
  BOOST_TEST(client_f({R"(for="203.0.113\.9";x="a, for=1.2.3.4; \" for=1.2.3.4")"}) == "203.0.113.9");
}

// Left of the client anybody may hide; a proxy of ours must say for whom it speaks.
BOOST_AUTO_TEST_CASE(that_hides_the_client_is_a_failure) {
  for (std::string const hidden :
       {"for=unknown", "for=_hidden", R"(for="unknown:80")", R"(for="_a:_b")", "proto=https"}) {
    BOOST_TEST(client_f({hidden}) == "header-not-allowed");
    BOOST_TEST(client_f({hidden + ", for=10.0.0.3"}) == "header-not-allowed");
    BOOST_TEST(client_f({hidden + ", for=203.0.113.9"}) == "203.0.113.9");
  }
}

BOOST_DATA_TEST_CASE(x_forwarded_for_that_is_malformed_anywhere_is_refused,
                     data::make(std::vector<std::string>{"",
                                                         " ",
                                                         ",",
                                                         "203.0.113.9,",
                                                         ",203.0.113.9",
                                                         "203.0.113.9,,203.0.113.9",
                                                         "203.0.113.9 203.0.113.9",
                                                         "unknown",
                                                         "unknown, 203.0.113.9",
                                                         "_hidden",
                                                         "localhost",
                                                         "203.0.113.9:",
                                                         "203.0.113.9:65536",
                                                         "203.0.113.9:-1",
                                                         "203.0.113.9:000080",
                                                         "203.0.113.9:_x",
                                                         "203.0.113",
                                                         "203.0.113.09",
                                                         "[203.0.113.9]",
                                                         "[::1",
                                                         "::1]",
                                                         "[::1]x",
                                                         "[::1]:",
                                                         "::1%lo",
                                                         "[::1%lo]",
                                                         "for=203.0.113.9",
                                                         "\"203.0.113.9\"",
                                                         "203.0.113.9;203.0.113.9",
                                                         std::string("203.0.113.9\0", 12)}),
                     line) {
  BOOST_TEST(client_x({"203.0.113.9"}) == "203.0.113.9");
  BOOST_TEST(client_x({line}) == "header-not-allowed");
  BOOST_TEST(client_x({line, "203.0.113.9"}) == "header-not-allowed");
}

BOOST_DATA_TEST_CASE(forwarded_that_is_malformed_anywhere_is_refused,
                     data::make(std::vector<std::string>{"",
                                                         " ",
                                                         ",",
                                                         "for=203.0.113.9,",
                                                         ",for=203.0.113.9",
                                                         "for=203.0.113.9;",
                                                         ";for=203.0.113.9",
                                                         "for=203.0.113.9;;proto=a",
                                                         "203.0.113.9",
                                                         "for",
                                                         "for=",
                                                         "=203.0.113.9",
                                                         "for =203.0.113.9",
                                                         "for= 203.0.113.9",
                                                         "for=203.0.113.9 ;proto=a",
                                                         "for=203.0.113.9; proto=a",
                                                         "for=203.0.113.9;for=203.0.113.9",
                                                         "for=203.0.113.9;FOR=203.0.113.9",
                                                         "for=203.0.113.9:80",
                                                         "for=[::1]",
                                                         "for=\"::1\"",
                                                         "for=::1",
                                                         "for=\"[203.0.113.9]\"",
                                                         "for=\"203.0.113.9",
                                                         "for=203.0.113.9\"",
                                                         "for=\"203.0.113.9\"x",
                                                         "for=\"203.0.113.9\\",
                                                         "for=\"",
                                                         "for=\"\"",
                                                         "for=\"203.0.113.9:\"",
                                                         "for=\"203.0.113.9:_\"",
                                                         "for=_",
                                                         "for=\"_a b\"",
                                                         "for=localhost",
                                                         "for=Unknown",
                                                         "for=\"unknown:\"",
                                                         "for=203.0.113.9 for=203.0.113.9",
                                                         "for=203.0.113.9 x",
                                                         "for=203.0.113.9;x=\"a"}),
                     line) {
  BOOST_TEST(client_f({"for=203.0.113.9"}) == "203.0.113.9");
  BOOST_TEST(client_f({line}) == "header-not-allowed");
  BOOST_TEST(client_f({line, "for=203.0.113.9"}) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(of_the_other_kind_is_refused) {
  BOOST_TEST(client_x({"for=203.0.113.9"}) == "header-not-allowed");
  BOOST_TEST(client_f({"203.0.113.9"}) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(is_taken_with_its_most_hops_and_not_one_more) {
  auto const at_x = repeated("10.0.0.3", most_hops - 1);
  BOOST_TEST(client_x({"203.0.113.9", at_x}) == "203.0.113.9");
  BOOST_TEST(client_x({"203.0.113.9", "10.0.0.3", at_x}) == "header-not-allowed");
  auto const at_f = repeated("for=10.0.0.3", most_hops - 1);
  BOOST_TEST(client_f({"for=203.0.113.9", at_f}) == "203.0.113.9");
  BOOST_TEST(client_f({"for=203.0.113.9", "for=10.0.0.3", at_f}) == "header-not-allowed");
}

BOOST_AUTO_TEST_CASE(that_is_refused_is_not_repeated_to_anybody) {
  auto const found = find(kind::forwarded, {"for=secret.example"});
  BOOST_TEST(found.error().detail.find("secret") == std::string::npos);
  BOOST_TEST(found.error().detail.starts_with("Forwarded: "));
}

BOOST_AUTO_TEST_SUITE_END()
