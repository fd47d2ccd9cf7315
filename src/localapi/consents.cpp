#include "localapi/consents.hpp"

#include "localapi/etag.hpp"
#include "localapi/numbered_rows.hpp"
#include "localapi/parameters.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace consentd::localapi {

namespace {

// Each read of the store looks through a bounded number of consents, and so does an answer: one that finds little goes
// on in the next.
constexpr int most_reads = 16;

struct listing {
  store::consent_filter filter;
  std::size_t limit = 0;
  std::string after;
};

parsed<listing> read_listing(target const& from) {
  auto status = read_status(from);
  auto kind = read_kind(from);
  auto issuer = read_text(from, "issuer");
  auto base = read_consent_id(from, "base_consent_id");
  auto updated_after = read_time(from, "updated_after");
  auto expires_before = read_time(from, "expires_before");
  auto limit = read_limit(from);
  auto cursor = read_cursor(from, "consents");
  if (auto wrong = first_problem(status, kind, issuer, base, updated_after, expires_before, limit, cursor)) {
    return *wrong;
  }
  listing made;
  made.filter = {*status, *kind, std::move(*issuer), std::move(*base), *updated_after, *expires_before};
  made.limit = *limit;
  made.after = cursor->value_or(std::string());
  return made;
}

} // namespace

problem no_such_consent() {
  return {problem_kind::not_found, "No consent of this id is known here.", "consent_id", {}};
}

boost::asio::awaitable<net::response> list_consents(store::event_store& from, call const& asked) {
  auto wanted = read_listing(asked.where);
  if (!wanted) {
    co_return to_response(wanted.error());
  }
  // Taken before the first row is read: a stream that begins here misses no change of any row.
  auto const extent = from.extent();
  json::writer out;
  out.begin_object().name("consents").begin_array();
  auto left = wanted->limit;
  std::optional<std::string> next = std::move(wanted->after);
  for (int reads = 0; next && left > 0 && reads < most_reads; ++reads) {
    auto page = co_await from.list(wanted->filter, *next, left);
    if (!page) {
      co_return to_response(from_failure(page.error()));
    }
    for (auto const& row : page->consents) {
      out.begin_object();
      put_consent(out, row, extent.epoch, detail_level::summary);
      out.end_object();
    }
    left -= page->consents.size();
    next = std::move(page->next);
  }
  out.end_array();
  put_text(out, "nextCursor", next ? make_cursor("consents", *next) : std::string());
  put_text(out, "place", make_place(extent.epoch, extent.last));
  out.end_object();
  co_return json_response(200, out.take());
}

boost::asio::awaitable<net::response> show_consent(store::event_store& from, net::request_head const& head,
                                                   call const& asked) {
  auto id = consent_id(asked.id);
  if (!id) {
    co_return to_response(id.error());
  }
  auto found = co_await from.find(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    co_return to_response(no_such_consent());
  }
  auto const epoch = from.extent().epoch;
  json::writer out;
  out.begin_object();
  put_consent(out, **found, epoch, detail_level::full);
  out.end_object();
  co_return json_unless_known(head, make_place(epoch, (*found)->sequence), out.take());
}

boost::asio::awaitable<net::response> consent_history(store::event_store& from, net::request_head const& head,
                                                      call const& asked) {
  auto id = consent_id(asked.id);
  auto limit = read_limit(asked.where);
  auto cursor = read_number_cursor(asked.where, "history");
  if (auto wrong = first_problem(id, limit, cursor)) {
    co_return to_response(*wrong);
  }
  auto found = co_await from.find(*id);
  if (!found) {
    co_return to_response(from_failure(found.error()));
  }
  if (!*found) {
    co_return to_response(no_such_consent());
  }
  auto const after = static_cast<std::uint64_t>(cursor->value_or(0));
  auto const rows = co_await from.history(*id, after, *limit + 1);
  if (!rows) {
    co_return to_response(from_failure(rows.error()));
  }
  auto const epoch = from.extent().epoch;
  auto const shown = shown_of(*rows, *limit);
  json::writer out;
  out.begin_object();
  put_text(out, "consentId", *id);
  put_rows(
      out, "history", shown, [&](auto const& row) { put_history_entry(out, row, epoch); },
      [](auto const& row) { return row.sequence; });
  out.end_object();
  auto const last = shown.rows.empty() ? after : shown.rows.back().sequence;
  co_return json_unless_known(head, make_place(epoch, last), out.take());
}

} // namespace consentd::localapi
