#include "tests/support/certificates.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/asio/use_awaitable.hpp>
#include <boost/test/unit_test.hpp>

#include <atomic>

using namespace consentd;
using namespace consentd::tests;

namespace {

// Counts the frames that hold one.
class frame_count {
public:
  explicit frame_count(std::atomic<int>& count) : count_{count} { ++count_; }
  frame_count(frame_count const&) = delete;
  frame_count& operator=(frame_count const&) = delete;
  ~frame_count() { --count_; }

private:
  std::atomic<int>& count_;
};

bool can_connect(server const& to) {
  try {
    raw_client const client{to};
    return true;
  } catch (std::system_error const&) {
    return false;
  }
}

} // namespace

BOOST_AUTO_TEST_SUITE(stop)

BOOST_AUTO_TEST_CASE(closes_idle_connections_and_accepts_no_more) {
  server to{echo};
  raw_client fresh{to};
  raw_client used{to};
  used.send(get);
  BOOST_TEST(used.read_reply().status == 200U);
  to.stop();
  BOOST_TEST(used.read_to_end() == "");
  BOOST_TEST(fresh.ends());
  BOOST_TEST(to.sessions() == 0U);
  BOOST_TEST(!can_connect(to));
}

BOOST_AUTO_TEST_CASE(lets_a_request_be_answered) {
  std::promise<void> begun;
  server to{[&begun](net::exchange& request) -> asio::awaitable<void> {
    begun.set_value();
    co_await request.closed();
    co_await echo(request);
  }};
  raw_client client{to};
  client.send(get);
  begun.get_future().get();
  to.stop();
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 200U);
  BOOST_TEST(reply.has("Connection: close"));
  BOOST_TEST(client.read_to_end() == "");
}

BOOST_AUTO_TEST_CASE(cuts_off_a_handler_that_waits_when_patience_is_over) {
  std::atomic<int> frames = 0;
  std::promise<void> begun;
  server to{[&](net::exchange&) -> asio::awaitable<void> {
    frame_count const counted{frames};
    begun.set_value();
    asio::steady_timer timer{co_await asio::this_coro::executor, std::chrono::hours{1}};
    co_await timer.async_wait(asio::use_awaitable);
  }};
  raw_client client{to};
  client.send(get);
  begun.get_future().get();
  to.stop(std::chrono::milliseconds{20});
  BOOST_TEST(frames == 0);
  BOOST_TEST(to.sessions() == 0U);
  BOOST_TEST(client.ends());
  BOOST_TEST(to.log().lines().empty());
}

BOOST_AUTO_TEST_CASE(cuts_off_a_handler_that_writes_to_a_client_that_never_reads) {
  std::atomic<int> frames = 0;
  std::promise<void> begun;
  server to{[&](net::exchange& request) -> asio::awaitable<void> {
    frame_count const counted{frames};
    auto head = answer(200);
    co_await request.start(std::move(head));
    begun.set_value();
    std::string const piece(65536, 'x');
    while (co_await request.write(piece)) {
    }
  }};
  raw_client client{to};
  client.send(get);
  begun.get_future().get();
  to.stop(std::chrono::milliseconds{20});
  BOOST_TEST(frames == 0);
}

BOOST_AUTO_TEST_CASE(cuts_off_clients_that_are_halfway) {
  auto const key = certificate_authority{}.issue();
  auto const tls = net::tls_context::make({key.certificate, key.private_key});
  server plain{echo};
  server secure{echo, {.tls = tls.value()}};
  raw_client header{plain};
  header.send("GET / HT");
  raw_client body{plain};
  body.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhalf");
  raw_client handshake{secure};
  handshake.send("\x16");
  plain.stop(std::chrono::milliseconds{20});
  secure.stop(std::chrono::milliseconds{20});
  BOOST_TEST(plain.sessions() == 0U);
  BOOST_TEST(secure.sessions() == 0U);
  BOOST_TEST(handshake.ends());
}

// A refused client's body is dropped for a while so that the answer reaches it; nobody may prolong a stop by that.
BOOST_AUTO_TEST_CASE(does_not_wait_for_bodies_that_nobody_wants) {
  net::limits bounds;
  bounds.write = std::chrono::hours{1};
  bounds.body = std::chrono::hours{1};
  server to{[](net::exchange& request) -> asio::awaitable<void> {
              auto refusal = answer(400);
              co_await request.send(std::move(refusal));
            },
            {.bounds = bounds}};
  raw_client skipped{to};
  skipped.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  raw_client dropped{to};
  dropped.send("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10\r\n\r\n");
  BOOST_TEST(skipped.read_reply().status == 400U);
  BOOST_TEST(dropped.read_reply().status == 400U);
  auto const begun = std::chrono::steady_clock::now();
  to.stop();
  BOOST_TEST((std::chrono::steady_clock::now() - begun < long_enough / 2));
  BOOST_TEST(to.sessions() == 0U);
}

BOOST_AUTO_TEST_CASE(removes_the_socket_file) {
  temporary_folder const folder;
  server to{echo, {.unix_path = folder / "api.sock"}};
  BOOST_TEST(::access((folder / "api.sock").c_str(), F_OK) == 0);
  to.stop();
  BOOST_TEST(::access((folder / "api.sock").c_str(), F_OK) != 0);
}

// For the sanitizers: handlers of every kind on four threads while the listener stops.
BOOST_AUTO_TEST_CASE(in_the_middle_of_traffic_leaves_no_frame_behind) {
  auto const authority = certificate_authority{};
  auto const key = authority.issue();
  temporary_folder const folder;
  write_text(folder / "ca.pem", authority.certificate());
  for (int round = 0; round < 3; ++round) {
    auto const tls = net::tls_context::make({key.certificate, key.private_key});
    std::atomic<int> frames = 0;
    std::atomic<int> answered = 0;
    server to{[&](net::exchange& request) -> asio::awaitable<void> {
                frame_count const counted{frames};
                if (request.head().path() == "/stream") {
                  auto head = answer(200);
                  co_await request.start(std::move(head));
                  co_await request.closed();
                  co_return;
                }
                co_await echo(request);
                ++answered;
              },
              {.tls = tls.value(), .threads = 4}};
    std::atomic<bool> over = false;
    std::vector<std::thread> clients;
    clients.reserve(4);
    for (int each = 0; each < 4; ++each) {
      clients.emplace_back([&, each] {
        http_client client{{.ca_file = folder / "ca.pem", .unix_socket = {}}};
        while (!over) {
          (void)client.request("POST", to.url() + (each == 0 ? "/stream" : "/"), {}, std::string(6000, 'x'));
        }
      });
    }
    while (answered < 20) {
      std::this_thread::yield();
    }
    to.stop(std::chrono::milliseconds{200});
    BOOST_TEST(frames == 0);
    over = true;
    for (auto& each : clients) {
      each.join();
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
