// Request smuggling (RFC 9112 section 11.2): bytes in which a proxy before us and we could see different requests. Each
// row changes one respect of a request that the same server accepts, together with the one behind it.
#include "tests/unit/net/raw_client.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::tests;

namespace data = boost::unit_test::data;

namespace {

std::string const sized =
    "POST /first HTTP/1.1\r\nHost: a\r\nX-Before: b\r\nContent-Length: 5\r\nX-After: c\r\n\r\nhello";
std::string const chunked = "POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nX-After: c\r\n\r\n"
                            "5;name=\"v w\"\r\nhello\r\n1\r\n!\r\n0\r\nX-Trailer: t\r\n\r\n";
std::string const old = "POST /first HTTP/1.0\r\nContent-Length: 5\r\nConnection: keep-alive\r\n\r\nhello";
// What an attacker would like to have served as a request of its own.
std::string const second = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n";

struct shape {
  char const* name;
  std::string const& control;
  std::string from; // occurs once in the control
  std::string to;
};
std::ostream& operator<<(std::ostream& out, shape const& which) {
  return out << which.name;
}

std::string edited(shape const& which) {
  auto bytes = which.control;
  auto const place = bytes.find(which.from);
  BOOST_REQUIRE(place != std::string::npos);
  BOOST_REQUIRE(bytes.find(which.from, place + 1) == std::string::npos);
  return bytes.replace(place, which.from.size(), which.to);
}

std::string const length_line = "Content-Length: 5\r\n";
std::string const coding_line = "Transfer-Encoding: chunked\r\n";
std::string const first_chunk = "5;name=\"v w\"\r\n";
std::string const last_chunk = "\r\n0\r\n";
std::string const trailer = "X-Trailer: t\r\n";

std::vector<shape> const shapes{
    // The length.
    {"two equal lengths", sized, length_line, length_line + length_line},
    {"two lengths", sized, length_line, length_line + "Content-Length: 6\r\n"},
    {"two lengths in other letters", sized, length_line, length_line + "content-length: 0\r\n"},
    {"two equal lengths in a list", sized, ": 5", ": 5, 5"},
    {"two lengths in a list", sized, ": 5", ": 5, 6"},
    {"length with a sign", sized, ": 5", ": +5"},
    {"negative length", sized, ": 5", ": -5"},
    {"length in hexadecimal", sized, ": 5", ": 0x5"},
    {"length with a leading zero", sized, ": 5", ": 05"},
    {"length with a fraction", sized, ": 5", ": 5.0"},
    {"length with an exponent", sized, ": 5", ": 5e0"},
    {"length in quotes", sized, ": 5", ": \"5\""},
    {"length with a blank inside", sized, ": 5", ": 5 5"},
    {"no number as length", sized, ": 5", ":"},
    {"length beyond 64 bits", sized, ": 5", ": 18446744073709551621"},
    {"length behind a vertical tab", sized, ": 5",
     ": \x0b"
     "5"},
    {"length behind a NUL", sized, ": 5", std::string(": \0005", 4)},
    // Length and coding.
    {"chunked beside a length", sized, length_line, length_line + coding_line},
    {"length beside chunked", chunked, coding_line, coding_line + "Content-Length: 5\r\n"},
    {"length of zero beside chunked", chunked, coding_line, "Content-Length: 0\r\n" + coding_line},
    {"unknown coding beside a length", sized, length_line, length_line + "Transfer-Encoding: x\r\n"},
    {"empty coding beside a length", sized, length_line, length_line + "Transfer-Encoding:\r\n"},
    // The coding.
    {"chunked on two lines", chunked, coding_line, coding_line + coding_line},
    {"chunked twice", chunked, ": chunked", ": chunked, chunked"},
    {"coding before chunked", chunked, ": chunked", ": gzip, chunked"},
    {"coding behind chunked", chunked, ": chunked", ": chunked, gzip"},
    {"identity", chunked, ": chunked", ": identity"},
    {"identity behind chunked", chunked, ": chunked", ": chunked, identity"},
    {"chunked in quotes", chunked, ": chunked", ": \"chunked\""},
    {"chunked with a parameter", chunked, ": chunked", ": chunked;q=1"},
    {"chunked behind a comma", chunked, ": chunked", ": ,chunked"},
    {"chunked before a comma", chunked, ": chunked", ": chunked,"},
    {"chunked behind a vertical tab", chunked, ": chunked",
     ": \x0b"
     "chunked"},
    {"chunked before a NUL", chunked, ": chunked", std::string(": chunked\0", 10)},
    {"prefix of chunked", chunked, ": chunked", ": chunke"},
    {"more than chunked", chunked, ": chunked", ": xchunked"},
    {"chunked in HTTP/1.0", chunked, "HTTP/1.1", "HTTP/1.0"},
    {"chunked in HTTP/1.0 beside a length", old, "Content-Length: 5\r\n", "Content-Length: 5\r\n" + coding_line},
    // The header section's lines.
    {"blank before the length's colon", sized, "Content-Length:", "Content-Length :"},
    {"tab before the length's colon", sized, "Content-Length:", "Content-Length\t:"},
    {"blank before the coding's colon", chunked, "Transfer-Encoding:", "Transfer-Encoding :"},
    {"length on a folded line", sized, "X-Before: b\r\nContent", "X-Before: b\r\n Content"},
    {"length folded by a tab", sized, "X-Before: b\r\nContent", "X-Before: b\r\n\tContent"},
    {"length's value on a folded line", sized, "Content-Length: 5", "Content-Length:\r\n 5"},
    {"coding's value on a folded line", chunked, "Encoding: chunked", "Encoding:\r\n chunked"},
    {"field folded behind the coding", chunked, "chunked\r\nX-After", "chunked\r\n X-After"},
    {"blank before the first field", sized, "\r\nHost", "\r\n Host"},
    {"bare line feed behind a field", sized, "X-Before: b\r\n", "X-Before: b\n"},
    {"bare line feed within a field", sized, "X-Before: b", "X-Before: b\nX: y"},
    {"bare line feed behind the request line", sized, "HTTP/1.1\r\n", "HTTP/1.1\n"},
    {"bare line feed for the empty line", sized, "c\r\n\r\n", "c\r\n\n"},
    {"bare carriage return behind a field", sized, "X-Before: b\r\n", "X-Before: b\r"},
    {"bare carriage return within a field", sized, "X-Before: b", "X-Before: b\rX: y"},
    {"two carriage returns", sized, "X-Before: b\r\n", "X-Before: b\r\r\n"},
    {"NUL in a value", sized, "X-Before: b", std::string("X-Before: b\0", 12)},
    {"NUL in a name", sized, "X-Before", std::string("X-\0Before", 9)},
    {"NUL in the target", sized, "/first", std::string("/fir\0st", 7)},
    {"control character in a value", sized, "X-Before: b", "X-Before: b\x01"},
    {"DEL in a value", sized, "X-Before: b", "X-Before: b\x7f"},
    {"escape in a value", sized, "X-Before: b", "X-Before: \x1b["},
    {"control character before a name", sized, "Content-Length",
     "\x01"
     "Content-Length"},
    {"character above ASCII in a name", sized, "X-Before", "X-B\xc3\xa9"},
    {"field without a name", sized, "X-Before:", ":"},
    {"field without a colon", sized, "X-Before: b", "X-Before"},
    {"blank in a name", sized, "X-Before", "X Before"},
    // The request line.
    {"two blanks before the target", sized, "POST /", "POST  /"},
    {"two blanks behind the target", sized, "first HTTP", "first  HTTP"},
    {"tab behind the target", sized, "first HTTP", "first\tHTTP"},
    {"blank in the target", sized, "/first", "/fi rst"},
    {"blank behind the version", sized, "HTTP/1.1", "HTTP/1.1 "},
    {"HTTP/1.2", sized, "HTTP/1.1", "HTTP/1.2"},
    {"HTTP/1.10", sized, "HTTP/1.1", "HTTP/1.10"},
    {"HTTP/2.0", sized, "HTTP/1.1", "HTTP/2.0"},
    {"two hosts", sized, "Host: a\r\n", "Host: a\r\nHost: b\r\n"},
    {"two equal hosts", sized, "Host: a\r\n", "Host: a\r\nHost: a\r\n"},
    {"no host", sized, "Host: a\r\n", ""},
    // Sizes of chunks.
    {"chunk one byte too short", chunked, first_chunk, "4\r\n"},
    {"chunk one byte too long", chunked, first_chunk, "6\r\n"},
    {"no size", chunked, first_chunk, "\r\n"},
    {"extension without a size", chunked, first_chunk, ";name=v\r\n"},
    {"size with a sign", chunked, first_chunk, "+5\r\n"},
    {"negative size", chunked, first_chunk, "-5\r\n"},
    {"size with a hexadecimal mark", chunked, first_chunk, "0x5\r\n"},
    {"size with an underscore", chunked, first_chunk, "0_5\r\n"},
    {"size in a radix's letter", chunked, first_chunk, "5h\r\n"},
    {"blank before the size", chunked, first_chunk, " 5\r\n"},
    {"blank behind the size", chunked, first_chunk, "5 \r\n"},
    {"tab behind the size", chunked, first_chunk, "5\t\r\n"},
    {"size of more than 64 bits", chunked, first_chunk, "10000000000000005\r\n"},
    {"size of 17 digits", chunked, first_chunk, "00000000000000005\r\n"},
    {"size with a NUL", chunked, first_chunk, std::string("5\0\r\n", 4)},
    {"bare line feed behind the size", chunked, first_chunk, "5\n"},
    {"bare carriage return behind the size", chunked, first_chunk, "5\r"},
    {"two carriage returns behind the size", chunked, first_chunk, "5\r\r\n"},
    {"bare line feed behind the data", chunked, "hello\r\n", "hello\n"},
    {"bare carriage return behind the data", chunked, "hello\r\n", "hello\r"},
    {"no line end behind the data", chunked, "hello\r\n", "hello"},
    {"empty line behind the data", chunked, "hello\r\n", "hello\r\n\r\n"},
    // Extensions of chunks.
    {"blank before an extension", chunked, first_chunk, "5 ;name=v\r\n"},
    {"empty extension", chunked, first_chunk, "5;\r\n"},
    {"extension without a name", chunked, first_chunk, "5;=v\r\n"},
    {"extension without its value", chunked, first_chunk, "5;name=\r\n"},
    {"bare line feed for an extension", chunked, first_chunk, "5;\n"},
    {"bare line feed in an extension", chunked, first_chunk, "5;na\nme=v\r\n"},
    {"bare line feed in a quoted extension", chunked, first_chunk, "5;name=\"\n\"\r\n"},
    {"escaped line feed in a quoted extension", chunked, first_chunk, "5;name=\"\\\n\"\r\n"},
    {"bare carriage return in a quoted extension", chunked, first_chunk, "5;name=\"\rv\"\r\n"},
    {"line end in a quoted extension", chunked, first_chunk, "5;name=\"\r\n\"\r\n"},
    {"NUL in a quoted extension", chunked, first_chunk, std::string("5;name=\"\0\"\r\n", 12)},
    {"control character in an extension", chunked, first_chunk, "5;name=\x01\r\n"},
    {"open quote in an extension", chunked, first_chunk, "5;name=\"v\r\n"},
    {"text behind a quoted extension", chunked, first_chunk, "5;name=\"v\"w\r\n"},
    {"extension longer than all the framing may be", chunked, first_chunk, "5;name=" + std::string(5000, 'v') + "\r\n"},
    // The last chunk and the trailer.
    {"bare line feed behind the last chunk", chunked, last_chunk, "\r\n0\n"},
    {"blank behind the last chunk", chunked, last_chunk, "\r\n0 \r\n"},
    {"last chunk of 17 digits", chunked, last_chunk, "\r\n00000000000000000\r\n"},
    {"bare line feed in the last extension", chunked, last_chunk, "\r\n0;name=\"\n\"\r\n"},
    {"folded line in the trailer", chunked, trailer, "X-Trailer: t\r\n u\r\n"},
    {"first line of the trailer indented", chunked, trailer, " X-Trailer: t\r\n"},
    {"bare line feed in the trailer", chunked, trailer, "X-Trailer: t\n"},
    {"bare carriage return in the trailer", chunked, trailer, "X-Trailer: t\ru\r\n"},
    {"NUL in the trailer", chunked, trailer, std::string("X-Trailer: \0\r\n", 14)},
    {"blank before the trailer's colon", chunked, trailer, "X-Trailer : t\r\n"},
    {"line without a colon in the trailer", chunked, trailer, "X-Trailer\r\n"},
    {"length in the trailer", chunked, trailer, "Content-Length: 5\r\n"},
    {"coding in the trailer", chunked, trailer, coding_line},
    {"trailer longer than all the framing may be", chunked, trailer, "X-Trailer: " + std::string(5000, 't') + "\r\n"},
};

// Answers as echo() does, and knows what was asked for.
class targets {
public:
  server::script script() {
    return [this](net::exchange& request) {
      {
        std::lock_guard const lock{guard_};
        seen_.push_back(request.head().target);
      }
      return echo(request);
    };
  }
  bool saw(std::string const& target) const {
    std::lock_guard const lock{guard_};
    return std::find(seen_.begin(), seen_.end(), target) != seen_.end();
  }

private:
  mutable std::mutex guard_;
  std::vector<std::string> seen_;
};

std::string body_of(std::string const& control) {
  return control == chunked ? "hello!" : "hello";
}

} // namespace

