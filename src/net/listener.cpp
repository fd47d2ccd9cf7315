#include "net/listener.hpp"

#include "net/accept_loop.hpp"

#include <utility>

namespace consentd::net {
namespace {

class socket_listener final : public listener {
public:
  explicit socket_listener(std::shared_ptr<accept_loop> loop) noexcept : loop_{std::move(loop)} {}

  void start() override { loop_->start(); }
  void replace(limits const& bounds) override { loop_->replace(bounds); }
  void ask_to_stop() override { loop_->ask_to_stop(); }
  boost::asio::awaitable<void> stop(std::chrono::milliseconds patience) override { return loop_->stop(patience); }
  std::size_t sessions() const noexcept override { return loop_->sessions(); }

private:
  std::shared_ptr<accept_loop> loop_;
};

} // namespace

std::unique_ptr<listener> listener::make(boost::asio::any_io_executor executor, bound_socket socket,
                                         std::shared_ptr<tls_context> tls, limits const& bounds, handler& serve,
                                         log_sink& log, proxy_protocol proxy) {
  auto terms = std::make_shared<session_terms const>(std::move(tls), bounds, serve, log, proxy);
  return std::make_unique<socket_listener>(
      std::make_shared<accept_loop>(std::move(executor), std::move(socket), std::move(terms)));
}

} // namespace consentd::net
