#include "tests/support/http_client.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::tests;

namespace {

constexpr std::size_t limit = 40000;

// Reads a body of up to `limit` and answers 200 with its size, or 400 with the reason's name.
asio::awaitable<void> measure(net::exchange& request) {
  auto const body = co_await request.read_body(limit);
  auto done = body ? answer(200, std::to_string(body->size())) : answer(400, std::string{to_string(body.error().code)});
  co_await request.send(std::move(done));
}

std::string post_of(std::size_t size) {
  return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n";
}

std::string const chunked_start = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

std::string hexadecimal(std::size_t value) {
  std::ostringstream text;
  text << std::hex << value;
  return std::move(text).str();
}

std::string chunk(std::size_t size) {
  return hexadecimal(size) + "\r\n" + std::string(size, 'x') + "\r\n";
}

} // namespace

BOOST_AUTO_TEST_SUITE(body)

BOOST_AUTO_TEST_CASE(is_read_up_to_its_limit) {
  server to{measure};
  for (std::size_t const size : {std::size_t{0}, std::size_t{1}, std::size_t{8191}, std::size_t{16385}, limit}) {
    raw_client client{to};
    client.send(post_of(size) + std::string(size, 'x'));
    BOOST_TEST(client.read_reply().body == std::to_string(size));
  }
}

BOOST_AUTO_TEST_CASE(one_byte_above_the_limit_is_refused_before_it_is_sent) {
  server to{measure};
  raw_client client{to};
  client.send(post_of(limit + 1));
  BOOST_TEST(client.read_reply().body == "body-too-large");
}

BOOST_AUTO_TEST_CASE(chunks_are_read_up_to_the_limit) {
  server to{measure};
  raw_client client{to};
  client.send(chunked_start + chunk(1) + chunk(limit - 1) + "0\r\n\r\n");
  BOOST_TEST(client.read_reply().body == std::to_string(limit));
  client.send(chunked_start + chunk(10) + "0\r\nTrailer: x\r\nContent-Type: y\r\n\r\n");
  BOOST_TEST(client.read_reply().body == "10");
}

BOOST_AUTO_TEST_CASE(chunks_above_the_limit_are_refused_while_reading) {
  server to{measure};
  raw_client client{to};
  client.send(chunked_start + chunk(limit) + "1\r\n");
  auto const reply = client.read_reply();
  BOOST_TEST(reply.body == "body-too-large");
  BOOST_TEST(reply.has("Connection: close"));
}

BOOST_DATA_TEST_CASE(bad_chunk_is_malformed,
                     boost::unit_test::data::make(std::vector<std::string>{
                         "x\r\n", "-1\r\nx", "0x1\r\nx\r\n\r\n", " 1\r\nx\r\n", "1 \r\nx\r\n", "1\nx\n0\n\n\r\n",
                         "1\r\nxy\r\n0\r\n\r\n", "10000000000000000\r\n", "1;\r\nx\r\n", "1;a=\"b\r\nx\"\r\n",
                         "1\r\nx\r\n0\r\nContent-Length: 5\r\n\r\n",
                         "1\r\nx\r\n0\r\nTransfer-Encoding: chunked\r\n\r\n", "1;" + std::string(20000, 'a') + "\r\n"}),
                     sample) {
  server to{measure};
  raw_client client{to};
  client.send(chunked_start + sample);
  auto const reply = client.read_reply();
  BOOST_TEST(reply.body == "request-malformed");
  BOOST_TEST(reply.has("Connection: close"));
}

BOOST_AUTO_TEST_CASE(chunks_in_single_bytes_are_a_body) {
  server to{measure};
  raw_client client{to};
  client.send(chunked_start);
  for (char const each :
       "5;name=\"a value\"\r\nhello\r\n00000A\r\n0123456789\r\n0\r\nX: y\r\n\r\n" + chunked_start + "0\r\n\r\n") {
    client.send({&each, 1});
  }
  BOOST_TEST(client.read_reply().body == "15");
  BOOST_TEST(client.read_reply().body == "0");
}

BOOST_AUTO_TEST_CASE(client_that_breaks_off_is_disconnected) {
  std::promise<reason> seen;
  server to{[&seen](net::exchange& request) -> asio::awaitable<void> {
    auto const body = co_await request.read_body(limit);
    seen.set_value(body ? reason::poison : body.error().code);
  }};
  raw_client client{to};
  client.send(post_of(100) + "only this");
  client.half_close();
  BOOST_TEST((seen.get_future().get() == reason::disconnected));
  BOOST_TEST(client.ends());
  BOOST_TEST(to.log().lines().empty());
}

