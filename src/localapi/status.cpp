#include "localapi/status.hpp"

#include "localapi/problem.hpp"
#include "localapi/render.hpp"
#include "json/writer.hpp"

namespace consentd::localapi {

namespace {

void put_journal(json::writer& out, store::journal_extent const& extent) {
  out.name("journal").begin_object();
  put_text(out, "epoch", extent.epoch);
  put_number(out, "prunedUpTo", extent.pruned);
  put_number(out, "lastSequence", extent.last);
  put_text(out, "place", make_place(extent.epoch, extent.last));
  out.end_object();
}

void put_inbox(json::writer& out, store::statistics const& counted, bool behind) {
  out.name("inbox").begin_object();
  put_number(out, "pending", counted.pending);
  put_number(out, "waitingForConsent", counted.waiting_for_consent);
  put_number(out, "waitingForKeys", counted.waiting_for_keys);
  put_time(out, "oldestPendingAt", counted.oldest_pending);
  out.name("behind").boolean(behind);
  out.end_object();
}

void put_keys(json::writer& out, std::vector<key_fact> const& keys) {
  out.name("keys").begin_array();
  for (auto const& key : keys) {
    out.begin_object();
    put_text(out, "kind", key.kind);
    put_text(out, "name", key.name);
    put_time(out, "notAfter", key.not_after);
    if (key.uses) {
      put_number(out, "uses", *key.uses);
      put_time(out, "lastUsedAt", key.last_used);
    }
    out.end_object();
  }
  out.end_array();
}

} // namespace

boost::asio::awaitable<net::response> show_status(store::event_store& from, clock const& now, facts_source const& facts,
                                                  stream_count streams, std::chrono::seconds patience) {
  auto counted = co_await from.count();
  if (!counted) {
    co_return to_response(from_failure(counted.error()));
  }
  auto const daemon = facts();
  auto const as_of = now.now();
  auto const uptime = std::chrono::duration_cast<std::chrono::seconds>(as_of - daemon.started).count();
  json::writer out;
  out.begin_object();
  put_text(out, "version", daemon.version);
  put_time(out, "startedAt", daemon.started);
  out.name("uptimeSeconds").integer(uptime);
  put_time(out, "asOf", as_of);
  put_journal(out, from.extent());
  put_inbox(out, *counted, counted->oldest_pending && as_of - *counted->oldest_pending > patience);
  put_number(out, "consents", counted->consents);
  put_number(out, "quarantined", counted->quarantined);
  put_number(out, "databaseBytes", counted->database_bytes);
  out.name("streams").begin_object();
  put_number(out, "open", streams.open);
  put_number(out, "limit", streams.limit);
  out.end_object();
  put_keys(out, daemon.keys);
  out.end_object();
  co_return json_response(200, out.take());
}

} // namespace consentd::localapi
