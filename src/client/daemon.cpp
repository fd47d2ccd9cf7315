#include "client/blocking.hpp"

#include <consentd/client/daemon.hpp>

namespace consentd::client {

namespace {

settings over_one_connection(settings how) {
  how.connections = 1;
  return how;
}

} // namespace

struct daemon::state {
  explicit state(settings how) : by(context.get_executor(), over_one_connection(std::move(how))) {}

  boost::asio::io_context context{1};
  async_daemon by;
};

daemon::daemon(settings how) : state_(std::make_unique<state>(std::move(how))) {
}

daemon::daemon(daemon&&) noexcept = default;
daemon& daemon::operator=(daemon&&) noexcept = default;
daemon::~daemon() = default;

result<answer> daemon::ask(request const& what) {
  running<result<answer>> call;
  call.start(state_->context, state_->by.ask(what));
  state_->context.restart();
  state_->context.run();
  return call.take();
}

} // namespace consentd::client
