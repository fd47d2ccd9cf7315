#include "client/blocking.hpp"
#include "client/waits.hpp"

#include <consentd/client/stream.hpp>

#include <atomic>

namespace consentd::client {

struct event_stream::state {
  state(subscription to, settings how, keep_trying again)
      : by(context.get_executor(), std::move(to), std::move(how), std::move(again)) {}

  result<event> next(std::optional<std::chrono::milliseconds> patience);

  boost::asio::io_context context{1};
  async_event_stream by;
  running<result<event>> pending; // goes on where the last call gave up
  std::atomic<bool> cancelled = false;
};

result<event> event_stream::state::next(std::optional<std::chrono::milliseconds> patience) {
  if (!pending.runs()) {
    pending.start(context, by.next());
  }
  auto const until = std::chrono::steady_clock::now() + bounded(patience.value_or(std::chrono::milliseconds::zero()));
  while (pending.runs()) {
    // In this order, or a cancel() in between would be lost.
    context.restart();
    if (cancelled.exchange(false)) {
      return error{.code = errc::cancelled, .detail = "waiting for the next event"};
    }
    if (!patience) {
      context.run();
      continue;
    }
    context.poll(); // what is there is given, without patience too
    if (pending.runs() && context.run_until(until) == 0 && std::chrono::steady_clock::now() >= until) {
      return error{.code = errc::timed_out, .detail = "waiting for the next event"};
    }
  }
  return pending.take();
}

event_stream::event_stream(subscription to, settings how, keep_trying again)
    : state_(std::make_unique<state>(std::move(to), std::move(how), std::move(again))) {
}

event_stream::event_stream(event_stream&&) noexcept = default;
event_stream& event_stream::operator=(event_stream&&) noexcept = default;
event_stream::~event_stream() = default;

result<event> event_stream::next() {
  return state_->next(std::nullopt);
}

result<event> event_stream::next(std::chrono::milliseconds patience) {
  return state_->next(patience);
}

void event_stream::cancel() {
  state_->cancelled = true;
  state_->context.stop();
}

std::string const& event_stream::place() const noexcept {
  return state_->by.place();
}

} // namespace consentd::client
