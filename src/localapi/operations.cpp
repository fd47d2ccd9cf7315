#include "localapi/operations.hpp"

#include "localapi/numbered_rows.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace {

parsed<std::optional<store::operation>> read_operation(target const& from) {
  auto const text = from.find("operation");
  if (!text) {
    return std::optional<store::operation>{};
  }
  auto const named = store::parse_operation(*text);
  if (!named) {
    return invalid("operation", "An operation of docs/openapi.yaml, such as drop-delivery.");
  }
  return named;
}

parsed<std::optional<std::uint32_t>> read_user(target const& from) {
  auto const text = from.find("uid");
  if (!text) {
    return std::optional<std::uint32_t>{};
  }
  auto const number = read_number(*text);
  if (!number || *number > std::numeric_limits<std::uint32_t>::max()) {
    return invalid("uid", "The number of a user.");
  }
  return std::optional(static_cast<std::uint32_t>(*number));
}

void put_operation(json::writer& out, store::operation_record const& of) {
  out.begin_object();
  put_number(out, "operationId", static_cast<std::uint64_t>(of.id));
  put_time(out, "recordedAt", of.recorded);
  put_number(out, "uid", of.uid);
  put_text(out, "operation", to_string(of.what));
  put_text(out, "subject", of.subject);
  put_text(out, "detail", of.detail);
  out.end_object();
}

} // namespace

boost::asio::awaitable<net::response> list_operations(store::event_store& from, call const& asked) {
  auto const what = read_operation(asked.where);
  auto subject = read_text(asked.where, "subject");
  auto const user = read_user(asked.where);
  auto const limit = read_limit(asked.where);
  auto const cursor = read_number_cursor(asked.where, "operations");
  if (auto wrong = first_problem(what, subject, user, limit, cursor)) {
    co_return to_response(*wrong);
  }
  store::operation_filter filter{*what, std::move(*subject), *user};
  auto rows = co_await from.list_operations(std::move(filter), cursor->value_or(0), *limit + 1);
  if (!rows) {
    co_return to_response(from_failure(rows.error()));
  }
  json::writer out;
  out.begin_object();
  put_rows(
      out, "operations", shown_of(*rows, *limit), [&](auto const& row) { put_operation(out, row); },
      [](auto const& row) { return row.id; });
  out.end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
