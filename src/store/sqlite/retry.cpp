#include "store/sqlite/retry.hpp"

#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/operation_rows.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace consentd::store::sqlite {
namespace {

struct kept_row {
  released_delivery is;
  timestamp received;
  std::uint64_t bytes = 0;
  std::string issuer; // as claimed
};

std::optional<kept_row> find_kept(ledger& in, std::int64_t delivery) {
  query row(in.db,
            "SELECT q.reason, q.attempts, q.bytes, d.received, d.interaction_id, d.issuer FROM quarantine AS q "
            "JOIN deliveries AS d ON d.id = q.id WHERE q.id = ?",
            delivery);
  if (!row.step()) {
    return std::nullopt;
  }
  kept_row made;
  made.is.why = parse_reason(row.text(0)).value_or(reason::storage);
  made.is.attempts = static_cast<std::uint32_t>(row.integer(1));
  made.is.interaction_id = row.text(4);
  made.received = row.time(3);
  made.bytes = static_cast<std::uint64_t>(row.integer(2));
  made.issuer = row.text(5);
  return made;
}

failure not_there() {
  return {reason::not_found, "no delivery of this number is in quarantine"};
}

// What killed the daemon may do so again: one more death, and it is back in quarantine.
std::uint32_t deaths_of(kept_row const& row) noexcept {
  return row.is.why == reason::poison ? deaths_of_poison - 1 : 0;
}

bool is_named(std::string_view kid, std::vector<std::string> const& in) {
  return std::find(in.begin(), in.end(), kid) != in.end();
}

std::vector<std::int64_t> helped_by(ledger& in, remedy const& has_come, std::size_t at_most) {
  bool const by_kid =
      has_come.lacked == reason::unknown_decryption_key || has_come.lacked == reason::unknown_signing_key;
  query rows(in.db,
             "SELECT q.id, CASE q.reason WHEN 'unknown-decryption-key' THEN d.jwe_kid ELSE d.jws_kid END "
             "FROM quarantine AS q JOIN deliveries AS d ON d.id = q.id "
             "WHERE q.reason = ?1 AND (?2 = '' OR d.issuer = ?2) AND d.received <= ?3 AND d.finished <= ?4 "
             "ORDER BY q.id",
             to_string(has_come.lacked), std::string_view(has_come.issuer),
             has_come.received_until.value_or(timestamp::max()), has_come.refused_until.value_or(timestamp::max()));
  std::vector<std::int64_t> found;
  while (found.size() < at_most && rows.step()) {
    if (!by_kid || is_named(rows.text(1), has_come.kids)) {
      found.push_back(rows.integer(0));
    }
  }
  return found;
}

void put_into_inbox(ledger& in, std::int64_t delivery, kept_row const& row) {
  auto const deaths = deaths_of(row);
  // Deaths count as openings, so the sum stays what it was.
  auto const opened = row.is.attempts > deaths ? row.is.attempts - deaths : 0;
  run(in.db,
      "INSERT INTO inbox (id, interaction_id, received, peer, bearer_issuer, bearer_identity, bytes, deaths, opened, "
      "event) SELECT d.id, d.interaction_id, d.received, d.peer, d.bearer_issuer, d.bearer_identity, q.bytes, ?, ?, "
      "q.event FROM deliveries AS d JOIN quarantine AS q ON q.id = d.id WHERE d.id = ?",
      deaths, opened, delivery);
  run(in.db, "DELETE FROM quarantine WHERE id = ?", delivery);
  // Its record is written anew when it comes to its next outcome; until then it is pending, like any other.
  run(in.db, "DELETE FROM deliveries WHERE id = ?", delivery);
}

void note(ledger& in, operation what, std::int64_t delivery, released_delivery const& left, std::uint32_t uid) {
  auto const detail = "in quarantine for " + std::string(to_string(left.why)) + ", interaction " + left.interaction_id;
  note(in, what, uid, std::to_string(delivery), detail);
}

result<released_delivery> retry(ledger& in, std::int64_t delivery) {
  auto const row = find_kept(in, delivery);
  if (!row) {
    return not_there();
  }
  if (is_final(row->is.why)) {
    return failure{reason::conflict, "a retry cannot change the reason " + std::string(to_string(row->is.why)) + ": " +
                                         std::string(meaning(row->is.why))};
  }
  if (auto const room = check_room(in, row->bytes); !room) {
    return room.error();
  }
  put_into_inbox(in, delivery, *row);
  note_left_quarantine(in, row->is.why, row->issuer);
  ++in.count.pending;
  in.count.inbox_bytes += row->bytes;
  in.after.inbox.push_back({inbox_change::what::ready, {delivery, row->received, false}, {}});
  return row->is;
}

// Half of the inbox is left to what comes anew: what comes back by itself must not have everybody's deliveries refused.
bool leaves_room(ledger const& in) noexcept {
  return in.count.pending * 2 < in.how.inbox_rows && in.count.inbox_bytes * 2 < in.how.inbox_bytes;
}

failure for_new_ones() {
  return {reason::inbox_full, "the inbox is half full, and the rest is for new deliveries"};
}

} // namespace

result<released_delivery> retry_for(ledger& in, std::int64_t delivery, std::uint32_t uid) {
  auto left = retry(in, delivery);
  if (left) {
    note(in, operation::retry_delivery, delivery, *left, uid);
  }
  return left;
}

result<std::size_t> retry(ledger& in, remedy const& has_come, std::size_t at_most) {
  std::size_t released = 0;
  for (auto const delivery : helped_by(in, has_come, at_most)) {
    auto const done = leaves_room(in) ? retry(in, delivery) : result<released_delivery>(for_new_ones());
    if (!done) {
      return released == 0 ? result<std::size_t>(done.error()) : released;
    }
    ++released;
  }
  return released;
}

result<released_delivery> drop(ledger& in, std::int64_t delivery) {
  auto const row = find_kept(in, delivery);
  if (!row) {
    return not_there();
  }
  run(in.db, "DELETE FROM quarantine WHERE id = ?", delivery);
  run(in.db, "DELETE FROM bodies WHERE id = ?", delivery);
  note_left_quarantine(in, row->is.why, row->issuer);
  return row->is;
}

result<released_delivery> drop_for(ledger& in, std::int64_t delivery, std::uint32_t uid) {
  auto left = drop(in, delivery);
  if (left) {
    note(in, operation::drop_delivery, delivery, *left, uid);
  }
  return left;
}

} // namespace consentd::store::sqlite