BOOST_AUTO_TEST_SUITE(smuggling)

BOOST_DATA_TEST_CASE(is_refused_with_400_and_nothing_behind_it_is_served, data::make(shapes), sample) {
  targets seen;
  server to{seen.script()};
  raw_client attacker{to};
  attacker.send(edited(sample) + second);
  attacker.half_close();
  auto const all = attacker.read_to_end();
  BOOST_TEST(all.starts_with("HTTP/1.1 400 Bad Request\r\n"), all);
  BOOST_TEST(all.find("\r\nConnection: close\r\n") != std::string::npos);
  BOOST_TEST(all.find("HTTP/1.", 1) == std::string::npos, "one answer");
  BOOST_TEST(!seen.saw("/second"));

  raw_client honest{to};
  honest.send(sample.control + second);
  BOOST_TEST(honest.read_reply().body == "POST /first " + body_of(sample.control));
  BOOST_TEST(honest.read_reply().body == "GET /second");
}

BOOST_AUTO_TEST_CASE(by_extensions_is_bounded_to_the_byte) {
  auto const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  auto const of_size = [head](std::size_t size) { return head + ("0;" + std::string(size - 6, 'x')) + "\r\n\r\n"; };
  server to{echo};
  raw_client at{to};
  at.send(of_size(4096));
  BOOST_TEST(at.read_reply().status == 200U);
  raw_client above{to};
  above.send(of_size(4097));
  BOOST_TEST(above.read_reply().status == 400U);
}

