#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/asio/post.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

#include <sys/types.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::tests;

namespace {

// Keeps a copy of each request's head and answers 204.
struct head_keeper {
  asio::awaitable<void> operator()(net::exchange& request) const {
    {
      std::lock_guard const lock{*guard};
      heads->push_back(request.head());
    }
    auto done = answer(204);
    co_await request.send(std::move(done));
  }
  std::shared_ptr<std::mutex> guard = std::make_shared<std::mutex>();
  std::shared_ptr<std::vector<net::request_head>> heads = std::make_shared<std::vector<net::request_head>>();
};

} // namespace

BOOST_AUTO_TEST_SUITE(request)

BOOST_AUTO_TEST_CASE(fields_are_kept_in_order_with_their_names_and_duplicates) {
  head_keeper keeper;
  server to{keeper};
  raw_client client{to};
  auto const before = std::chrono::steady_clock::now();
  client.send("PATCH /a%20b?c=d?e HTTP/1.1\r\nhOsT: a\r\nX-One: 1\r\nx-one:2\t\r\nEmpty:\r\nContent-Length: 0\r\n\r\n");
  BOOST_REQUIRE(client.read_reply().status == 204U);
  auto const& head = keeper.heads->front();
  BOOST_TEST(head.method == "PATCH");
  BOOST_TEST(head.target == "/a%20b?c=d?e");
  BOOST_TEST(head.path() == "/a%20b");
  BOOST_TEST(head.query() == "c=d?e");
  BOOST_TEST(head.version == 11U);
  BOOST_REQUIRE(head.fields.size() == 5U);
  BOOST_TEST(head.fields[0].name == "hOsT");
  BOOST_TEST(head.fields[1].name == "X-One");
  BOOST_TEST(head.fields[2].name == "x-one");
  BOOST_TEST(head.fields[2].value == "2");
  BOOST_TEST(head.find("HOST").value() == "a");
  BOOST_TEST(head.find("empty").value() == "");
  BOOST_TEST(!head.find("x-one").has_value());
  BOOST_TEST(head.count("X-ONE") == 2U);
  BOOST_TEST(head.content_length.value() == 0U);
  BOOST_TEST(!head.chunked);
  BOOST_TEST((head.started >= before && head.started <= std::chrono::steady_clock::now()));
  BOOST_TEST(head.peer.address.starts_with("127.0.0.1:"));
  BOOST_TEST(!head.peer.uid.has_value());
}

BOOST_AUTO_TEST_CASE(unix_peer_is_known_by_its_credentials) {
  temporary_folder const folder;
  head_keeper keeper;
  server to{keeper, {.unix_path = folder / "api.sock"}};
  http_client client{{.ca_file = {}, .unix_socket = folder / "api.sock"}};
  BOOST_REQUIRE(client.get(to.url() + "/").status == 204);
  auto const& peer = keeper.heads->front().peer;
  BOOST_TEST(peer.address == "unix");
  BOOST_TEST(peer.uid.value() == ::getuid());
  BOOST_TEST(peer.gid.value() == ::getgid());
  BOOST_TEST(peer.pid.value() == ::getpid());
}

BOOST_AUTO_TEST_CASE(absolute_form_becomes_origin_form) {
  head_keeper keeper;
  server to{keeper};
  raw_client client{to};
  for (std::string const target : {"http://a/b?c", "HTTPS://a", "http://a?c", "http://a:80/"}) {
    client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
    BOOST_REQUIRE(client.read_reply().status == 204U);
  }
  BOOST_TEST(keeper.heads->at(0).target == "/b?c");
  BOOST_TEST(keeper.heads->at(1).target == "/");
  BOOST_TEST(keeper.heads->at(2).target == "/?c");
  BOOST_TEST(keeper.heads->at(3).target == "/");
}

BOOST_AUTO_TEST_CASE(pipelined_requests_are_answered_in_order) {
  server to{echo};
  raw_client client{to};
  std::string all;
  for (int each = 0; each < 200; ++each) {
    auto const body = "body " + std::to_string(each);
    all.append("POST /").append(std::to_string(each)).append(" HTTP/1.1\r\nHost: a\r\nContent-Length: ");
    all.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
    all += "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
  }
  client.send(all);
  for (int each = 0; each < 200; ++each) {
    auto const number = std::to_string(each);
    BOOST_TEST(client.read_reply().body == "POST /" + number + " body " + number);
    BOOST_TEST(client.read_reply().body == "POST /c abcde");
  }
}

