#include "localapi/deliveries.hpp"

#include "base/interaction_id.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

namespace consentd::localapi {

namespace {

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
