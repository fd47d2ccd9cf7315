#include "localapi/api.hpp"

#include "localapi/announce.hpp"
#include "localapi/consents.hpp"
#include "localapi/deliveries.hpp"
#include "localapi/doubt.hpp"
#include "localapi/evidence.hpp"
#include "localapi/quarantine.hpp"
#include "localapi/resources.hpp"

#include <utility>

namespace consentd::localapi {

namespace asio = boost::asio;

api::api(store::event_store& store, clock const& now, log_sink& log, settings const& how, daemon_calls by)
    : store_(store), clock_(now), log_(log), how_(how), daemon_(std::move(by)), bell_(std::make_shared<journal_bell>()),
      streams_(store, *bell_, log, {.max_streams = how.max_streams, .heartbeat = how.heartbeat}) {
  store_.on_growth([bell = bell_] { bell->ring(); });
}

asio::awaitable<void> api::serve(net::exchange& request) {
  auto asked = find_route(request.head());
  if (asked && asked->route->where == endpoint::stream_events) {
    co_await streams_.serve(request, *asked);
    co_return;
  }
  net::response out;
  if (asked) {
    out = co_await answer(request, *asked);
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
    co_return co_await show_consent(store_, asked);
  case endpoint::announce_consent:
  case endpoint::bind_consent:
    co_return co_await announce_consent(store_, how_.max_body_bytes, request, asked);
  case endpoint::settle_doubt:
    co_return co_await settle_doubt(store_, how_.max_body_bytes, request, asked);
  case endpoint::consent_history:
    co_return co_await consent_history(store_, asked);
  case endpoint::consent_usable:
    co_return co_await consent_usable(store_, clock_, how_.behind_after, asked);
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
  case endpoint::erase_consent_data:
    co_return co_await erase_consent_data(store_, request, asked);
  case endpoint::show_resource:
    co_return co_await show_resource(store_, asked);
  case endpoint::show_status: {
    stream_count const streams{streams_.open(), streams_.limit()};
    co_return co_await show_status(store_, clock_, daemon_.facts, streams, how_.behind_after);
  }
  case endpoint::reload:
    co_return co_await localapi::reload(daemon_.reload);
  case endpoint::stream_events:
    break; // serve() does it: its answer has no end
  }
  problem const wrong{};
  co_return to_response(wrong);
}

net::response api::refuse(reason why, net::request_head const& /*head*/) {
  return to_response(from_failure({why, {}}));
}

} // namespace consentd::localapi
