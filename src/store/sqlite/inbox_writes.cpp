#include "store/sqlite/inbox_writes.hpp"

#include "store/sqlite/consent_rows.hpp"
#include "store/sqlite/doubt.hpp"
#include "store/sqlite/evidence.hpp"
#include "store/sqlite/retry.hpp"

#include <algorithm>
#include <chrono>

namespace consentd::store::sqlite {
namespace {

std::int64_t insert(ledger& in, new_delivery const& delivery) {
  run(in.db, "INSERT INTO bodies (body) VALUES (?)", blob{delivery.body});
  auto const id = in.db.last_id();
  query row(in.db, "INSERT INTO inbox (id, interaction_id, received, peer, bytes, bearer_issuer, bearer_identity) "
                   "VALUES (?, ?, ?, ?, ?, ?, ?)");
  row.put(id);
  row.put(std::string_view(delivery.interaction_id));
  row.put(delivery.received);
  row.put(std::string_view(delivery.peer));
  row.put(delivery.body.size());
  if (delivery.token) {
    row.put(std::string_view(delivery.token->issuer));
    row.put(std::string_view(delivery.token->identity));
  } else {
    row.put(std::nullopt);
    row.put(std::nullopt);
  }
  row.run();
  ++in.count.pending;
  in.count.inbox_bytes += delivery.body.size();
  in.after.inbox.push_back({inbox_change::what::ready, {id, delivery.received, false}, {}});
  return id;
}

void note_left_hand(ledger& in, std::int64_t delivery) {
  in.after.inbox.push_back({inbox_change::what::left_hand, {delivery, {}, false}, {}});
}

// A token is remembered at least this long, whatever its own end says.
constexpr std::chrono::hours shortest_memory{24};

std::optional<blob> maybe_blob(std::string_view bytes) {
  return bytes.empty() ? std::nullopt : std::optional(blob{bytes});
}

void record_delivery(ledger& in, inbox_row const& delivery, ending const& how) {
  query row(
      in.db,
      "INSERT INTO deliveries (id, interaction_id, received, peer, bearer_issuer, bearer_identity, finished, sequence, "
      "disposition, reason, detail, issuer, consent_id, jwe_kid, jws_kid, attempts, repeats) "
      "SELECT id, interaction_id, received, peer, bearer_issuer, bearer_identity, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? "
      "FROM inbox WHERE id = ?");
  row.put(in.now);
  row.put(how.sequence);
  row.put(to_stored(how.disposition));
  if (how.why != nullptr) {
    row.put(to_string(how.why->code));
    row.put(std::string_view(how.why->detail));
  } else {
    row.put(std::nullopt);
    row.put(std::string_view());
  }
  row.put(how.issuer);
  row.put(how.consent_id);
  row.put(how.jwe_kid);
  row.put(how.jws_kid);
  row.put(attempts_of(delivery));
  row.put(how.repeats);
  row.put(delivery.id);
  row.run();
}

void leave_inbox(ledger& in, inbox_row const& delivery) {
  run(in.db, "DELETE FROM inbox WHERE id = ?", delivery.id);
  --in.count.pending;
  in.count.inbox_bytes -= delivery.bytes;
  note_left_hand(in, delivery.id);
  in.after.finished.push_back(delivery.received);
}

// What was never opened goes last: it may be news of an end.
std::optional<std::int64_t> oldest_quarantined(ledger& in) {
  for (sql const text : {sql("SELECT id FROM quarantine INDEXED BY quarantine_evictable WHERE reason <> "
                             "'keys-unavailable' ORDER BY id LIMIT 1"),
                         sql("SELECT id FROM quarantine ORDER BY id LIMIT 1")}) {
    query oldest(in.db, text);
    if (oldest.step()) {
      return oldest.integer(0);
    }
  }
  return std::nullopt;
}

void count_waiting(ledger& in, waiting const& what, inbox_row const& delivery) {
  if (what.why == delivery_state::waiting_for_consent) {
    ++in.count.waiting_for_consent;
    return;
  }
  ++in.count.waiting_for_keys;
  in.count.waiting_by_issuer.add_one(what.what);
  in.count.inbox_bytes -= delivery.bytes;
}

void count_released(ledger& in, waiting const& what, std::size_t rows, std::uint64_t bytes) {
  in.count.pending += rows;
  if (what.why == delivery_state::waiting_for_consent) {
    in.count.waiting_for_consent -= rows;
    return;
  }
  in.count.waiting_for_keys -= rows;
  in.count.waiting_by_issuer.remove(what.what);
  in.count.inbox_bytes += bytes;
}

bool has_room_to_wait(ledger const& in, std::string const& issuer) {
  return in.count.waiting_by_issuer.of(issuer) < in.how.waiting_rows;
}

} // namespace

result<void> check_room(ledger const& in, std::size_t body_bytes) {
  if (in.count.pending >= in.how.inbox_rows) {
    return failure{reason::inbox_full,
                   "the inbox holds " + std::to_string(in.how.inbox_rows) + " deliveries to be opened"};
  }
  if (in.count.inbox_bytes + body_bytes > in.how.inbox_bytes) {
    return failure{reason::inbox_full, "the inbox holds " + std::to_string(in.count.inbox_bytes) + " bytes"};
  }
  return {};
}

result<appended> append(ledger& in, new_delivery const& delivery, digest const& body_digest) {
  std::string identity;
  if (delivery.token) {
    identity = token_identity(delivery.token->issuer, delivery.token->identity);
    if (auto const before = find_spent(in, token_kind::bearer, identity, body_digest)) {
      if (before->same) {
        return appended{before->delivery, true};
      }
      return failure{reason::bearer_replay, "the token came before with another body"};
    }
  }
  if (auto const room = check_room(in, delivery.body.size()); !room) {
    return room.error();
  }
  auto const id = insert(in, delivery);
  if (delivery.token) {
    auto const until = std::max(delivery.token->spent_until, in.now + shortest_memory);
    spend(in, token_kind::bearer, identity, body_digest, until, id);
  }
  return appended{id, false};
}

result<void> wait_for_keys(ledger& in, std::int64_t delivery, std::string const& issuer,
                           std::optional<std::string> const& jti) {
  auto const row = find_in_inbox(in, delivery);
  if (!row) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  auto const event = event_identity(issuer, jti);
  if (!has_room_to_wait(in, issuer)) {
    failure const why{reason::keys_unavailable,
                      std::to_string(in.how.waiting_rows) + " events wait for keys of this issuer already"};
    ending how;
    how.why = &why;
    how.issuer = issuer;
    how.event = event;
    quarantine(in, *row, how);
    return {};
  }
  auto const what = waits_for_keys(issuer);
  let_wait(in, *row, {what, event, {}});
  in.after.inbox.push_back({inbox_change::what::waits_for_keys, {}, issuer});
  return {};
}

std::size_t keys_arrived(ledger& in, std::string const& issuer) {
  auto const released = release(in, waits_for_keys(issuer));
  in.after.inbox.push_back({inbox_change::what::keys_arrived, {}, issuer});
  return released;
}

result<void> set_aside_refused(ledger& in, refusal const& refused) {
  auto const row = find_in_inbox(in, refused.delivery);
  if (!row) {
    return failure{reason::not_found, "no such delivery is to be opened"};
  }
  ending how;
  how.why = &refused.why;
  how.issuer = refused.issuer;
  how.consent_id = refused.consent_id;
  how.jwe_kid = refused.jwe_kid;
  how.jws_kid = refused.jws_kid;
  how.original = &refused.original;
  auto const event = event_identity(refused.issuer, refused.jti);
  how.event = event;
  if (refused.end) {
    if (auto const known = load_consent(in.db, refused.end->consent_id)) {
      cast_doubt(in, *known, *refused.end, *row);
    }
    how.consent_id = refused.end->consent_id;
  }
  quarantine(in, *row, how);
  return {};
}

std::uint32_t attempts_of(inbox_row const& delivery) noexcept {
  return delivery.opened + delivery.deaths + 1;
}

std::optional<inbox_row> find_in_inbox(ledger& in, std::int64_t delivery) {
  query row(
      in.db,
      "SELECT interaction_id, received, bytes, deaths, opened, event FROM inbox WHERE id = ? AND waits_for IS NULL",
      delivery);
  if (!row.step()) {
    return std::nullopt;
  }
  return inbox_row{delivery,
                   std::string(row.text(0)),
                   row.time(1),
                   static_cast<std::uint64_t>(row.integer(2)),
                   static_cast<std::uint32_t>(row.integer(3)),
                   static_cast<std::uint32_t>(row.integer(4)),
                   std::string(row.bytes(5))};
}

void finish(ledger& in, inbox_row const& delivery, ending const& how) {
  record_delivery(in, delivery, how);
  if (how.original != nullptr) {
    keep_evidence(in, delivery, *how.original, {});
  }
  leave_inbox(in, delivery);
  run(in.db, "DELETE FROM bodies WHERE id = ?", delivery.id);
  if (how.disposition) {
    in.after.decided.push_back(consent::to_string(*how.disposition));
  }
}

void quarantine(ledger& in, inbox_row const& delivery, ending const& how) {
  record_delivery(in, delivery, how);
  if (how.original != nullptr) {
    keep_evidence(in, delivery, *how.original, how.consent_id);
  }
  leave_inbox(in, delivery);
  auto const why = to_string(how.why->code);
  std::string_view const event = how.event.empty() ? std::string_view(delivery.event) : how.event;
  run(in.db, "INSERT INTO quarantine (id, reason, attempts, bytes, event) VALUES (?, ?, ?, ?, ?)", delivery.id, why,
      attempts_of(delivery), delivery.bytes, maybe_blob(event));
  ++in.count.quarantined;
  if (how.why->code == reason::keys_unavailable) {
    in.after.inbox.push_back({inbox_change::what::kept_for_keys, {}, std::string(how.issuer)});
  }
  while (in.count.quarantined > in.how.quarantine_rows) {
    auto const oldest = oldest_quarantined(in);
    if (!oldest || !drop(in, *oldest)) {
      break;
    }
  }
  in.after.quarantined.push_back(why);
}

void note_left_quarantine(ledger& in, reason why, std::string_view issuer) {
  --in.count.quarantined;
  if (why == reason::keys_unavailable) {
    in.after.inbox.push_back({inbox_change::what::left_keyless, {}, std::string(issuer)});
  }
}

by_issuer count_kept_for_keys(connection& on) {
  by_issuer found;
  query rows(on, "SELECT d.issuer, count(*) FROM quarantine AS q JOIN deliveries AS d ON d.id = q.id "
                 "WHERE q.reason = 'keys-unavailable' GROUP BY d.issuer");
  while (rows.step()) {
    found.emplace(rows.text(0), static_cast<std::uint64_t>(rows.integer(1)));
  }
  return found;
}

void let_wait(ledger& in, inbox_row const& delivery, pause const& how) {
  std::string_view const event = how.event.empty() ? std::string_view(delivery.event) : how.event;
  run(in.db, "UPDATE inbox SET waits_for = ?, opened = opened + 1, event = ?, held = ? WHERE id = ?", how.waits_for,
      maybe_blob(event), maybe_blob(how.held), delivery.id);
  --in.count.pending;
  count_waiting(in, stored_waiting(how.waits_for), delivery);
  note_left_hand(in, delivery.id);
}

std::size_t release(ledger& in, std::string_view what) {
  std::size_t released = 0;
  std::uint64_t bytes = 0;
  {
    query waiting(in.db, "SELECT id, received, bytes FROM inbox WHERE waits_for = ?", what);
    while (waiting.step()) {
      bytes += static_cast<std::uint64_t>(waiting.integer(2));
      in.after.inbox.push_back({inbox_change::what::ready, {waiting.integer(0), waiting.time(1), false}, {}});
      ++released;
    }
  }
  if (released > 0) {
    run(in.db, "UPDATE inbox SET waits_for = NULL WHERE waits_for = ?", what);
    count_released(in, stored_waiting(what), released, bytes);
  }
  return released;
}

std::optional<spent_token> find_spent(ledger& in, token_kind kind, std::string_view identity, digest const& content) {
  query row(in.db, "SELECT digest, delivery FROM spent WHERE kind = ? AND identity = ?", static_cast<int>(kind),
            blob{identity});
  if (!row.step()) {
    return std::nullopt;
  }
  return spent_token{row.bytes(0) == as_bytes(content), row.integer(1)};
}

void spend(ledger& in, token_kind kind, std::string_view identity, digest const& content, timestamp until,
           std::int64_t delivery) {
  run(in.db, "INSERT INTO spent (kind, identity, digest, until, delivery) VALUES (?, ?, ?, ?, ?)",
      static_cast<int>(kind), blob{identity}, as_blob(content), until, delivery);
  ++in.spent;
}

} // namespace consentd::store::sqlite