BOOST_AUTO_TEST_CASE(client_that_resets_is_disconnected) {
  std::promise<reason> seen;
  server to{[&seen](net::exchange& request) -> asio::awaitable<void> {
    auto const body = co_await request.read_body(limit);
    seen.set_value(body ? reason::poison : body.error().code);
  }};
  raw_client client{to};
  client.send(post_of(100) + "only this");
  client.reset();
  BOOST_TEST((seen.get_future().get() == reason::disconnected));
}

BOOST_AUTO_TEST_CASE(client_that_asks_first_is_told_to_continue_when_the_handler_reads) {
  server to{measure};
  raw_client client{to};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n");
  auto const go_on = client.read_reply();
  BOOST_TEST(go_on.head == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("abc" + post_of(2) + "de");
  BOOST_TEST(client.read_reply().body == "3");
  BOOST_TEST(client.read_reply().body == "2");
}

BOOST_AUTO_TEST_CASE(client_that_asks_first_is_not_told_to_continue_with_what_is_refused) {
  server to{measure};
  raw_client client{to};
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 40001\r\n\r\n");
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 400U);
  BOOST_TEST(reply.body == "body-too-large");
  // Nobody knows whether the body follows: only the end of the connection is unambiguous.
  BOOST_TEST(reply.has("Connection: close"));
}

BOOST_AUTO_TEST_CASE(expectation_of_an_old_client_is_ignored) {
  server to{measure};
  raw_client client{to};
  client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc");
  BOOST_TEST(client.read_reply().body == "3");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(early_answer)

namespace {

asio::awaitable<void> unauthorized(net::exchange& request) {
  auto refused = answer(401, "no");
  co_await request.send(std::move(refused));
}

} // namespace

BOOST_AUTO_TEST_CASE(reaches_a_client_that_sends_five_megabytes) {
  net::limits bounds;
  bounds.drain_bytes = std::size_t{8} * 1024 * 1024;
  server to{unauthorized, {.bounds = bounds}};
  std::string const body(5'000'000, 'x');
  for (int each = 0; each < 20; ++each) {
    http_client client{{}};
    auto const reply = client.request("POST", to.url() + "/", {}, body);
    BOOST_TEST(reply.status == 401, reply.error);
    BOOST_TEST(reply.body == "no");
  }
}

// This client looks at the answer only once it has sent everything.
BOOST_AUTO_TEST_CASE(reaches_a_client_that_reads_only_after_it_has_written) {
  net::limits bounds;
  bounds.drain_bytes = 1000;
  server to{unauthorized, {.bounds = bounds}};
  for (std::string const framing : {"Content-Length: 4000\r\n", "Transfer-Encoding: chunked\r\n"}) {
    raw_client client{to};
    BOOST_TEST(client.send("POST / HTTP/1.1\r\nHost: a\r\n" + framing + "\r\n"));
    BOOST_TEST(client.read_until("no").find("Connection: close") != std::string::npos);
    BOOST_TEST(client.send(std::string(900, 'x')));
    client.half_close();
    BOOST_TEST(client.read_to_end() == "");
  }
}

BOOST_AUTO_TEST_CASE(keeps_the_connection_when_what_is_unread_is_small) {
  server to{unauthorized};
  raw_client client{to};
  for (int each = 0; each < 3; ++each) {
    client.send(post_of(100000) + std::string(100000, 'x'));
    auto const reply = client.read_reply();
    BOOST_TEST(reply.status == 401U);
    BOOST_TEST(!reply.has("Connection: close"));
  }
}

BOOST_AUTO_TEST_CASE(ends_a_connection_that_sends_beyond_the_bound) {
  net::limits bounds;
  bounds.drain_bytes = 100000;
  server to{unauthorized, {.bounds = bounds}};
  raw_client client{to};
  client.send(post_of(1'000'000'000));
  std::string const piece(65536, 'x');
  std::size_t sent = 0;
  while (sent < 1'000'000'000 && client.send(piece)) {
    sent += piece.size();
  }
  BOOST_TEST(sent < 1'000'000'000U);
}

BOOST_AUTO_TEST_SUITE_END()
