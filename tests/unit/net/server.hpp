// A listener with threads of its own and a handler that is written in the test.
#ifndef CONSENTD_TESTS_UNIT_NET_SERVER_HPP
#define CONSENTD_TESTS_UNIT_NET_SERVER_HPP

#include "net/listener.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace consentd::tests {

namespace asio = boost::asio;

// Far beyond any expectation: it only keeps a hanging test from hanging for ever.
constexpr std::chrono::seconds long_enough{60};

class recording_log final : public log_sink {
public:
  void write(severity level, std::string_view event, std::initializer_list<log_field> fields) noexcept override;
  // "event name=value …" of what was written.
  std::vector<std::string> lines() const;
  // Waits until a line begins with `event`.
  bool saw(std::string const& event) const;

private:
  mutable std::mutex guard_;
  std::vector<std::string> lines_;
};

class server final : private net::handler {
public:
  using script = std::function<asio::awaitable<void>(net::exchange&)>;
  struct setup {
    net::limits bounds{};
    std::shared_ptr<net::tls_context> tls{};
    std::string unix_path{};
    int threads = 2;
    net::proxy_protocol proxy = net::proxy_protocol::off;
  };

  explicit server(script serve) : server{std::move(serve), setup{}} {}
  server(script serve, setup how);
  ~server() override;

  std::uint16_t port() const noexcept { return port_; }
  std::string const& unix_path() const noexcept { return unix_path_; }
  // "https://localhost:8443", "http://127.0.0.1:8080", "http://localhost" over the Unix socket.
  std::string url() const;

  std::future<void> begin_stop(std::chrono::milliseconds how_long);
  void stop(std::chrono::milliseconds how_long = long_enough) { begin_stop(how_long).get(); }
  std::size_t sessions() const { return listener_->sessions(); }
  void replace(net::limits const& bounds) { listener_->replace(bounds); }
  asio::io_context& context() noexcept { return context_; }
  recording_log& log() noexcept { return log_; }

  // What refuse() was asked, in order, with the target known by then.
  struct refused {
    reason why;
    std::string target;
  };
  std::vector<refused> refusals() const;

private:
  asio::awaitable<void> serve(net::exchange& request) override;
  net::response refuse(reason why, net::request_head const& head) override;

  script script_;
  recording_log log_;
  mutable std::mutex guard_;
  std::vector<refused> refusals_;
  asio::io_context context_;
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  bool tls_;
  std::string unix_path_;
  std::uint16_t port_ = 0;
  std::unique_ptr<net::listener> listener_;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

// Answers every request with 200 and "METHOD target", after reading a body of up to 1 MiB, which follows after a blank.
asio::awaitable<void> echo(net::exchange& request);

net::response answer(unsigned status, std::string body = {});

} // namespace consentd::tests

#endif
