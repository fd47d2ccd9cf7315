#include "tests/support/process.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstring>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace consentd;
using namespace consentd::tests;

namespace {

// No descriptor can be opened while one lives.
class exhausted_descriptors {
public:
  exhausted_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &none);
  }
  exhausted_descriptors(exhausted_descriptors const&) = delete;
  exhausted_descriptors& operator=(exhausted_descriptors const&) = delete;
  ~exhausted_descriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

private:
  rlimit before_{};
};

class nobody final : public net::handler {
public:
  asio::awaitable<void> serve(net::exchange& request) override { co_await echo(request); }
  net::response refuse(reason, net::request_head const&) override { return answer(500); }
};

// Clients of a Unix socket who have connected and say nothing.
class crowd {
public:
  crowd(std::string const& path, std::size_t size) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path, path.data(), path.size());
    void const* const raw = &address;
    for (std::size_t each = 0; each < size; ++each) {
      auto const fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      members_.push_back({fd, POLLIN, 0});
      BOOST_REQUIRE(::connect(fd, static_cast<sockaddr const*>(raw), sizeof address) == 0);
    }
  }
  crowd(crowd const&) = delete;
  crowd& operator=(crowd const&) = delete;
  ~crowd() {
    for (auto const& each : members_) {
      ::close(each.fd);
    }
  }
  // Who was turned away so far.
  std::ptrdiff_t refused() {
    ::poll(members_.data(), members_.size(), 0);
    return std::count_if(members_.begin(), members_.end(), [](pollfd const& each) { return each.revents != 0; });
  }

private:
  std::vector<pollfd> members_;
};

} // namespace

BOOST_AUTO_TEST_SUITE(admission)

// Whoever connects without end, and is refused, must not keep the thread from those who are served.
BOOST_AUTO_TEST_CASE(crowd_at_the_door_leaves_others_their_turn) {
  temporary_folder const folder;
  asio::io_context context;
  nobody handler;
  recording_log log;
  net::limits bounds;
  bounds.connections_per_user = 1;
  auto socket = net::bound_socket::unix_path(folder / "s", {});
  auto const door =
      net::listener::make(context.get_executor(), std::move(socket).value(), nullptr, bounds, handler, log);
  door->start();
  constexpr std::ptrdiff_t size = 300;
  crowd outside{folder / "s", size};
  std::ptrdiff_t most = 0;
  for (std::ptrdiff_t refused = 0; refused < size - 1;) {
    context.run_one();
    auto const now = outside.refused();
    most = std::max(most, now - refused);
    refused = now;
  }
  BOOST_TEST(most > 0);
  BOOST_TEST(most <= 32);
  BOOST_TEST(door->sessions() == 1U);
  BOOST_TEST(log.lines().size() == 1U);
}

BOOST_AUTO_TEST_CASE(connection_above_the_bound_waits_until_one_ends) {
  net::limits bounds;
  bounds.connections = 2;
  server to{echo, {.bounds = bounds}};
  auto first = std::make_unique<raw_client>(to);
  raw_client second{to};
  first->send(get);
  second.send(get);
  BOOST_TEST(first->read_reply().status == 200U);
  BOOST_TEST(second.read_reply().status == 200U);
  raw_client third{to};
  third.send(get);
  // The listener is alive (it answers the others) and does not take the third.
  for (int each = 0; each < 50; ++each) {
    second.send(get);
    BOOST_TEST(second.read_reply().status == 200U);
  }
  pollfd waiting{third.native(), POLLIN, 0};
  BOOST_TEST(::poll(&waiting, 1, 0) == 0);
  BOOST_TEST(to.sessions() == 2U);
  first.reset();
  BOOST_TEST(third.read_reply().status == 200U);
}

BOOST_AUTO_TEST_CASE(bound_that_is_raised_admits_those_who_wait) {
  net::limits bounds;
  bounds.connections = 1;
  server to{echo, {.bounds = bounds}};
  raw_client first{to};
  first.send(get);
  BOOST_TEST(first.read_reply().status == 200U);
  raw_client second{to};
  second.send(get);
  bounds.connections = 2;
  to.replace(bounds);
  BOOST_TEST(second.read_reply().status == 200U);
  first.send(get);
  BOOST_TEST(first.read_reply().status == 200U);
}

BOOST_AUTO_TEST_CASE(limits_that_are_lowered_count_for_connections_that_come_later) {
  server to{echo};
  raw_client before{to};
  before.send(get);
  BOOST_TEST(before.read_reply().status == 200U);
  net::limits bounds;
  bounds.header_bytes = 1024;
  to.replace(bounds);
  std::string const large = "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n";
  // The loop takes what is waiting in its queue before it looks at new limits.
  auto const deadline = std::chrono::steady_clock::now() + long_enough;
  unsigned status = 0;
  while (status != 431U && std::chrono::steady_clock::now() < deadline) {
    raw_client after{to};
    after.send(large);
    status = after.read_reply().status;
  }
  BOOST_TEST(status == 431U);
  before.send(large);
  BOOST_TEST(before.read_reply().status == 200U);
}

BOOST_AUTO_TEST_CASE(stop_works_at_the_bound) {
  net::limits bounds;
  bounds.connections = 1;
  server to{echo, {.bounds = bounds}};
  raw_client only{to};
  only.send(get);
  BOOST_TEST(only.read_reply().status == 200U);
  to.stop();
  BOOST_TEST(only.read_to_end() == "");
}

BOOST_AUTO_TEST_CASE(lack_of_descriptors_is_survived_and_reported_once) {
  server to{echo};
  raw_client warm{to};
  warm.send(get);
  BOOST_TEST(warm.read_reply().status == 200U);
  auto leaving = std::make_unique<raw_client>(to);
  leaving->send(get);
  BOOST_TEST(leaving->read_reply().status == 200U);
  // This client has its descriptor already; its connection waits in the kernel's queue.
  auto const fd = raw_client::open(to);
  {
    exhausted_descriptors const none_left;
    raw_client::connect(fd, to);
    BOOST_TEST(to.log().saw("cannot accept connections"));
    // A session that ends makes the listener try again, which fails again: no second line.
    leaving.reset();
    while (to.sessions() > 1) {
      std::this_thread::yield();
    }
    warm.send(get);
    BOOST_TEST(warm.read_reply().status == 200U);
  }
  raw_client waited{fd};
  waited.send(get);
  BOOST_TEST(waited.read_reply().status == 200U);
  BOOST_TEST(to.log().lines().size() == 1U);
}

BOOST_AUTO_TEST_SUITE_END()
