#include "tests/support/certificates.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::tests;

namespace {

constexpr std::chrono::milliseconds soon{50};

} // namespace

BOOST_AUTO_TEST_SUITE(timeout)

BOOST_AUTO_TEST_CASE(idle_connection_is_closed_without_a_word) {
  net::limits bounds;
  bounds.idle = soon;
  server to{echo, {.bounds = bounds}};
  raw_client never{to};
  BOOST_TEST(never.read_to_end() == "");
  raw_client once{to};
  once.send(get);
  BOOST_TEST(once.read_reply().status == 200U);
  BOOST_TEST(once.read_to_end() == "");
  BOOST_TEST(to.refusals().empty());
}

BOOST_AUTO_TEST_CASE(slow_header_section_is_answered_with_408) {
  net::limits bounds;
  bounds.header = soon;
  server to{echo, {.bounds = bounds}};
  raw_client client{to};
  client.send(get.substr(0, 20));
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 408U);
  BOOST_TEST(reply.has("Connection: close"));
  BOOST_TEST((to.refusals().front().why == reason::request_timeout));
}

// The connection already waits for a much later deadline, that of being idle.
BOOST_AUTO_TEST_CASE(slow_header_section_after_an_idle_time_is_answered_with_408) {
  net::limits bounds;
  bounds.idle = std::chrono::hours{1};
  bounds.header = soon;
  server to{echo, {.bounds = bounds}};
  for (int each = 0; each < 5; ++each) {
    raw_client client{to};
    client.send(get);
    BOOST_TEST(client.read_reply().status == 200U);
    client.send(get.substr(0, 20));
    BOOST_TEST(client.read_reply().status == 408U);
  }
}

// The limit holds for the whole section: a byte now and then does not extend it.
BOOST_AUTO_TEST_CASE(trickling_header_section_is_answered_with_408) {
  net::limits bounds;
  bounds.header = soon;
  server to{echo, {.bounds = bounds}};
  raw_client client{to};
  client.send("GET / HTTP/1.1\r\nX: ");
  // Each byte is sent as soon as the last one is out, until the server has answered and drains, at most header_bytes of
  // them.
  while (to.refusals().empty() && client.send_some("x") == 1) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
  BOOST_TEST(client.read_reply().status == 408U);
}

BOOST_AUTO_TEST_CASE(slow_body_is_a_timeout_for_the_handler) {
  net::limits bounds;
  bounds.body = soon;
  server to{[](net::exchange& request) -> asio::awaitable<void> {
              auto const body = co_await request.read_body(1000);
              auto done = answer(408, body ? "whole" : std::string{to_string(body.error().code)});
              co_await request.send(std::move(done));
            },
            {.bounds = bounds}};
  for (std::string const framing : {"Content-Length: 10\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\na\r\n"}) {
    raw_client client{to};
    client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "half");
    auto const reply = client.read_reply();
    BOOST_TEST(reply.body == "request-timeout");
    BOOST_TEST(reply.has("Connection: close"));
  }
}

BOOST_AUTO_TEST_CASE(slow_handler_is_nobodys_timeout) {
  net::limits bounds;
  bounds.idle = bounds.header = bounds.body = soon;
  server to{[](net::exchange& request) -> asio::awaitable<void> {
              asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::milliseconds{200}};
              co_await timer.async_wait(asio::use_awaitable);
              co_await echo(request);
            },
            {.bounds = bounds}};
  raw_client client{to};
  client.send(get);
  BOOST_TEST(client.read_reply().status == 200U);
}

BOOST_AUTO_TEST_CASE(silent_client_of_tls_is_closed) {
  net::limits bounds;
  bounds.handshake = soon;
  auto const key = certificate_authority{}.issue();
  auto const tls = net::tls_context::make({key.certificate, key.private_key});
  server to{echo, {.bounds = bounds, .tls = tls.value()}};
  raw_client silent{to};
  BOOST_TEST(silent.read_to_end() == "");
  raw_client halfway{to};
  halfway.send(std::string("\x16\x03\x01\x02\x00\x01", 6));
  BOOST_TEST(halfway.ends());
  BOOST_TEST(to.log().saw("tls handshake failed"));
}

// A peer that neither closes nor sends does not hold the connection longer than a write may take.
BOOST_AUTO_TEST_CASE(draining_ends) {
  net::limits bounds;
  bounds.write = soon;
  server to{echo, {.bounds = bounds}};
  raw_client client{to};
  client.send("nonsense\n");
  BOOST_TEST(client.read_reply().status == 400U);
  auto const end = std::chrono::steady_clock::now() + long_enough;
  while (to.sessions() > 0 && std::chrono::steady_clock::now() < end) {
    std::this_thread::yield();
  }
  BOOST_TEST(to.sessions() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
