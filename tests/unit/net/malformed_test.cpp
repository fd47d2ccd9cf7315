// Bytes that another HTTP parser might read differently, and bytes that are no HTTP at all.
#include "tests/unit/net/raw_client.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <ostream>

using namespace consentd;
using namespace consentd::tests;

namespace {

struct malformation {
  char const* name;
  std::string bytes;
};
std::ostream& operator<<(std::ostream& out, malformation const& which) {
  return out << which.name;
}

std::string post(std::string const& fields, std::string const& body = "") {
  return "POST /refused HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

// What an attacker would like to have served as a request of its own.
std::string const inner = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n";

std::vector<malformation> const refused{
    {"two lengths", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello" + inner)},
    {"two equal lengths", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello" + inner)},
    {"two lengths in a list", post("Content-Length: 5, 5\r\n", "hello" + inner)},
    {"length with a sign", post("Content-Length: +5\r\n", "hello" + inner)},
    {"negative length", post("Content-Length: -5\r\n", inner)},
    {"hexadecimal length", post("Content-Length: 0x5\r\n", "hello" + inner)},
    {"length with a blank inside", post("Content-Length: 5 0\r\n", "hello" + inner)},
    {"empty length", post("Content-Length: \r\n", inner)},
    {"length beyond 64 bits", post("Content-Length: 18446744073709551621\r\n", "hello" + inner)},
    {"length and chunked", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner)},
    {"chunked and length", post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n" + inner)},
    {"length and an unknown coding", post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "hello" + inner)},
    {"unknown coding", post("Transfer-Encoding: gzip\r\n", inner)},
    {"identity coding", post("Transfer-Encoding: identity\r\n", inner)},
    {"coding before chunked", post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n" + inner)},
    {"coding after chunked", post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n" + inner)},
    {"chunked twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner)},
    {"chunked twice in a list", post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n" + inner)},
    {"chunked with a parameter", post("Transfer-Encoding: chunked;a=b\r\n", "0\r\n\r\n" + inner)},
    {"empty coding", post("Transfer-Encoding:\r\n", inner)},
    {"quoted coding", post("Transfer-Encoding: \"chunked\"\r\n", "0\r\n\r\n" + inner)},
    {"coding after a vertical tab", post("Transfer-Encoding: \x0b"
                                         "chunked\r\n",
                                         "0\r\n\r\n" + inner)},
    {"chunked in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + inner},
    {"blank before the colon", post("Content-Length : 5\r\n", "hello" + inner)},
    {"folded line", post("X: a\r\n Content-Length: 5\r\n", "hello" + inner)},
    {"blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n"},
    {"bare line feeds", "GET / HTTP/1.1\nHost: a\n\n"},
    {"bare carriage return", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n"},
    {"NUL in a value", post(std::string("X: a\0b\r\n", 8))},
    {"control character in a value", post("X: a\x01"
                                          "b\r\n")},
    {"control character in a name", post("X\x01: a\r\n")},
    {"empty field name", post(": a\r\n")},
    {"line without a colon", post("X\r\n")},
    {"blank in a field name", post("X Y: a\r\n")},
    {"no host", "GET / HTTP/1.1\r\n\r\n"},
    {"two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
    {"HTTP/2.0", "GET / HTTP/2.0\r\nHost: a\r\n\r\n"},
    {"HTTP/0.9", "GET /\r\n\r\n"},
    {"HTTP/1.2", "GET / HTTP/1.2\r\nHost: a\r\n\r\n"},
    {"lower-case protocol", "GET / http/1.1\r\nHost: a\r\n\r\n"},
    {"two blanks in the request line", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"trailing blank in the request line", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n"},
    {"method with a slash", "GE/T / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"target without a path", "GET a HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"authority as target", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n"},
    {"asterisk without OPTIONS", "GET * HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"fragment in the target", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"other scheme in the target", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"bytes above ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"},
    {"a TLS hello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
};

} // namespace

BOOST_AUTO_TEST_SUITE(malformed)

BOOST_DATA_TEST_CASE(request_is_refused_and_nothing_behind_it_is_served, boost::unit_test::data::make(refused),
                     sample) {
  std::atomic<int> served = 0;
  server to{[&served](net::exchange& request) {
    ++served;
    return echo(request);
  }};
  raw_client client{to};
  client.send(sample.bytes);
  client.half_close();
  auto const all = client.read_to_end();
  BOOST_TEST(all.starts_with("HTTP/1.1 400 Bad Request\r\n"));
  BOOST_TEST(all.find("\r\nConnection: close\r\n") != std::string::npos);
  BOOST_TEST(all.ends_with("\r\n\r\nrefused"));
  BOOST_TEST(served == 0);
  BOOST_REQUIRE(to.refusals().size() == 1U);
  BOOST_TEST((to.refusals().front().why == reason::request_malformed));
}

BOOST_AUTO_TEST_CASE(refusal_knows_the_target_that_was_parsed) {
  server to{echo};
  raw_client client{to};
  client.send(post("Content-Length: 1\r\nContent-Length: 1\r\n"));
  BOOST_TEST(client.read_reply().status == 400U);
  BOOST_TEST(to.refusals().front().target == "/refused");
}

BOOST_AUTO_TEST_CASE(header_section_is_read_up_to_its_limit_and_not_one_byte_more) {
  net::limits bounds;
  bounds.header_bytes = 256;
  server to{echo, {.bounds = bounds}};
  auto const of_size = [](std::size_t size) {
    std::string const start = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
    return start + std::string(size - start.size() - 4, 'x') + "\r\n\r\n";
  };
  raw_client at{to};
  at.send(of_size(256));
  BOOST_TEST(at.read_reply().status == 200U);
  raw_client above{to};
  above.send(of_size(257));
  auto const reply = above.read_reply();
  BOOST_TEST(reply.status == 431U);
  BOOST_TEST(reply.has("Connection: close"));
  BOOST_TEST((to.refusals().front().why == reason::header_too_large));
}

BOOST_AUTO_TEST_CASE(endless_header_section_is_refused_at_the_limit) {
  server to{echo};
  raw_client client{to};
  std::string const line = "X: " + std::string(1000, 'x') + "\r\n";
  client.send("GET / HTTP/1.1\r\nHost: a\r\n");
  for (int each = 0; each < 100; ++each) {
    client.send(line);
  }
  BOOST_TEST(client.read_reply().status == 431U);
}

BOOST_AUTO_TEST_SUITE_END()
