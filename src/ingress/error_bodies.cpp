#include "ingress/error_bodies.hpp"

#include "ingress/error_message.hpp"
#include "ingress/wake_up.hpp"
#include "json/writer.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace consentd::ingress {

namespace asio = boost::asio;
using steady = std::chrono::steady_clock;

// Between the signing thread and a strand that may have stopped waiting. The ring publishes the text.
struct error_bodies::signed_later {
  explicit signed_later(asio::any_io_executor const& strand) : done(std::make_shared<wake_up>(strand)) {}
  std::shared_ptr<wake_up> done;
  std::string text;
};

namespace {

std::int64_t seconds_of(timestamp when) {
  return std::chrono::floor<std::chrono::seconds>(when).time_since_epoch().count();
}

std::string claims_of(reason why, error_terms const& how, timestamp now) {
  auto const issued = seconds_of(now);
  json::writer out;
  out.begin_object().member("iss", how.issuer);
  out.name("aud").begin_array().string(how.audience).end_array();
  out.name("iat").integer(issued).name("nbf").integer(issued).name("exp").integer(issued + how.lifetime.count());
  out.name("message").begin_object().name("Errors").begin_array().begin_object();
  out.member("Code", contract_code(why)).member("Message", error_message(why));
  out.end_object().end_array().end_object().end_object();
  return out.take();
}

} // namespace

error_bodies::error_bodies(std::optional<jose::signing_key> key, error_terms how, clock const& now)
    : now_(now), rate_(how.most_a_second), as_({std::move(key), std::move(how)}) {
}

void error_bodies::replace(std::optional<jose::signing_key> key, error_terms how) {
  {
    std::lock_guard const lock(guard_);
    rate_ = rate_limit(how.most_a_second);
  }
  as_.set({std::move(key), std::move(how)});
}

error_bodies::~error_bodies() {
  signer_.join();
}

asio::awaitable<std::string> error_bodies::body_for(reason why) {
  auto const as = as_.get();
  if (!as->key || contract_code(why).empty() || !admit(as->how)) {
    co_return std::string();
  }
  auto const deadline = steady::now() + as->how.patience;
  auto later = std::make_shared<signed_later>(co_await asio::this_coro::executor);
  asio::post(signer_, [this, as, later, why]() mutable { sign(*as, std::move(later), why); });
  bool const in_time = co_await later->done->wait(deadline);
  std::lock_guard const lock(guard_); // see sign()
  co_return in_time ? std::move(later->text) : std::string();
}

bool error_bodies::admit(error_terms const& how) {
  std::lock_guard const lock(guard_);
  if (under_way_ >= how.most_at_once || !rate_.admit(steady::now())) {
    return false;
  }
  ++under_way_;
  return true;
}

void error_bodies::sign(signatory const& as, std::shared_ptr<signed_later> into, reason why) noexcept {
  try {
    into->text = as.key->sign(claims_of(why, as.how, now_.now()));
  } catch (std::exception const&) {
    into->text.clear(); // no memory: the answer does without
  }
  // All under the guard, so that this thread has let go of the session's strand when the session goes on and may end.
  std::lock_guard const lock(guard_);
  --under_way_;
  into->done->ring();
  into.reset();
}

} // namespace consentd::ingress
