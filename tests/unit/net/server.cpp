#include "tests/unit/net/server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_future.hpp>

#include <stdexcept>
#include <utility>

namespace consentd::tests {
namespace {

net::bound_socket bind_for(server::setup const& how) {
  auto made =
      how.unix_path.empty() ? net::bound_socket::tcp("127.0.0.1", 0) : net::bound_socket::unix_path(how.unix_path, {});
  if (!made) {
    throw std::runtime_error(describe(made.error()));
  }
  return std::move(*made);
}

unsigned status_for(reason why) {
  switch (why) {
  case reason::header_too_large:
    return 431;
  case reason::request_timeout:
    return 408;
  default:
    return 400;
  }
}

} // namespace

void recording_log::write(severity, std::string_view event, std::initializer_list<log_field> fields) noexcept {
  std::string line{event};
  for (auto const& field : fields) {
    line += " " + std::string{field.name} + "=" + field.value;
  }
  std::lock_guard const lock{guard_};
  lines_.push_back(std::move(line));
}

std::vector<std::string> recording_log::lines() const {
  std::lock_guard const lock{guard_};
  return lines_;
}

bool recording_log::saw(std::string const& event) const {
  auto const end = std::chrono::steady_clock::now() + long_enough;
  while (std::chrono::steady_clock::now() < end) {
    for (auto const& line : lines()) {
      if (line.starts_with(event)) {
        return true;
      }
    }
    std::this_thread::yield();
  }
  return false;
}

server::server(script serve, setup how)
    : script_{std::move(serve)}, work_{context_.get_executor()}, tls_{how.tls != nullptr}, unix_path_{how.unix_path} {
  auto socket = bind_for(how);
  if (auto const colon = socket.name().rfind(':'); !socket.is_unix()) {
    port_ = static_cast<std::uint16_t>(std::stoul(socket.name().substr(colon + 1)));
  }
  listener_ = net::listener::make(context_.get_executor(), std::move(socket), std::move(how.tls), how.bounds, *this,
                                  log_, how.proxy);
  listener_->start();
  for (int each = 0; each < how.threads; ++each) {
    threads_.emplace_back([this] { context_.run(); });
  }
}

server::~server() {
  if (!stopped_) {
    stop(std::chrono::milliseconds{0});
  }
  work_.reset();
  context_.stop();
  for (auto& each : threads_) {
    each.join();
  }
}

std::string server::url() const {
  if (!unix_path_.empty()) {
    return "http://localhost";
  }
  return (tls_ ? "https://localhost:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::future<void> server::begin_stop(std::chrono::milliseconds how_long) {
  stopped_ = true;
  return asio::co_spawn(context_, listener_->stop(how_long), asio::use_future);
}

std::vector<server::refused> server::refusals() const {
  std::lock_guard const lock{guard_};
  return refusals_;
}

asio::awaitable<void> server::serve(net::exchange& request) {
  return script_(request);
}

net::response server::refuse(reason why, net::request_head const& head) {
  std::lock_guard const lock{guard_};
  refusals_.push_back({why, head.target});
  return answer(status_for(why), "refused");
}

asio::awaitable<void> echo(net::exchange& request) {
  auto body = co_await request.read_body(1'048'576);
  if (!body) {
    auto failed = answer(400, describe(body.error()));
    co_await request.send(std::move(failed));
    co_return;
  }
  auto text = request.head().method + " " + request.head().target;
  if (!body->empty()) {
    text += " " + *body;
  }
  auto done = answer(200, std::move(text));
  co_await request.send(std::move(done));
}

net::response answer(unsigned status, std::string body) {
  net::response made;
  made.status = status;
  made.body = std::move(body);
  return made;
}

} // namespace consentd::tests
