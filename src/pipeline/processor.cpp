#include "pipeline/processor.hpp"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <exception>
#include <utility>

namespace consentd::pipeline {

namespace asio = boost::asio;

namespace {

// The log's line for an event that was settled; `subject` is the id of what it is about.
struct outcome_line {
  log_sink& log;
  std::string const& interaction_id;
  std::string const& subject;

  void operator()(store::decided const& how) const { decided(how.disposition, how.status, how.alert); }
  void operator()(store::resource_decided const& how) const { decided(how.disposition, how.status, how.alert); }
  void operator()(store::passed_on const&) const { plain("event of an unknown family passed on"); }
  void operator()(store::repeated const&) const { plain("event of an unknown family came again"); }
  void operator()(store::held const& how) const {
    log.write(severity::info, how.joined ? "redelivery of a held event" : "event held until its consent is known",
              {{"interaction_id", interaction_id},
               {"subject", subject},
               {"held_as_delivery", how.joined ? std::to_string(*how.joined) : std::string("its own")}});
  }
  void operator()(store::set_aside const& how) const {
    log.write(severity::warning, "event quarantined",
              {{"interaction_id", interaction_id},
               {"subject", subject},
               {"reason", std::string(to_string(how.why.code))},
               {"detail", how.why.detail}});
  }

private:
  template <class Status>
  void decided(consent::disposition disposition, std::optional<Status> status, bool alert) const {
    log.write(alert ? severity::warning : severity::info, "event decided",
              {{"interaction_id", interaction_id},
               {"subject", subject},
               {"disposition", std::string(to_string(disposition))},
               {"status", status ? std::string(to_string(*status)) : std::string("none")}});
  }
  void plain(std::string_view event) const {
    log.write(severity::info, event, {{"interaction_id", interaction_id}, {"subject", subject}});
  }
};

} // namespace

processor::processor(asio::any_io_executor const& control, store::inbox& inbox, trust by, log_sink& log,
                     telemetry& counters, settings how)
    : strand_(asio::make_strand(control)), inbox_(inbox), trust_(std::move(by)), log_(log), counters_(counters),
      how_(how), pool_(how.threads), signal_(strand_) {
}

processor::~processor() {
  pool_.stop();
  pool_.join();
}

void processor::start() {
  running_ = true;
  asio::co_spawn(strand_, run(), asio::detached);
}

void processor::arrived() noexcept {
  if (poked_.exchange(true)) {
    return;
  }
  asio::post(strand_, [this] {
    poked_ = false;
    wake();
  });
}

asio::awaitable<void> processor::stop() {
  stopping_ = true;
  asio::post(strand_, [this] { wake(); });
  // Few and short turns: what is in hand is being judged or committed.
  asio::steady_timer turn(co_await asio::this_coro::executor);
  while (true) {
    bool const done = co_await asio::co_spawn(
        strand_,
        [](processor* self) -> asio::awaitable<bool> { co_return self->in_hand_ == 0 && !self->running_; }(this),
        asio::use_awaitable);
    if (done) {
      co_return;
    }
    turn.expires_after(std::chrono::milliseconds(5));
    co_await turn.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<void> processor::run() {
  while (!stopping_) {
    woken_ = false;
    // Refilling at half keeps the pool busy and lets one query fetch many.
    if (in_hand_ <= how_.in_hand / 2) {
      co_await take_some();
    }
    co_await idle();
  }
  running_ = false;
}

asio::awaitable<void> processor::take_some() {
  auto batch = co_await inbox_.take(how_.in_hand - in_hand_);
  if (!batch) {
    log_.write(severity::error, "inbox cannot be read", {{"detail", batch.error().detail}});
    signal_.expires_after(how_.storage_pause);
    boost::system::error_code woken;
    co_await signal_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    woken_ = true;
    co_return;
  }
  // More may be waiting than fitted into this hand.
  woken_ = woken_ || !batch->empty();
  for (auto& delivery : *batch) {
    take_up(std::move(delivery));
  }
}

void processor::take_up(store::pending_delivery delivery) {
  ++in_hand_;
  line_.push_back({delivery.interaction_id, std::nullopt});
  // A deque's elements stay where they are while others come and go at its ends.
  asio::post(pool_, [this, place = &line_.back(), delivery = std::move(delivery)] {
    auto const began = std::chrono::steady_clock::now();
    auto what = judge_safely(delivery);
    counters_.timed(stage::open, std::chrono::steady_clock::now() - began);
    asio::post(strand_, [this, place, what = std::move(what)]() mutable {
      place->what = std::move(what);
      record_judged();
    });
  });
}

asio::awaitable<void> processor::idle() {
  if (woken_ && in_hand_ <= how_.in_hand / 2) {
    co_return;
  }
  signal_.expires_at(asio::steady_timer::time_point::max());
  boost::system::error_code woken;
  co_await signal_.async_wait(asio::redirect_error(asio::use_awaitable, woken));
}

void processor::wake() {
  woken_ = true;
  signal_.cancel();
}

void processor::hand_back() noexcept {
  asio::post(strand_, [this] {
    --in_hand_;
    wake();
  });
}

verdict processor::judge_safely(store::pending_delivery const& delivery) noexcept {
  // A delivery must come to an outcome whatever its bytes provoke: kept aside it can be looked into, in the inbox it
  // would come back for ever.
  try {
    return judge(delivery, *trust_.get());
  } catch (std::exception const& thrown) {
    log_.write(severity::error, "exception while judging",
               {{"interaction_id", delivery.interaction_id}, {"detail", thrown.what()}});
    store::refusal refused;
    refused.delivery = delivery.delivery;
    refused.why = failure{reason::poison, "an exception was thrown while it was judged"};
    return refused;
  }
}

void processor::record_judged() {
  while (!line_.empty() && line_.front().what) {
    // Each hands its outcome to the store before it first waits, and the strand runs them in the order of these calls.
    asio::co_spawn(strand_, record_until_kept(std::move(line_.front())), [this](std::exception_ptr const& thrown) {
      if (thrown) {
        log_.write(severity::error, "delivery left in the inbox", {{"detail", "an exception left its processing"}});
      }
      hand_back();
    });
    line_.pop_front();
  }
}

// What the store could not keep is tried again by itself: the order holds for as long as the store works, and one
// outcome that can never be kept stands in nobody's way.
asio::awaitable<void> processor::record_until_kept(in_line judged) {
  asio::steady_timer pause(strand_);
  while (true) {
    auto const recorded = co_await record(*judged.what, judged.interaction_id);
    if (recorded) {
      co_return;
    }
    log_.write(severity::error, "outcome cannot be recorded",
               {{"interaction_id", judged.interaction_id}, {"detail", recorded.error().detail}});
    if (stopping_) {
      co_return; // it stays in the inbox, and the next start takes it up
    }
    pause.expires_after(how_.storage_pause);
    co_await pause.async_wait(asio::use_awaitable);
  }
}

asio::awaitable<result<void>> processor::record(verdict const& what, std::string const& interaction_id) {
  if (auto const* waits = std::get_if<awaits_keys>(&what)) {
    co_return co_await let_wait(*waits, interaction_id);
  }
  if (auto const* refused = std::get_if<store::refusal>(&what)) {
    co_return co_await set_aside(*refused, interaction_id);
  }
  // Copies: the event is kept for the next attempt, should this one fail.
  if (auto const* about_resource = std::get_if<store::resource_settlement>(&what)) {
    auto copy = *about_resource;
    co_return tell(co_await inbox_.settle(std::move(copy)), interaction_id, about_resource->report.id);
  }
  if (auto const* unknown = std::get_if<store::unknown_settlement>(&what)) {
    auto copy = *unknown;
    co_return tell(co_await inbox_.settle(std::move(copy)), interaction_id, unknown->report.id);
  }
  auto copy = std::get<store::settlement>(what);
  auto const subject = copy.report.consent_id;
  co_return tell(co_await inbox_.settle(std::move(copy)), interaction_id, subject);
}

asio::awaitable<result<void>> processor::let_wait(awaits_keys const& what, std::string const& interaction_id) {
  log_.write(severity::warning, "event waits for its issuer's keys",
             {{"interaction_id", interaction_id}, {"issuer", what.issuer}});
  auto issuer = what.issuer;
  auto jti = what.jti;
  auto const recorded = co_await inbox_.wait_for_keys(what.delivery, std::move(issuer), std::move(jti));
  // Keys that arrived after it was judged and before this was recorded have released nothing: they are asked for again.
  trust_.get()->issuers.ask_for(what.issuer);
  co_return recorded;
}

asio::awaitable<result<void>> processor::set_aside(store::refusal refused, std::string const& interaction_id) {
  log_.write(severity::warning, "event quarantined",
             {{"interaction_id", interaction_id},
              {"reason", std::string(to_string(refused.why.code))},
              {"detail", refused.why.detail}});
  co_return co_await inbox_.set_aside(std::move(refused));
}

result<void> processor::tell(result<store::outcome> const& became, std::string const& interaction_id,
                             std::string const& subject) const {
  if (!became) {
    return became.error();
  }
  std::visit(outcome_line{log_, interaction_id, subject}, *became);
  return {};
}

} // namespace consentd::pipeline
