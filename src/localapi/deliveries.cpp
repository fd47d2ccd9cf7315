#include "localapi/deliveries.hpp"

#include "base/interaction_id.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <algorithm>

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

parsed<std::string> read_interaction_id(target const& from) {
  auto const text = from.find("interaction_id");
  if (!text) {
    return invalid("interaction_id", "This query parameter is required.");
  }
  if (!is_uuid(*text)) {
    return invalid("interaction_id", "A UUID is expected.");
  }
  return std::string(*text);
}

problem no_such_delivery(std::string detail) {
  return {problem_kind::not_found, std::move(detail), "delivery_id", {}};
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
  bool const more = rows->size() > *limit;
  auto const shown = std::min(rows->size(), *limit);
  json::writer out;
  out.begin_object().name("quarantine").begin_array();
  for (std::size_t at = 0; at < shown; ++at) {
    put_quarantine_entry(out, (*rows)[at]);
  }
  out.end_array();
  put_text(out, "nextCursor", more ? make_cursor("quarantine", std::to_string((*rows)[shown - 1].id)) : std::string());
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
    co_return to_response(no_such_delivery("No delivery of this number is in quarantine."));
  }
  json::writer out;
  put_quarantine_entry(out, **found);
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> find_deliveries(store::event_store& from, call const& asked) {
  auto id = read_interaction_id(asked.where);
  if (!id) {
    co_return to_response(id.error());
  }
  auto rows = co_await from.deliveries(std::move(*id), max_limit);
  if (!rows) {
    co_return to_response(from_failure(rows.error()));
  }
  auto const epoch = from.extent().epoch;
  json::writer out;
  out.begin_object().name("deliveries").begin_array();
  for (auto const& row : *rows) {
    put_delivery(out, row, epoch);
  }
  out.end_array().end_object();
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> show_delivery(store::event_store& from, call const& asked) {
  auto id = delivery_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto found = co_await from.find_delivery(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    co_return to_response(no_such_delivery("No delivery of this number is known."));
  }
  json::writer out;
  put_delivery(out, **found, from.extent().epoch);
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
