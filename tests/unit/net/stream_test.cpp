#include "tests/support/http_client.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace consentd;
using namespace consentd::tests;
using namespace boost::asio::experimental::awaitable_operators;

namespace {

asio::awaitable<void> three_pieces(net::exchange& request) {
  auto head = answer(200);
  head.fields.push_back({"Content-Type", "text/event-stream"});
  co_await request.start(std::move(head));
  co_await request.write("one ");
  co_await request.write("");
  co_await request.write("two ");
  co_await request.write("three");
}

// Streams one piece, then waits for the end.
asio::awaitable<void> until_closed(net::exchange& request) {
  auto head = answer(200);
  co_await request.start(std::move(head));
  co_await request.write("begun");
  co_await request.closed();
  co_await request.write("ended");
}

} // namespace

BOOST_AUTO_TEST_SUITE(stream)

BOOST_AUTO_TEST_CASE(is_chunked_and_keeps_the_connection) {
  server to{three_pieces};
  http_client client{{}};
  for (int each = 0; each < 2; ++each) {
    auto const reply = client.get(to.url() + "/");
    BOOST_TEST(reply.status == 200);
    BOOST_TEST(reply.body == "one two three");
    BOOST_TEST(reply.fields.at("transfer-encoding") == "chunked");
  }
  raw_client raw{to};
  raw.send(get + get);
  // The beginning of the second answer may have come with the first.
  auto const read = raw.read_until("0\r\n\r\n");
  BOOST_TEST(read.find("\r\n\r\n4\r\none \r\n4\r\ntwo \r\n5\r\nthree\r\n0\r\n\r\n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(is_delimited_by_the_end_for_an_old_client) {
  server to{three_pieces};
  raw_client client{to};
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  auto const all = client.read_to_end();
  BOOST_TEST(all.ends_with("\r\n\r\none two three"));
  BOOST_TEST(all.find("\r\nConnection: close\r\n") != std::string::npos);
  BOOST_TEST(all.find("chunked") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(has_no_body_in_answer_to_head) {
  server to{three_pieces};
  raw_client client{to};
  client.send("HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  BOOST_TEST(client.read_to_end().ends_with("\r\n\r\n"));
}

BOOST_AUTO_TEST_CASE(learns_that_the_client_half_closed) {
  server to{until_closed};
  raw_client client{to};
  client.send(get);
  BOOST_TEST(client.read_until("begun\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
  client.half_close();
  BOOST_TEST(client.read_to_end() == "5\r\nended\r\n0\r\n\r\n");
}

BOOST_AUTO_TEST_CASE(learns_that_the_client_reset_the_connection) {
  std::promise<void> over;
  server to{[&over](net::exchange& request) -> asio::awaitable<void> {
    co_await until_closed(request);
    over.set_value();
  }};
  raw_client client{to};
  client.send(get);
  client.read_until("begun\r\n");
  client.reset();
  over.get_future().get();
  BOOST_TEST(to.log().lines().empty());
}

BOOST_AUTO_TEST_CASE(is_ended_when_the_listener_stops) {
  server to{until_closed};
  raw_client client{to};
  client.send(get);
  client.read_until("begun\r\n");
  to.stop();
  BOOST_TEST(client.read_to_end() == "5\r\nended\r\n0\r\n\r\n");
}

// What a handler does that waits for news or for the end, whichever comes first.
asio::awaitable<void> ticks(net::exchange& request) {
  auto head = answer(200);
  co_await request.start(std::move(head));
  for (int each = 0; each < 5; ++each) {
    asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::milliseconds{1}};
    auto const which = co_await (timer.async_wait(asio::use_awaitable) || request.closed());
    if (which.index() == 1) {
      co_return;
    }
    co_await request.write("tick ");
  }
}

BOOST_AUTO_TEST_CASE(wait_for_the_end_can_be_cancelled_and_loses_no_byte) {
  server to{ticks};
  raw_client client{to};
  // The second request arrives during the first stream, partly: the wait reads it, and must keep it.
  client.send(get + get.substr(0, 10));
  client.read_until("0\r\n\r\n");
  client.send(get.substr(10));
  BOOST_TEST(client.read_until("0\r\n\r\n").starts_with("HTTP/1.1 200 OK\r\n"));
}

BOOST_AUTO_TEST_CASE(client_that_sends_without_end_during_a_stream_is_taken_as_gone) {
  std::promise<void> over;
  server to{[&over](net::exchange& request) -> asio::awaitable<void> {
    co_await until_closed(request);
    over.set_value();
  }};
  raw_client client{to};
  client.send(get);
  client.read_until("begun\r\n");
  client.send(std::string(100000, 'x'));
  over.get_future().get();
}

BOOST_AUTO_TEST_CASE(writes_fail_when_the_client_never_reads) {
  net::limits bounds;
  bounds.write = std::chrono::milliseconds{50};
  std::promise<reason> seen;
  server to{[&seen](net::exchange& request) -> asio::awaitable<void> {
              auto head = answer(200);
              co_await request.start(std::move(head));
              std::string const piece(65536, 'x');
              for (;;) {
                auto const written = co_await request.write(piece);
                if (!written) {
                  seen.set_value(written.error().code);
                  co_return;
                }
              }
            },
            {.bounds = bounds}};
  raw_client client{to};
  client.send(get);
  BOOST_TEST((seen.get_future().get() == reason::disconnected));
}

BOOST_AUTO_TEST_CASE(that_breaks_off_is_not_ended_properly) {
  server to{[](net::exchange& request) -> asio::awaitable<void> {
    auto head = answer(200);
    co_await request.start(std::move(head));
    co_await request.write("begun");
    throw std::runtime_error("broken");
  }};
  raw_client client{to};
  client.send(get);
  BOOST_TEST(client.read_to_end().ends_with("5\r\nbegun\r\n"));
  BOOST_TEST(to.log().saw("handler failed problem=broken"));
}

BOOST_AUTO_TEST_CASE(answer_out_of_order_is_a_bug) {
  server to{[](net::exchange& request) -> asio::awaitable<void> { co_await request.write("no head"); }};
  raw_client client{to};
  client.send(get);
  BOOST_TEST(client.read_reply().status == 500U);
}

BOOST_AUTO_TEST_SUITE_END()
