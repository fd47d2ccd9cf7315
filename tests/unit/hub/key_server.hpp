// A key set endpoint over real TLS, in a thread of its own.
#ifndef CONSENTD_TESTS_UNIT_HUB_KEY_SERVER_HPP
#define CONSENTD_TESTS_UNIT_HUB_KEY_SERVER_HPP

#include "net/listener.hpp"
#include "tests/support/certificates.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <mutex>
#include <string>
#include <thread>

namespace consentd::tests {

class key_server final : private net::handler {
public:
  explicit key_server(certified_key const& identity) {
    auto socket = net::bound_socket::tcp("127.0.0.1", 0).value();
    port_ = socket.name().substr(socket.name().rfind(':') + 1);
    auto tls = net::tls_context::make({identity.certificate, identity.private_key}).value();
    listener_ = net::listener::make(context_.get_executor(), std::move(socket), tls, {}, *this, silent_log());
    listener_->start();
    thread_ = std::thread([this] { context_.run(); });
  }
  key_server(key_server const&) = delete;
  key_server& operator=(key_server const&) = delete;
  ~key_server() override {
    boost::asio::co_spawn(context_, listener_->stop(std::chrono::seconds(1)), boost::asio::use_future).get();
    thread_.join();
  }

  std::string url(std::string const& host = "localhost") const { return "https://" + host + ":" + port_ + "/jwks"; }

  void answer(unsigned status, std::string body, std::vector<net::header_field> fields = {}) {
    std::lock_guard const lock(guard_);
    answer_.status = status;
    answer_.body = std::move(body);
    answer_.fields = std::move(fields);
  }
  std::size_t asked() const {
    std::lock_guard const lock(guard_);
    return asked_;
  }

private:
  boost::asio::awaitable<void> serve(net::exchange& request) override {
    net::response answer;
    {
      std::lock_guard const lock(guard_);
      ++asked_;
      answer = answer_;
    }
    co_await request.send(std::move(answer));
  }
  net::response refuse(reason, net::request_head const&) override { return {.status = 400, .fields = {}, .body = {}}; }

  mutable std::mutex guard_;
  net::response answer_;
  std::size_t asked_ = 0;
  boost::asio::io_context context_{1};
  std::unique_ptr<net::listener> listener_;
  std::thread thread_;
  std::string port_;
};

} // namespace consentd::tests

#endif
