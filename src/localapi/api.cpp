#include "localapi/api.hpp"

#include "localapi/announce.hpp"
#include "localapi/consents.hpp"
#include "localapi/consumers.hpp"
#include "localapi/deliveries.hpp"
#include "localapi/doubt.hpp"
#include "localapi/events_page.hpp"
#include "localapi/evidence.hpp"
#include "localapi/operations.hpp"
#include "localapi/quarantine.hpp"
#include "localapi/resources.hpp"
#include "localapi/sent_object.hpp"
#include "localapi/usable.hpp"
#include "localapi/waiting.hpp"

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;

namespace {

// A user each, as far as that goes: those who share a number share its complaints.
constexpr std::size_t complaint_slots = 256;

} // namespace

api::api(asio::any_io_executor on, store::event_store& store, clock const& now, log_sink& log, settings const& how,
         access_rules who, daemon_calls by)
    : store_(store), clock_(now), log_(log), how_(how), daemon_(std::move(by)), access_(std::move(who)),
      refusals_(complaint_slots), bell_(std::make_shared<journal_bell>(std::move(on))),
      leases_(*bell_, how.consumer_lease), streams_(store, *bell_, access_, now, log,
                                                    {.max_streams = how.max_streams,
                                                     .max_streams_per_user = how.max_streams_per_user,
                                                     .heartbeat = how.heartbeat}) {
  store_.on_growth([bell = bell_] { bell->ring(); });
}

void api::replace(access_rules who) {
  access_.set(std::move(who));
  // Streams that nothing is sent on look, too.
  bell_->ring();
}

void api::tell_of_refusal(net::peer const& who, std::string_view what, right has) {
  auto const uid = who.uid.value_or(static_cast<uid_t>(-1));
  if (auto const times = refusals_.count(uid % complaint_slots, std::chrono::steady_clock::now())) {
    log_.write(severity::warning, "local call not permitted",
               {{"uid", std::to_string(uid)},
                {"pid", std::to_string(who.pid.value_or(0))},
                {"call", std::string(what)},
                {"has", std::string(to_string(has))},
                {"times", std::to_string(times)}});
  }
}

// In the log as well as in the store, for those who watch one place; the others have lines of their own.
void api::tell_of_change(net::peer const& who, call const& asked) {
  switch (asked.route->where) {
  case endpoint::keep_consumer:
  case endpoint::remove_consumer:
  case endpoint::seek:
  case endpoint::pause_consumer:
  case endpoint::resume_consumer:
  case endpoint::reload:
    log_.write(severity::info, "local call made a change",
               {{"uid", who.uid ? std::to_string(*who.uid) : std::string("unknown")},
                {"pid", std::to_string(who.pid.value_or(0))},
                {"call", std::string(asked.route->method) + " " + std::string(asked.route->path)},
                {"id", asked.id}});
    break;
  default:
    break;
  }
}

// Who has no right at all does not learn which calls there are.
std::optional<problem> api::check_right(net::peer const& who, parsed<call> const& asked, right has) {
  auto const needs = asked ? asked->route->needs : right::read;
  if (has >= needs) {
    return std::nullopt;
  }
  tell_of_refusal(who, asked ? asked->route->path : std::string_view("none"), has);
  auto const user = who.uid ? "User " + std::to_string(*who.uid) : std::string("Nobody");
  return problem{problem_kind::not_permitted,
                 user + " has the right \"" + std::string(to_string(has)) + "\" on this socket, and the call needs \"" +
                     std::string(to_string(needs)) + "\": [[access]] in the settings gives rights.",
                 {},
                 {}};
}

asio::awaitable<void> api::serve(net::exchange& request, right at_most) {
  auto asked = find_route(request.head());
  auto const has = std::min(at_most, access_.get()->of(request.head().peer));
  if (auto const refused = check_right(request.head().peer, asked, has)) {
    auto answer = to_response(*refused);
    co_await request.send(std::move(answer));
    co_return;
  }
  if (asked) {
    asked->at_most = at_most;
    asked->has = has;
  }
  if (asked && asked->route->where == endpoint::stream_events && asked->media != "application/json") {
    co_await streams_.serve(request, *asked);
    co_return;
  }
  if (asked && asked->route->where == endpoint::consumer_events) {
    co_await streams_.serve_consumer(request, *asked, leases_);
    co_return;
  }
  if (asked && asked->route->where == endpoint::snapshot) {
    co_await streams_.serve_snapshot(request, *asked);
    co_return;
  }
  net::response out;
  if (asked) {
    out = co_await answer(request, *asked);
    if (out.status < 400) {
      tell_of_change(request.head().peer, *asked);
    }
  } else {
    out = to_response(asked.error());
  }
  if (out.status >= 500) {
    log_.write(severity::warning, "local call failed",
               {{"method", request.head().method}, {"status", std::to_string(out.status)}});
  }
  co_await request.send(std::move(out));
}

