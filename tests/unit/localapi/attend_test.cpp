#include "localapi/attend.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

using consentd::result;
using consentd::localapi::attend;
using consentd::localapi::journal_bell;
namespace asio = boost::asio;
namespace net = consentd::net;

namespace {

// A request whose peer does nothing but stay or go.
class waiting_peer final : public net::exchange {
public:
  explicit waiting_peer(asio::io_context& on) : gone_(on, asio::steady_timer::time_point::max()) {}

  void go() { gone_.expires_at(asio::steady_timer::clock_type::now()); }
  bool watched() const noexcept { return watched_; }

  net::request_head const& head() const noexcept override { return head_; }
  asio::awaitable<result<std::string>> read_body(std::size_t /*limit*/) override { co_return std::string(); }
  asio::awaitable<result<void>> send(net::response /*answer*/) override { co_return result<void>{}; }
  asio::awaitable<result<void>> start(net::response /*head*/) override { co_return result<void>{}; }
  asio::awaitable<result<void>> write(std::string_view /*bytes*/) override { co_return result<void>{}; }
  asio::awaitable<void> closed() override {
    watched_ = true;
    boost::system::error_code ignored;
    co_await gone_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
    watched_ = false;
  }

private:
  net::request_head head_;
  asio::steady_timer gone_;
  bool watched_ = false;
};

struct world {
  asio::io_context context;
  std::shared_ptr<journal_bell> bell = std::make_shared<journal_bell>(context.get_executor());
  journal_bell::sleeper sleeper{*bell, context.get_executor()};
  waiting_peer peer{context};

  void sleep() { sleeper.arm(std::chrono::steady_clock::now() + std::chrono::hours(24)); }
};

} // namespace

BOOST_AUTO_TEST_SUITE(attending)

BOOST_AUTO_TEST_CASE(a_peer_that_goes_ends_the_sleep_and_lets_the_work_finish) {
  world w;
  auto const work = [&]() -> asio::awaitable<std::string> {
    w.sleep();
    asio::post(w.context, [&] { w.peer.go(); });
    co_await w.sleeper.wait();
    BOOST_TEST(w.sleeper.dismissed());
    // What is still to be done is not cut off.
    co_await asio::post(asio::use_awaitable);
    co_return "finished";
  };
  auto done = asio::co_spawn(w.context, attend(w.peer, w.sleeper, work()), asio::use_future);
  w.context.run();
  BOOST_TEST(done.get() == "finished");
}

BOOST_AUTO_TEST_CASE(the_watch_ends_with_the_work) {
  world w;
  auto const work = [&]() -> asio::awaitable<std::string> {
    co_await asio::post(asio::use_awaitable);
    BOOST_TEST(w.peer.watched());
    co_return "finished";
  };
  auto done = asio::co_spawn(w.context, attend(w.peer, w.sleeper, work()), asio::use_future);
  w.context.run(); // returns: nothing is left to wait for
  BOOST_TEST(done.get() == "finished");
}

// Or a session with a bug in it would stay for as long as its peer does.
BOOST_AUTO_TEST_CASE(the_watch_ends_with_work_that_throws) {
  world w;
  auto const work = [&]() -> asio::awaitable<std::string> {
    co_await asio::post(asio::use_awaitable);
    throw std::logic_error("a bug");
  };
  auto done = asio::co_spawn(w.context, attend(w.peer, w.sleeper, work()), asio::use_future);
  w.context.run();
  BOOST_CHECK_THROW(done.get(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