// Small chunks are no crime; a byte of body for ever more bytes of extension is.
BOOST_AUTO_TEST_CASE(by_extensions_is_bounded_in_proportion_to_the_body) {
  std::string const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  auto const times = [](std::string const& chunk, int count) {
    std::string all;
    for (int each = 0; each < count; ++each) {
      all += chunk;
    }
    return all;
  };
  server to{echo};
  raw_client small{to};
  small.send(head + times("1;xx\r\ny\r\n", 10000) + "0\r\n\r\n");
  BOOST_TEST(small.read_reply().body.size() == std::string_view{"POST / "}.size() + 10000);
  raw_client stretched{to};
  stretched.send(head + times("1;xxx\r\ny\r\n", 10000) + "0\r\n\r\n");
  BOOST_TEST(stretched.read_reply().status == 400U);
}

BOOST_AUTO_TEST_CASE(by_a_size_of_16_digits_is_none) {
  server to{echo};
  raw_client client{to};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
              "0000000000000005\r\nhello\r\n0000000000000000\r\n\r\n");
  BOOST_TEST(client.read_reply().body == "POST / hello");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(in_order)

namespace {

std::string const asks_first = "POST /asks HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n";

} // namespace

BOOST_AUTO_TEST_CASE(requests_of_every_framing_are_answered) {
  server to{echo};
  raw_client client{to};
  client.send(sized + chunked + second + old + chunked + "POST /none HTTP/1.1\r\nHost: a\r\n\r\n" + sized);
  for (std::string const expected : {"POST /first hello", "POST /first hello!", "GET /second", "POST /first hello",
                                     "POST /first hello!", "POST /none", "POST /first hello"}) {
    BOOST_TEST(client.read_reply().body == expected);
  }
}

