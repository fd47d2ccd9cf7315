#include "store/sqlite/consumer_rows.hpp"

#include "store/sqlite/columns.hpp"
#include "store/sqlite/encoding.hpp"
#include "store/sqlite/operation_rows.hpp"
#include "store/sqlite/schema.hpp"

#include <algorithm>
#include <utility>

namespace consentd::store::sqlite {
namespace {

constexpr sql_part columns = "name, uid, type, subject, status, kind, issuer, epoch, place, paused, created, seen, "
                             "generation, sent, set_at";

// From those, in their order.
consumer_record read_consumer(query const& row) {
  consumer_record made;
  made.of.name = row.text(0);
  made.of.uid = static_cast<std::uint32_t>(row.integer(1));
  auto& filter = made.of.filter;
  if (auto const type = row.maybe_integer(2)) {
    filter.type = stored_entry_type(*type);
  }
  filter.subject = row.maybe_text(3);
  filter.status = row.maybe_text(4);
  if (auto const kind = row.maybe_integer(5)) {
    filter.kind = stored_kind(*kind);
  }
  filter.issuer = row.maybe_text(6);
  made.epoch = row.text(7);
  made.place = static_cast<std::uint64_t>(row.integer(8));
  made.paused = row.integer(9) != 0;
  made.created = row.time(10);
  made.seen = row.time(11);
  made.generation = static_cast<std::uint64_t>(row.integer(12));
  made.sent = static_cast<std::uint64_t>(row.integer(13));
  made.set_at = static_cast<std::uint64_t>(row.integer(14));
  return made;
}

// Of another journal, it has dealt with nothing of this one.
std::uint64_t place_here(connection& on, consumer_record const& of) {
  return of.epoch == read_epoch(on) ? of.place : 0;
}

void add_oldest_unhandled(connection& on, consumer_record& to) {
  query next(on, "SELECT recorded FROM journal WHERE sequence > ? ORDER BY sequence LIMIT 1", place_here(on, to));
  if (next.step()) {
    to.oldest_unhandled = next.time(0);
  }
}

failure no_such_consumer() {
  return {reason::not_found, "there is no consumer of this name"};
}

// After a change: what it is now, which becomes known outside with the commit.
result<consumer_record> found_again(ledger& in, std::string const& name) {
  auto found = find_consumer(in.db, name);
  if (!found) {
    return no_such_consumer();
  }
  in.after.consumers.push_back({name, place_here(in.db, *found)});
  return std::move(*found);
}

result<void> check_room(ledger& in, std::uint32_t uid) {
  query counted(in.db, "SELECT count(*), count(*) FILTER (WHERE uid = ?) FROM consumers", uid);
  counted.step();
  auto const full = [&](int column, std::size_t bound) {
    return static_cast<std::size_t>(counted.integer(column)) >= bound;
  };
  if (full(0, in.how.consumers)) {
    return failure{reason::conflict, "as many consumers are there as may be: " + std::to_string(in.how.consumers)};
  }
  if (full(1, in.how.consumers_per_user)) {
    return failure{reason::conflict,
                   "as many consumers of one user are there as may be: " + std::to_string(in.how.consumers_per_user)};
  }
  return {};
}

std::uint64_t next_generation(ledger& in) {
  auto const next = read_mark(in.db, mark::consumer_changes) + 1;
  write_mark(in.db, mark::consumer_changes, next);
  return static_cast<std::uint64_t>(next);
}

void put_generation(ledger& in, std::string const& name) {
  run(in.db, "UPDATE consumers SET generation = ? WHERE name = ?", next_generation(in), std::string_view(name));
}

// From its place on everything is to come, whatever was sent before and may yet be acknowledged.
void begin_anew(ledger& in, std::string const& name) {
  put_generation(in, name);
  // Up to and with the entry that comes next: it may be there with this change, and read by the stream of before.
  run(in.db, "UPDATE consumers SET sent = place * (epoch = ?1), set_at = ?2 WHERE name = ?3",
      std::string_view(read_epoch(in.db)), newest_entry(in.db) + 1, std::string_view(name));
}

void add(ledger& in, consumer const& wanted, std::uint64_t after) {
  auto const& filter = wanted.filter;
  auto const epoch = read_epoch(in.db);
  run(in.db,
      "INSERT INTO consumers (name, uid, type, subject, status, kind, issuer, epoch, place, paused, created, seen) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 0, ?10, ?10)",
      std::string_view(wanted.name), wanted.uid, to_stored(filter.type), filter.subject, filter.status,
      to_stored(filter.kind), filter.issuer, std::string_view(epoch), after, in.now);
}

void put_place(ledger& in, std::string const& name, std::uint64_t place) {
  auto const epoch = read_epoch(in.db);
  run(in.db, "UPDATE consumers SET epoch = ?, place = ?, seen = ? WHERE name = ?", std::string_view(epoch), place,
      in.now, std::string_view(name));
}

// Looked at where the change is made: a name may have become another user's since somebody asked about it.
result<consumer_record> find_own(ledger& in, std::string const& name, consumer_caller const& by) {
  auto known = find_consumer(in.db, name);
  if (!known) {
    return no_such_consumer();
  }
  if (auto const theirs = check_owner(*known, by); !theirs) {
    return theirs.error();
  }
  return std::move(*known);
}

// A place that is none of this journal is refused, wherever it would lead.
result<consumer_record> find_to_move(ledger& in, std::string const& name, std::uint64_t to, consumer_caller const& by) {
  auto known = find_own(in, name, by);
  if (known && to > newest_entry(in.db)) {
    return failure{reason::invalid_argument, "the place is beyond the newest entry"};
  }
  return known;
}

} // namespace

result<kept_consumer> keep_consumer(ledger& in, std::string const& name, entry_filter const& filter,
                                    std::uint64_t after, consumer_caller const& by) {
  auto const before = find_own(in, name, by);
  bool const known = before.has_value();
  if (!known && before.error().code != reason::not_found) {
    return before.error();
  }
  if (auto const room = check_room(in, by.uid); !known && !room) {
    return room.error();
  }
  if (known) {
    run(in.db, "UPDATE consumers SET type = ?, subject = ?, status = ?, kind = ?, issuer = ?, seen = ? WHERE name = ?",
        to_stored(filter.type), filter.subject, filter.status, to_stored(filter.kind), filter.issuer, in.now,
        std::string_view(name));
  } else {
    add(in, {name, filter, by.uid}, after);
  }
  if (!known || before->of.filter != filter) {
    begin_anew(in, name);
    note(in, operation::keep_consumer, by.uid, name, known ? "its filter" : "new");
  }
  auto record = found_again(in, name);
  if (!record) {
    return record.error();
  }
  return kept_consumer{std::move(*record), !known};
}

result<consumer_record> acknowledge_consumer(ledger& in, std::string const& name, std::uint64_t to,
                                             consumer_caller const& by) {
  auto const known = find_to_move(in, name, to, by);
  if (!known) {
    return known.error();
  }
  auto const epoch = read_epoch(in.db);
  auto const before = place_here(in.db, *known);
  if (to <= before && known->epoch == epoch) {
    note_seen(in, name);
    return found_again(in, name);
  }
  if (is_bound(*known, epoch) && to > known->sent) {
    return failure{reason::conflict, "nothing was sent up to there since its place was set: read on, it comes again"};
  }
  put_place(in, name, to);
  if (by.uid != known->of.uid) {
    note_step(in, operation::acknowledge_consumer, by.uid, name, before, to);
  }
  return found_again(in, name);
}

result<consumer_record> seek_consumer(ledger& in, std::string const& name, std::uint64_t to,
                                      consumer_caller const& by) {
  auto const known = find_to_move(in, name, to, by);
  if (!known) {
    return known.error();
  }
  put_place(in, name, to);
  begin_anew(in, name);
  if (auto const before = place_here(in.db, *known); before != to) {
    note(in, operation::seek_consumer, by.uid, name, "from " + std::to_string(before) + " to " + std::to_string(to));
  }
  return found_again(in, name);
}

bool advance_consumer(ledger& in, std::string const& name, std::uint64_t generation, std::uint64_t from,
                      std::uint64_t to) {
  auto const known = find_consumer(in.db, name);
  bool const same = known && known->generation == generation && known->place >= from &&
                    known->epoch == read_epoch(in.db) && to >= known->place && to <= newest_entry(in.db);
  if (same) {
    put_place(in, name, to);
    in.after.consumers.push_back({name, to});
  }
  return same;
}

result<void> note_sent(ledger& in, std::string const& name, std::uint64_t generation, std::uint64_t sequence) {
  auto const known = find_consumer(in.db, name);
  if (!known || known->generation != generation) {
    return failure{reason::conflict, "it was changed or removed meanwhile"};
  }
  run(in.db, "UPDATE consumers SET sent = max(sent, ?), seen = ? WHERE name = ?", sequence, in.now,
      std::string_view(name));
  return {};
}

result<consumer_record> pause_consumer(ledger& in, std::string const& name, bool paused, consumer_caller const& by) {
  auto const known = find_own(in, name, by);
  if (!known) {
    return known.error();
  }
  run(in.db, "UPDATE consumers SET paused = ?, seen = ? WHERE name = ?", paused, in.now, std::string_view(name));
  if (known->paused != paused) {
    put_generation(in, name);
    note(in, paused ? operation::pause_consumer : operation::resume_consumer, by.uid, name, {});
  }
  return found_again(in, name);
}

void note_seen(ledger& in, std::string const& name) {
  run(in.db, "UPDATE consumers SET seen = ? WHERE name = ?", in.now, std::string_view(name));
}

result<consumer_record> remove_consumer(ledger& in, std::string const& name, consumer_caller const& by) {
  auto known = find_own(in, name, by);
  if (!known) {
    return known;
  }
  known->generation = next_generation(in);
  run(in.db, "DELETE FROM consumers WHERE name = ?", std::string_view(name));
  in.after.consumers.push_back({name, std::nullopt});
  note(in, operation::remove_consumer, by.uid, name,
       "at " + std::to_string(place_here(in.db, *known)) + ", of user " + std::to_string(known->of.uid));
  return known;
}

void forget_consumers(ledger& in) {
  query gone(in.db, "DELETE FROM consumers WHERE seen < ? AND NOT paused RETURNING name",
             in.now - in.how.consumers_for);
  while (gone.step()) {
    in.after.consumers.push_back({std::string(gone.text(0)), std::nullopt});
  }
}

std::optional<consumer_record> find_consumer(connection& on, std::string const& name) {
  std::optional<consumer_record> found;
  {
    query row(on, join_sql<"SELECT ", columns, " FROM consumers WHERE name = ?">(), std::string_view(name));
    if (row.step()) {
      found = read_consumer(row);
    }
  }
  if (found) {
    add_oldest_unhandled(on, *found);
  }
  return found;
}

std::map<std::string, std::uint64_t> consumer_places(connection& on) {
  std::map<std::string, std::uint64_t> places;
  for (auto const& one : list_consumers(on)) {
    places[one.of.name] = place_here(on, one);
  }
  return places;
}

std::vector<consumer_record> list_consumers(connection& on) {
  std::vector<consumer_record> all;
  {
    query rows(on, join_sql<"SELECT ", columns, " FROM consumers ORDER BY name">());
    while (rows.step()) {
      all.push_back(read_consumer(rows));
    }
  }
  for (auto& one : all) {
    add_oldest_unhandled(on, one);
  }
  return all;
}

} // namespace consentd::store::sqlite
