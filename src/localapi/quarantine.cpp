#include "localapi/quarantine.hpp"

#include "localapi/deliveries.hpp"
#include "localapi/numbered_rows.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "localapi/sent_object.hpp"
#include "json/writer.hpp"

#include <string>

namespace consentd::localapi {

namespace {

parsed<std::optional<reason>> read_reason(target const& from) {
  auto const text = from.find("reason");
  if (!text) {
    return std::optional<reason>{};
  }
  auto const code = parse_reason(*text);
  if (!code) {
    return invalid("reason", "A reason of docs/reasons.md, such as issuer-mismatch.");
  }
  return code;
}

problem not_in_quarantine() {
  return {problem_kind::not_found, "No delivery of this number is in quarantine.", "delivery_id", {}};
}

void note(log_sink& log, std::string_view what, std::int64_t delivery, store::released_delivery const& left,
          net::exchange& request) {
  auto const uid = request.head().peer.uid;
  log.write(severity::info, what,
            {{"delivery", std::to_string(delivery)},
             {"interaction_id", left.interaction_id},
             {"reason", std::string(to_string(left.why))},
             {"attempts", std::to_string(left.attempts)},
             {"uid", uid ? std::to_string(*uid) : std::string("unknown")}});
}

problem about_retry(failure const& why) {
  return why.code == reason::not_found ? not_in_quarantine() : from_failure(why);
}

} // namespace

boost::asio::awaitable<net::response> list_quarantine(store::event_store& from, call const& asked) {
  auto why = read_reason(asked.where);
  auto limit = read_limit(asked.where);
  auto cursor = read_number_cursor(asked.where, "quarantine");
  if (auto wrong = first_problem(why, limit, cursor)) {
    co_return to_response(*wrong);
  }
  auto rows = co_await from.quarantined(*why, cursor->value_or(0), *limit + 1);
  if (!rows) {
    co_return to_response(from_failure(rows.error()));
  }
  json::writer out;
  out.begin_object();
  put_rows(
      out, "quarantine", shown_of(*rows, *limit), [&](auto const& row) { put_quarantine_entry(out, row); },
      [](auto const& row) { return row.id; });
  out.end_object();
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> show_quarantine(store::event_store& from, call const& asked) {
  auto id = delivery_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto found = co_await from.find_quarantined(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    co_return to_response(not_in_quarantine());
  }
  json::writer out;
  put_quarantine_entry(out, **found);
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> retry_quarantined(store::event_store& at, log_sink& log, net::exchange& request,
                                                        call const& asked) {
  auto id = delivery_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto left = co_await at.retry(*id, caller_of(request.head()));
  if (!left) {
    co_return to_response(about_retry(left.error()));
  }
  note(log, "delivery retried", *id, *left, request);
  co_return co_await show_delivery(at, asked);
}

boost::asio::awaitable<net::response> drop_quarantined(store::event_store& at, log_sink& log, net::exchange& request,
                                                       call const& asked) {
  auto id = delivery_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto left = co_await at.drop(*id, caller_of(request.head()));
  if (!left) {
    co_return to_response(about_retry(left.error()));
  }
  note(log, "quarantined delivery dropped", *id, *left, request);
  co_return co_await show_delivery(at, asked);
}

} // namespace consentd::localapi