BOOST_AUTO_TEST_CASE(requests_that_ask_first_are_invited_and_answered) {
  server to{echo};
  raw_client client{to};
  client.send(second + asks_first + "Content-Length: 3\r\n\r\n");
  BOOST_TEST(client.read_reply().body == "GET /second");
  BOOST_TEST(client.read_reply().head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc" + asks_first + "Transfer-Encoding: chunked\r\n\r\n");
  BOOST_TEST(client.read_reply().body == "POST /asks abc");
  BOOST_TEST(client.read_reply().head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("3\r\nabc\r\n0\r\n\r\n" + second);
  BOOST_TEST(client.read_reply().body == "POST /asks abc");
  BOOST_TEST(client.read_reply().body == "GET /second");
}

// The body is there: an invitation would be read as the answer.
BOOST_AUTO_TEST_CASE(requests_that_ask_first_and_do_not_wait_are_answered) {
  server to{echo};
  raw_client client{to};
  client.send(asks_first + "Content-Length: 3\r\n\r\nabc" + second);
  BOOST_TEST(client.read_reply().body == "POST /asks abc");
  BOOST_TEST(client.read_reply().body == "GET /second");
}

BOOST_AUTO_TEST_CASE(nothing_behind_an_old_request_that_closes_is_served) {
  targets seen;
  server to{seen.script()};
  raw_client client{to};
  client.send("POST /old HTTP/1.0\r\nContent-Length: 3\r\n\r\nabc" + second);
  auto const reply = client.read_reply();
  BOOST_TEST(reply.body == "POST /old abc");
  BOOST_TEST(reply.has("Connection: close"));
  client.half_close();
  BOOST_TEST(client.read_to_end() == "");
  BOOST_TEST(!seen.saw("/second"));
}

BOOST_AUTO_TEST_SUITE_END()
