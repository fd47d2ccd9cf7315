// A key set endpoint over real TLS, in a thread of its own.
#ifndef CONSENTD_TESTS_UNIT_HUB_KEY_SERVER_HPP
#define CONSENTD_TESTS_UNIT_HUB_KEY_SERVER_HPP

#include "net/listener.hpp"
#include "tests/support/certificates.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>

#include <functional>
#include <map>
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

  std::string const& port() const noexcept { return port_; }
  std::string origin(std::string const& host = "localhost") const { return "https://" + host + ":" + port_; }
  std::string url(std::string const& host = "localhost") const { return origin(host) + "/jwks"; }

  // What every path without an answer of its own gets.
  void answer(unsigned status, std::string body, std::vector<net::header_field> fields = {}) {
    std::lock_guard const lock(guard_);
    answer_ = {.status = status, .fields = std::move(fields), .body = std::move(body)};
  }
  void answer_at(std::string const& path, std::string body) {
    std::lock_guard const lock(guard_);
    at_path_[path] = {.status = 200, .fields = {}, .body = std::move(body)};
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
      auto const own = at_path_.find(request.head().target);
      answer = own == at_path_.end() ? answer_ : own->second;
    }
    co_await request.send(std::move(answer));
  }
  net::response refuse(reason, net::request_head const&) override { return {.status = 400, .fields = {}, .body = {}}; }

  mutable std::mutex guard_;
  net::response answer_;
  std::map<std::string, net::response, std::less<>> at_path_;
  std::size_t asked_ = 0;
  boost::asio::io_context context_{1};
  std::unique_ptr<net::listener> listener_;
  std::thread thread_;
  std::string port_;
};

} // namespace consentd::tests

#endif