asio::awaitable<net::response> api::answer(net::exchange& request, call const& asked) {
  switch (asked.route->where) {
  case endpoint::list_consents:
    co_return co_await list_consents(store_, asked);
  case endpoint::show_consent:
    if (asked.where.find("wait_for") || asked.where.find("timeout")) {
      co_return co_await wait_for_consent(store_, *bell_, request, asked);
    }
    co_return co_await show_consent(store_, request.head(), asked);
  case endpoint::announce_consent:
  case endpoint::bind_consent:
    co_return co_await announce_consent(store_, how_.max_body_bytes, request, asked);
  case endpoint::settle_doubt:
    co_return co_await settle_doubt(store_, how_.max_body_bytes, request, asked);
  case endpoint::consent_history:
    co_return co_await consent_history(store_, request.head(), asked);
  case endpoint::consent_usable:
    co_return co_await consent_usable(store_, clock_, how_.behind_after, asked);
  case endpoint::consents_usable: {
    usable_terms const terms{how_.behind_after, how_.max_body_bytes};
    co_return co_await consents_usable(store_, clock_, terms, request);
  }
  case endpoint::stream_events:
    co_return co_await events_page(store_, request.head(), asked);
  case endpoint::list_consumers:
  case endpoint::show_consumer:
  case endpoint::keep_consumer:
  case endpoint::remove_consumer:
  case endpoint::acknowledge:
  case endpoint::seek:
  case endpoint::pause_consumer:
  case endpoint::resume_consumer:
    co_return co_await answer_about_consumers(request, asked);
  case endpoint::list_quarantine:
    co_return co_await list_quarantine(store_, asked);
  case endpoint::show_quarantine:
    co_return co_await show_quarantine(store_, asked);
  case endpoint::retry_quarantined:
    co_return co_await retry_quarantined(store_, log_, request, asked);
  case endpoint::drop_quarantined:
    co_return co_await drop_quarantined(store_, log_, request, asked);
  case endpoint::find_deliveries:
    co_return co_await find_deliveries(store_, asked);
  case endpoint::show_delivery:
    co_return co_await show_delivery(store_, asked);
  case endpoint::show_evidence:
    co_return co_await show_evidence(store_, asked);
  case endpoint::erase_consent_data: {
    auto told = co_await erase_consent_data(store_, request, asked);
    streams_.forget_erased();
    co_return told;
  }
  case endpoint::show_resource:
    co_return co_await show_resource(store_, request.head(), asked);
  case endpoint::list_operations:
    co_return co_await list_operations(store_, asked);
  case endpoint::show_status: {
    stream_count const streams{streams_.open(), streams_.limit()};
    co_return co_await show_status(store_, clock_, daemon_.facts, streams, how_.behind_after);
  }
  case endpoint::reload:
    co_return co_await reload_settings(request);
  case endpoint::snapshot:
  case endpoint::consumer_events:
    break; // serve() does it: its answer has no end
  }
  problem const wrong{};
  co_return to_response(wrong);
}

asio::awaitable<net::response> api::reload_settings(net::exchange& request) {
  // Whoever asked may be gone before it is done, and it is recorded all the same.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  auto told = co_await localapi::reload(daemon_.reload);
  if (told.status < 400) {
    auto const noted = co_await store_.note(store::operation::reload, caller_of(request.head()), {});
    if (!noted) {
      log_.write(severity::warning, "operation not recorded", {{"detail", noted.error().detail}});
    }
  }
  co_await asio::this_coro::reset_cancellation_state();
  co_return told;
}

asio::awaitable<net::response> api::answer_about_consumers(net::exchange& request, call const& asked) {
  consumer_calls const with{store_, leases_, clock_, how_.max_body_bytes};
  switch (asked.route->where) {
  case endpoint::list_consumers:
    co_return co_await list_consumers(with);
  case endpoint::show_consumer:
    co_return co_await show_consumer(with, asked);
  case endpoint::keep_consumer:
    co_return co_await keep_consumer(with, request, asked);
  case endpoint::remove_consumer:
    co_return co_await remove_consumer(with, request, asked);
  case endpoint::acknowledge:
    co_return co_await acknowledge(with, request, asked);
  case endpoint::seek:
    co_return co_await seek(with, request, asked);
  default:
    co_return co_await pause_consumer(with, request, asked);
  }
}

asio::awaitable<void> door::serve(net::exchange& request) {
  return api_.serve(request, at_most_);
}

net::response door::refuse(reason why, net::request_head const& /*head*/) {
  return to_response(from_failure({why, {}}));
}

} // namespace consentd::localapi
