#include "ops/operations.hpp"

#include "net/listener.hpp"

#include <boost/test/unit_test.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include <arpa/inet.h>
#include <array>
#include <memory>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace consentd::ops {
namespace {

boost::asio::awaitable<void> stop_listener(net::listener& which) {
  co_await which.stop(std::chrono::seconds(5));
}

// The handler behind a real listener on loopback.
struct served {
  metrics counters{"1.2.3", timestamp{}};
  std::vector<condition> conditions{{"store", true, ""}, {"keys", true, "2 issuers"}};
  operations handler{counters, [this] { return conditions; }};
  boost::asio::io_context context{1};
  std::unique_ptr<net::listener> listener;
  std::uint16_t port = 0;
  std::thread thread;

  served() {
    auto socket = net::bound_socket::tcp("127.0.0.1", 0);
    BOOST_REQUIRE(socket.has_value());
    auto const name = socket->name();
    port = static_cast<std::uint16_t>(std::stoi(name.substr(name.rfind(':') + 1)));
    net::limits bounds;
    bounds.header_bytes = 2048;
    listener = net::listener::make(context.get_executor(), std::move(*socket), nullptr, bounds, handler, silent_log());
    listener->start();
    thread = std::thread([this] { context.run(); });
  }

  ~served() {
    boost::asio::co_spawn(context, stop_listener(*listener), boost::asio::detached);
    thread.join();
  }

  // The whole answer to a request line, on a connection of its own.
  std::string ask(std::string const& line, std::string const& fields = "") const {
    int const fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    BOOST_REQUIRE(::connect(fd, reinterpret_cast<sockaddr const*>(&to), sizeof to) == 0);
    auto const request = line + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + fields + "\r\n";
    BOOST_REQUIRE(::send(fd, request.data(), request.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(request.size()));
    std::string all;
    std::array<char, 4096> room{};
    for (ssize_t got = 0; (got = ::recv(fd, room.data(), room.size(), 0)) > 0;) {
      all.append(room.data(), static_cast<std::size_t>(got));
    }
    ::close(fd);
    return all;
  }
};

std::string body_of(std::string const& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

bool has(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(operations_over_http, served)

BOOST_AUTO_TEST_CASE(metrics_are_served_in_their_own_type) {
  counters.quarantined("signature");
  auto const answer = ask("GET /metrics");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 "), answer);
  BOOST_TEST(has(answer, "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"), answer);
  BOOST_TEST(has(body_of(answer), "consentd_quarantined_total{reason=\"signature\"} 1\n"));
}

BOOST_AUTO_TEST_CASE(live_whatever_the_conditions) {
  conditions = {{"store", false, "disk full"}};
  auto const answer = ask("GET /livez");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 "), answer);
  BOOST_TEST(has(answer, "\r\nCache-Control: no-store\r\n"), answer);
  BOOST_TEST(body_of(answer) == "ok\n");
}

BOOST_AUTO_TEST_CASE(ready_when_every_condition_holds) {
  auto const answer = ask("GET /readyz");
  BOOST_TEST(answer.starts_with("HTTP/1.1 200 "), answer);
  BOOST_TEST(body_of(answer) == "ok store\nok keys: 2 issuers\n");
}

BOOST_AUTO_TEST_CASE(not_ready_when_one_fails_and_says_which) {
  conditions[1] = {"keys", false, "no key set of\nhttps://bank.example"};
  auto const answer = ask("GET /readyz");
  BOOST_TEST(answer.starts_with("HTTP/1.1 503 "), answer);
  BOOST_TEST(body_of(answer) == "ok store\nfailed keys: no key set of https://bank.example\n");
}

BOOST_AUTO_TEST_CASE(head_is_answered_without_a_body) {
  for (auto const* const path : {"/metrics", "/livez", "/readyz"}) {
    auto const answer = ask(std::string("HEAD ") + path);
    BOOST_TEST(answer.starts_with("HTTP/1.1 200 "), answer);
    BOOST_TEST(body_of(answer).empty());
    BOOST_TEST(!has(answer, "Content-Length: 0\r\n"));
  }
}

BOOST_AUTO_TEST_CASE(other_paths_and_methods_are_refused) {
  for (auto const* const path : {"/", "/metrics/", "/Metrics", "/readyz/verbose", "/metrics%00"}) {
    BOOST_TEST(ask(std::string("GET ") + path).starts_with("HTTP/1.1 404 "), path);
  }
  for (auto const* const method : {"POST", "PUT", "DELETE", "OPTIONS"}) {
    auto const answer = ask(std::string(method) + " /metrics", "Content-Length: 0\r\n");
    BOOST_TEST(answer.starts_with("HTTP/1.1 405 "), answer);
    BOOST_TEST(has(answer, "\r\nAllow: GET, HEAD\r\n"), answer);
  }
  BOOST_TEST(ask("GET /livez?verbose").starts_with("HTTP/1.1 200 "));
}

BOOST_AUTO_TEST_CASE(what_is_no_request_is_answered) {
  BOOST_TEST(ask("GET").starts_with("HTTP/1.1 400 "));
  BOOST_TEST(ask("GET /livez", "X: " + std::string(4096, 'a') + "\r\n").starts_with("HTTP/1.1 431 "));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::ops
