// The PROXY protocol as a property of a listener.
#include "tests/support/certificates.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/net/tls_client.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <string>
#include <vector>

using namespace consentd;
using namespace consentd::tests;

namespace data = boost::unit_test::data;

namespace {

std::string const get_a = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
std::string const v1 = "PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n";
std::string const v2_start{"\r\n\r\n\0\r\nQUIT\n", 12};
// [2001:db8::1]:56324 to [2001:db8::2]:443, and three bytes of a TLV.
std::string const v2 = v2_start + std::string{"\x21\x21\0\x2a"
                                              "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"
                                              "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x02\xdc\x04\x01\xbb"
                                              "\x04\0\x03xyz",
                                              46};
std::string const v2_local = v2_start + std::string{"\x20\0\0\0", 4};
std::string const v2_unix = v2_start + std::string{"\x21\x31\0\xd8", 4} + std::string(216, '\0');

// Answers with what is known of the peer: "socket address, claimed address, claimed IP".
asio::awaitable<void> who(net::exchange& request) {
  auto const& peer = request.head().peer;
  auto text = peer.ip ? peer.ip->to_string() : peer.address;
  if (peer.proxied) {
    text += " " + peer.proxied->address + " " + (peer.proxied->ip ? peer.proxied->ip->to_string() : "-");
  }
  auto done = answer(200, std::move(text));
  co_await request.send(std::move(done));
}

server::setup demanding(net::limits const& bounds = {}) {
  server::setup how;
  how.bounds = bounds;
  how.proxy = net::proxy_protocol::required;
  return how;
}

// How many lines of the log are complaints with `problem`.
long complaints_of(server& to, std::string const& problem) {
  auto const lines = to.log().lines();
  return std::count_if(lines.begin(), lines.end(), [&problem](std::string const& line) {
    return line.starts_with("proxy header missing ") && line.find(" problem=" + problem + " ") != std::string::npos;
  });
}

void wait_for_end(server const& to) {
  auto const end = std::chrono::steady_clock::now() + long_enough;
  while (to.sessions() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(proxy_protocol)

BOOST_AUTO_TEST_CASE(tells_the_client_beside_the_proxy_for_each_request) {
  server to{who, demanding()};
  raw_client first{to};
  first.send(v1 + get_a + get_a);
  BOOST_TEST(first.read_reply().body == "127.0.0.1 192.0.2.1:56324 192.0.2.1");
  BOOST_TEST(first.read_reply().body == "127.0.0.1 192.0.2.1:56324 192.0.2.1");
  raw_client second{to};
  second.send(v2 + get_a);
  BOOST_TEST(second.read_reply().body == "127.0.0.1 [2001:db8::1]:56324 2001:db8::1");
  raw_client mapped{to};
  mapped.send("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n" + get_a);
  BOOST_TEST(mapped.read_reply().body == "127.0.0.1 192.0.2.1:1 192.0.2.1");
}

BOOST_AUTO_TEST_CASE(of_a_proxy_that_speaks_for_itself_keeps_the_socket_s_peer) {
  server to{who, demanding()};
  for (auto const& header : {v2_local, std::string{"PROXY UNKNOWN\r\n"}}) {
    raw_client client{to};
    client.send(header + get_a);
    BOOST_TEST(client.read_reply().body == "127.0.0.1");
  }
}

BOOST_AUTO_TEST_CASE(of_a_process_beside_the_proxy_has_no_address) {
  server to{who, demanding()};
  raw_client client{to};
  client.send(v2_unix + get_a);
  BOOST_TEST(client.read_reply().body == "127.0.0.1 unix -");
}

BOOST_AUTO_TEST_CASE(works_over_a_unix_socket) {
  temporary_folder const folder;
  auto how = demanding();
  how.unix_path = folder / "hub.sock";
  server to{who, how};
  raw_client client{to};
  client.send(v1 + get_a);
  BOOST_TEST(client.read_reply().body == "unix 192.0.2.1:56324 192.0.2.1");
}

BOOST_AUTO_TEST_CASE(is_read_in_single_bytes) {
  server to{who, demanding()};
  for (auto const& header : {v1, v2, v2_unix}) {
    raw_client client{to};
    for (char const each : header + get_a) {
      client.send({&each, 1});
    }
    BOOST_TEST(client.read_reply().status == 200U);
  }
}

BOOST_AUTO_TEST_CASE(comes_before_tls_and_takes_no_byte_of_it) {
  auto const key = certificate_authority{}.issue();
  auto how = demanding();
  how.tls = net::tls_context::make({key.certificate, key.private_key}).value();
  server to{who, how};
  for (auto const& header : {v1, v2, v2_unix, v2_local}) {
    tls_client client{to, {.before = header}};
    BOOST_TEST(client.ask().find("200 OK") != std::string::npos);
  }
  BOOST_TEST(tls_client(to, {.before = v1}).ask().ends_with("127.0.0.1 192.0.2.1:56324 192.0.2.1"));
  // A header within TLS is the client's own.
  raw_client inside{to};
  BOOST_TEST(tls_client(to, {}).ask().empty());
  BOOST_TEST(to.log().saw("proxy header missing"));
}

// Whoever reaches the listener past the proxy, or a proxy that was set up without it.
BOOST_AUTO_TEST_CASE(that_is_missing_ends_the_connection_without_an_answer) {
  server to{who, demanding()};
  for (auto const& bytes : {get_a, std::string("\x16\x03\x01\x02\x00\x01", 6), "\r\n" + v1, v1.substr(1)}) {
    raw_client client{to};
    client.send(bytes);
    BOOST_TEST(client.ends());
  }
  BOOST_TEST(to.refusals().empty());
}

BOOST_AUTO_TEST_CASE(that_is_malformed_ends_the_connection_without_an_answer) {
  server to{who, demanding()};
  for (auto const& bytes :
       {"PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n" + get_a, v2_start + "\x11",
        "PROXY UNKNOWN " + std::string(200, 'x') + "\r\n" + get_a, v2_start + std::string("\x21\x11\xff\xff", 4)}) {
    raw_client client{to};
    client.send(bytes);
    BOOST_TEST(client.ends());
  }
  BOOST_TEST(to.refusals().empty());
}

BOOST_AUTO_TEST_CASE(is_complained_of_once_for_each_kind) {
  server to{who, demanding()};
  for (int each = 0; each < 5; ++each) {
    raw_client without{to};
    without.send(get_a);
    BOOST_TEST(without.ends());
    raw_client malformed{to};
    malformed.send("PROXY TCP4\r\n");
    BOOST_TEST(malformed.ends());
    raw_client endless{to};
    endless.send("PROXY UNKNOWN " + std::string(200, 'x'));
    BOOST_TEST(endless.ends());
    raw_client half{to};
    half.send("PROXY ");
    half.half_close();
    BOOST_TEST(half.ends());
  }
  wait_for_end(to);
  for (std::string const problem : {"no header", "malformed", "too long", "broken off"}) {
    BOOST_TEST(complaints_of(to, problem) == 1, problem);
  }
  BOOST_TEST(to.log().lines().size() == 4U);
  BOOST_TEST(to.log().lines().front().ends_with(" connections=1"));
}

BOOST_AUTO_TEST_CASE(is_not_complained_of_when_a_port_is_only_checked) {
  server to{who, demanding()};
  {
    raw_client check{to};
    check.half_close();
    BOOST_TEST(check.ends());
  }
  wait_for_end(to);
  BOOST_TEST(to.log().lines().empty());
}

BOOST_AUTO_TEST_CASE(that_does_not_come_in_time_ends_the_connection) {
  net::limits bounds;
  bounds.handshake = std::chrono::milliseconds{50};
  server to{who, demanding(bounds)};
  raw_client silent{to};
  BOOST_TEST(silent.read_to_end() == "");
  raw_client slow{to};
  slow.send(v1.substr(0, 20));
  BOOST_TEST(slow.ends());
  wait_for_end(to);
  BOOST_TEST(complaints_of(to, "timeout") == 1);
}

BOOST_AUTO_TEST_CASE(that_is_awaited_does_not_hold_up_a_stop) {
  server to{who, demanding()};
  raw_client client{to};
  client.send(v1.substr(0, 20));
  auto const end = std::chrono::steady_clock::now() + long_enough;
  while (to.sessions() == 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  to.stop();
  BOOST_TEST(client.ends());
  BOOST_TEST(to.log().lines().empty());
}

BOOST_AUTO_TEST_CASE(is_spoken_once_in_a_connection) {
  server to{who, demanding()};
  for (auto const& header : {v1, v2}) {
    raw_client client{to};
    client.send(v1 + get_a);
    BOOST_TEST(client.read_reply().status == 200U);
    client.send(header + get_a);
    BOOST_TEST(client.read_reply().status == 400U);
  }
}

BOOST_AUTO_TEST_CASE(is_a_bad_request_where_it_is_off) {
  server to{who};
  for (auto const& header : {v1, v2, v2_local, std::string{"PROXY UNKNOWN\r\n"}}) {
    raw_client client{to};
    client.send(header + get_a);
    auto const reply = client.read_reply();
    BOOST_TEST(reply.status == 400U);
    BOOST_TEST(reply.has("Connection: close"));
  }
  raw_client without{to};
  without.send(get_a);
  BOOST_TEST(without.read_reply().body == "127.0.0.1");
}

BOOST_AUTO_TEST_SUITE_END()