// All in one packet, so that nothing ever has to be waited for, and one thread for everything.
BOOST_AUTO_TEST_CASE(pipelined_requests_leave_room_for_others) {
  std::atomic<int> served = 0;
  std::promise<int> served_before;
  server* all = nullptr;
  server to{[&](net::exchange& request) -> asio::awaitable<void> {
              if (++served == 1) {
                asio::post(all->context(), [&] { served_before.set_value(served); });
              }
              co_await echo(request);
            },
            {.threads = 1}};
  all = &to;
  std::string many;
  while (many.size() < 8000) {
    many += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  raw_client client{to};
  client.send(many);
  BOOST_TEST(served_before.get_future().get() < 100);
}

BOOST_AUTO_TEST_CASE(request_in_single_bytes_is_a_request) {
  server to{echo};
  raw_client client{to};
  for (char const each : std::string{"\r\nPOST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"}) {
    client.send({&each, 1});
  }
  BOOST_TEST(client.read_reply().body == "POST /a abc");
}

BOOST_AUTO_TEST_CASE(connection_is_kept_or_closed_as_the_client_asks) {
  server to{echo};
  struct sample {
    std::string request;
    bool kept;
    std::string field; // of the answer; empty for none
  };
  for (auto const& each :
       std::vector<sample>{{"GET / HTTP/1.1\r\nHost: a\r\n\r\n", true, ""},
                           {"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", false, "Connection: close"},
                           {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n", false, "Connection: close"},
                           {"GET / HTTP/1.0\r\n\r\n", false, "Connection: close"},
                           {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", true, "Connection: keep-alive"}}) {
    raw_client client{to};
    client.send(each.request);
    auto const reply = client.read_reply();
    BOOST_TEST(reply.body == "GET /");
    BOOST_TEST(reply.has("Connection: ") == !each.field.empty());
    BOOST_TEST((each.field.empty() || reply.has(each.field)));
    if (each.kept) {
      client.send(each.request);
      BOOST_TEST(client.read_reply().body == "GET /");
    } else {
      BOOST_TEST(client.ends());
    }
  }
}

BOOST_AUTO_TEST_CASE(half_closed_client_gets_its_answer) {
  server to{echo};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  client.half_close();
  BOOST_TEST(client.read_to_end().ends_with("GET /a"));
}

BOOST_AUTO_TEST_CASE(answer_to_head_has_the_length_and_no_body) {
  server to{echo};
  raw_client client{to};
  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\nGET /b HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const reply = client.read_reply(false);
  BOOST_TEST(reply.has("Content-Length: 7\r\n"));
  BOOST_TEST(client.read_reply().body == "GET /b");
}

BOOST_AUTO_TEST_CASE(answer_without_content_has_no_length) {
  server to{head_keeper{}};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 204U);
  BOOST_TEST(!reply.has("Content-Length"));
  BOOST_TEST(reply.has("Date: "));
}

BOOST_AUTO_TEST_CASE(empty_answer_says_that_it_is_empty) {
  server to{[](net::exchange& request) -> asio::awaitable<void> {
    auto done = answer(202);
    co_await request.send(std::move(done));
  }};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const reply = client.read_reply();
  BOOST_TEST(reply.head.starts_with("HTTP/1.1 202 Accepted\r\n"));
  BOOST_TEST(reply.has("Content-Length: 0\r\n"));
}

BOOST_AUTO_TEST_CASE(large_answer_arrives_whole) {
  std::string const large(3'000'000, 'x');
  server to{[&large](net::exchange& request) -> asio::awaitable<void> {
    auto done = answer(200, large);
    co_await request.send(std::move(done));
  }};
  http_client client{{}};
  BOOST_TEST((client.get(to.url() + "/").body == large));
  BOOST_TEST((client.get(to.url() + "/").body == large));
}

BOOST_AUTO_TEST_CASE(handler_that_throws_is_answered_for_with_500) {
  server to{[](net::exchange&) -> asio::awaitable<void> {
    throw std::runtime_error("broken");
    co_return;
  }};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 500U);
  BOOST_TEST(reply.has("Connection: close"));
  BOOST_TEST(client.ends());
  BOOST_TEST(to.log().saw("handler failed problem=broken"));
}

BOOST_AUTO_TEST_CASE(handler_that_does_not_answer_is_answered_for_with_500) {
  server to{[](net::exchange&) -> asio::awaitable<void> { co_return; }};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  BOOST_TEST(client.read_reply().status == 500U);
  BOOST_TEST(to.log().saw("handler failed problem=no answer"));
}

BOOST_AUTO_TEST_CASE(field_that_would_split_the_answer_is_not_sent) {
  server to{[](net::exchange& request) -> asio::awaitable<void> {
    auto done = answer(200);
    done.fields.push_back({"X", "a\r\nSet-Cookie: b"});
    co_await request.send(std::move(done));
  }};
  raw_client client{to};
  client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
  auto const all = client.read_to_end();
  BOOST_TEST(all.starts_with("HTTP/1.1 500 "));
  BOOST_TEST(all.find("Set-Cookie") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
