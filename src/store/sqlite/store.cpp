#include "store/sqlite/checkpointer.hpp"
#include "store/sqlite/consent_writes.hpp"
#include "store/sqlite/consumer_rows.hpp"
#include "store/sqlite/evidence.hpp"
#include "store/sqlite/files.hpp"
#include "store/sqlite/inbox_writes.hpp"
#include "store/sqlite/key_sets.hpp"
#include "store/sqlite/open.hpp"
#include "store/sqlite/operation_rows.hpp"
#include "store/sqlite/reader_pool.hpp"
#include "store/sqlite/reads.hpp"
#include "store/sqlite/retry.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/start.hpp"
#include "store/sqlite/writer.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace consentd::store::sqlite {
namespace {

// The highest number of the journal that a reader met.
std::uint64_t newest_in(consent_record const& met) noexcept {
  return met.sequence;
}
std::uint64_t newest_in(resource_record const& met) noexcept {
  return met.sequence;
}
std::uint64_t newest_in(journal_entry const& met) noexcept {
  return met.sequence;
}
std::uint64_t newest_in(delivery_record const& met) noexcept {
  return met.sequence.value_or(0);
}
template <class T>
std::uint64_t newest_in(std::optional<T> const& met) noexcept {
  return met ? newest_in(*met) : 0;
}
std::uint64_t newest_in(standing const& met) noexcept {
  return newest_in(met.consent);
}
template <class T>
std::uint64_t newest_in(std::vector<T> const& met) noexcept {
  std::uint64_t newest = 0;
  for (auto const& one : met) {
    newest = std::max(newest, newest_in(one));
  }
  return newest;
}
std::uint64_t newest_in(consent_page const& met) noexcept {
  return newest_in(met.consents);
}

// Who is no further than this from the journal's end has little to look through.
constexpr std::uint64_t near_the_end = 64;

class sqlite_store final : public event_store {
public:
  sqlite_store(settings const& how, clock const& now, log_sink& log, telemetry& counters, foundation base)
      : how_(how), lock_(std::move(base.lock)), marks_(std::move(base.marks)), worklist_(*marks_),
        facts_(read_epoch(base.write), static_cast<std::uint64_t>(read_mark(base.write, mark::pruned)),
               base.found.last_sequence, base.found.count),
        checkpointer_(open_for_checkpoints(how.path), log, [this] { writer_.empty_wal_soon(); }),
        writer_(std::move(base.write), {how_, now, log, counters, worklist_, facts_, checkpointer_, *marks_}),
        readers_(connections(how), log) {
    for (auto const& [name, place] : base.found.consumers) {
      facts_.set_consumer(name, place);
    }
    auto const& count = base.found.count;
    counters.inbox(count.pending, count.waiting_for_consent + count.waiting_for_keys);
    worklist_.start(std::move(base.found.pending), count.waiting_by_issuer.all(), base.found.kept_for_keys);
  }

  // The threads end in the order that leaves none of them a partner that is gone.
  ~sqlite_store() override { checkpointer_.stop(); }
  sqlite_store(sqlite_store const&) = delete;
  sqlite_store& operator=(sqlite_store const&) = delete;

  async_result<appended> append(new_delivery delivery) override {
    // Here, on the caller's thread: the writer's is the one that cannot be multiplied.
    auto const body_digest = sha256(delivery.body);
    weight const of{delivery.body.size(), reason::inbox_full};
    return writer_.submit<appended>(
        [delivery = std::move(delivery), body_digest](ledger& in) { return sqlite::append(in, delivery, body_digest); },
        of);
  }

  async_result<std::vector<pending_delivery>> take(std::size_t at_most) override {
    return readers_.submit<std::vector<pending_delivery>>(
        effort::lookup, [this, at_most](connection& on) { return take_picked(on, at_most); });
  }

  async_result<outcome> settle(settlement event) override {
    return writer_.submit<outcome>([event = std::move(event)](ledger& in) { return sqlite::settle(in, event); });
  }

  async_result<outcome> settle(resource_settlement event) override {
    return writer_.submit<outcome>([event = std::move(event)](ledger& in) { return sqlite::settle(in, event); });
  }

  async_result<outcome> settle(unknown_settlement event) override {
    return writer_.submit<outcome>([event = std::move(event)](ledger& in) { return sqlite::settle(in, event); });
  }

  async_result<void> set_aside(refusal refused) override {
    return writer_.submit<void>([refused = std::move(refused)](ledger& in) { return set_aside_refused(in, refused); });
  }

  async_result<void> wait_for_keys(std::int64_t delivery, std::string issuer, std::optional<std::string> jti) override {
    return writer_.submit<void>([delivery, issuer = std::move(issuer), jti = std::move(jti)](ledger& in) {
      return sqlite::wait_for_keys(in, delivery, issuer, jti);
    });
  }

  async_result<std::size_t> keys_arrived(std::string issuer) override {
    return writer_.submit<std::size_t>(
        [issuer = std::move(issuer)](ledger& in) -> result<std::size_t> { return sqlite::keys_arrived(in, issuer); });
  }

  async_result<announced> announce(announcement consent) override {
    return writer_.submit<announced>(
        [consent = std::move(consent)](ledger& in) { return sqlite::announce(in, consent); });
  }

  async_result<announced> bind(announcement consent) override {
    return writer_.submit<announced>([consent = std::move(consent)](ledger& in) { return sqlite::bind(in, consent); });
  }

  async_result<consent_record> settle_doubt(finding found) override {
    return writer_.submit<consent_record>(
        [found = std::move(found)](ledger& in) { return sqlite::settle_doubt(in, found); });
  }

  async_result<std::optional<erased>> erase(std::string consent_id, std::uint32_t uid) override {
    return writer_.submit<std::optional<erased>>(
        [id = std::move(consent_id), uid](ledger& in) { return sqlite::erase(in, id, uid); });
  }

  async_result<std::size_t> lapse(timestamp now, std::size_t at_most) override {
    return writer_.submit<std::size_t>(
        [now, at_most](ledger& in) -> result<std::size_t> { return sqlite::lapse(in, now, at_most); });
  }

  async_result<std::optional<consent_record>> find(std::string consent_id) override {
    return ask_of_changes<std::optional<consent_record>>(
        effort::lookup, [id = std::move(consent_id)](connection& on) { return find_consent(on, id); });
  }

  async_result<std::optional<resource_record>> find(resource_key key) override {
    return ask_of_changes<std::optional<resource_record>>(
        effort::lookup, [key = std::move(key)](connection& on) { return find_resource(on, key); });
  }

  async_result<standing> find_standing(std::string consent_id) override {
    return ask_of_changes<standing>(effort::lookup, [this, id = std::move(consent_id)](connection& on) {
      return sqlite::find_standing(on, worklist_, id);
    });
  }

  async_result<std::vector<standing>> find_standings(std::vector<std::string> consent_ids) override {
    return ask_of_changes<std::vector<standing>>(effort::lookup, [this, ids = std::move(consent_ids)](connection& on) {
      std::vector<standing> found;
      found.reserve(ids.size());
      for (auto const& id : ids) {
        found.push_back(sqlite::find_standing(on, worklist_, id));
      }
      return found;
    });
  }

  async_result<consent_page> list(consent_filter filter, std::string after, std::size_t limit) override {
    return ask_of_changes<consent_page>(effort::page,
                                        [filter = std::move(filter), after = std::move(after), limit](connection& on) {
                                          return list_consents(on, filter, after, limit);
                                        });
  }

  async_result<std::vector<journal_entry>> history(std::string consent_id, std::uint64_t after,
                                                   std::size_t limit) override {
    return ask_of_changes<std::vector<journal_entry>>(
        effort::page,
        [id = std::move(consent_id), after, limit](connection& on) { return sqlite::history(on, id, after, limit); });
  }

  async_result<journal_page> read(std::uint64_t after, std::size_t limit) override {
    auto const how = after + near_the_end >= facts_.last() ? effort::lookup : effort::page;
    return ask<journal_page>(how, [this, after, limit](connection& on) {
      auto page = read_journal(on, after, limit);
      if (page.examined > after) { // and so it is of an entry that is there
        facts_.set_last(page.examined);
      }
      return page;
    });
  }

  bool is_failing() const noexcept override { return facts_.failing(); }

  journal_extent extent() const override { return {facts_.epoch(), facts_.pruned(), facts_.last()}; }

  async_result<kept_consumer> keep(std::string name, entry_filter filter, std::uint64_t after,
                                   consumer_caller by) override {
    return writer_.submit<kept_consumer>([name = std::move(name), filter = std::move(filter), after, by](ledger& in) {
      return keep_consumer(in, name, filter, after, by);
    });
  }

  async_result<std::optional<consumer_record>> find_consumer(std::string name) override {
    return ask<std::optional<consumer_record>>(
        effort::lookup, [name = std::move(name)](connection& on) { return sqlite::find_consumer(on, name); });
  }

  async_result<std::vector<consumer_record>> list_consumers() override {
    return ask<std::vector<consumer_record>>(effort::page, [](connection& on) { return sqlite::list_consumers(on); });
  }

  async_result<consumer_record> acknowledge(std::string name, std::uint64_t sequence, consumer_caller by) override {
    return writer_.submit<consumer_record>(
        [name = std::move(name), sequence, by](ledger& in) { return acknowledge_consumer(in, name, sequence, by); });
  }

  async_result<bool> advance(std::string name, std::uint64_t generation, std::uint64_t from,
                             std::uint64_t to) override {
    return writer_.submit<bool>([name = std::move(name), generation, from, to](ledger& in) -> result<bool> {
      return advance_consumer(in, name, generation, from, to);
    });
  }

  async_result<void> note_sent(std::string name, std::uint64_t generation, std::uint64_t sequence) override {
    return writer_.submit<void>([name = std::move(name), generation, sequence](ledger& in) {
      return sqlite::note_sent(in, name, generation, sequence);
    });
  }

  async_result<consumer_record> seek(std::string name, std::uint64_t sequence, consumer_caller by) override {
    return writer_.submit<consumer_record>(
        [name = std::move(name), sequence, by](ledger& in) { return seek_consumer(in, name, sequence, by); });
  }

  async_result<consumer_record> pause(std::string name, bool paused, consumer_caller by) override {
    return writer_.submit<consumer_record>(
        [name = std::move(name), paused, by](ledger& in) { return pause_consumer(in, name, paused, by); });
  }

  async_result<void> note_seen(std::string name) override {
    return writer_.submit<void>([name = std::move(name)](ledger& in) -> result<void> {
      sqlite::note_seen(in, name);
      return {};
    });
  }

  async_result<consumer_record> remove_consumer(std::string name, consumer_caller by) override {
    return writer_.submit<consumer_record>(
        [name = std::move(name), by](ledger& in) { return sqlite::remove_consumer(in, name, by); });
  }

  std::map<std::string, std::uint64_t> consumer_places() const override { return facts_.consumers(); }

  async_result<std::uint64_t> place_before(timestamp when) override {
    return ask<std::uint64_t>(effort::lookup, [this, when](connection& on) {
      auto const just_before = when - std::chrono::microseconds(1);
      auto const next = static_cast<std::uint64_t>(first_entry_after(on, just_before));
      return std::max(next, facts_.pruned() + 1) - 1;
    });
  }

  async_result<void> keep(kept_key_set set, std::size_t at_most) override {
    return writer_.submit<void>([set = std::move(set), at_most](ledger& in) -> result<void> {
      keep_key_set(in.db, set, at_most);
      return {};
    });
  }

  async_result<std::vector<kept_key_set>> kept_key_sets() override {
    return ask<std::vector<kept_key_set>>(effort::page, [](connection& on) { return read_key_sets(on); });
  }

  void on_ready(std::function<void()> ready) override { writer_.on_ready(std::move(ready)); }
  void on_outcome(std::function<void(std::vector<std::int64_t> const&)> settled) override {
    writer_.on_outcome(std::move(settled));
  }
  void on_growth(std::function<void()> grew) override { writer_.on_growth(std::move(grew)); }

  async_result<std::vector<quarantine_entry>> quarantined(std::optional<reason> why, std::int64_t before,
                                                          std::size_t limit) override {
    return ask<std::vector<quarantine_entry>>(
        effort::page, [why, before, limit](connection& on) { return list_quarantined(on, why, before, limit); });
  }

  async_result<std::optional<quarantine_entry>> find_quarantined(std::int64_t id) override {
    return ask<std::optional<quarantine_entry>>(effort::lookup,
                                                [id](connection& on) { return sqlite::find_quarantined(on, id); });
  }

  async_result<released_delivery> retry(std::int64_t id, std::uint32_t uid) override {
    return writer_.submit<released_delivery>([id, uid](ledger& in) { return retry_for(in, id, uid); });
  }

  async_result<std::size_t> retry(remedy has_come, std::size_t at_most) override {
    // Asked each time that an issuer's keys were fetched: the writer must not look through what others lack.
    if (has_come.lacked == reason::keys_unavailable && !worklist_.keeps_for_keys(has_come.issuer)) {
      co_return std::size_t{0};
    }
    auto work = writer_.submit<std::size_t>(
        [has_come = std::move(has_come), at_most](ledger& in) { return sqlite::retry(in, has_come, at_most); });
    co_return co_await std::move(work);
  }

  async_result<released_delivery> drop(std::int64_t id, std::uint32_t uid) override {
    return writer_.submit<released_delivery>([id, uid](ledger& in) { return drop_for(in, id, uid); });
  }

  async_result<std::vector<delivery_record>> deliveries(std::string interaction_id, std::size_t limit) override {
    return ask_of_changes<std::vector<delivery_record>>(
        effort::page,
        [id = std::move(interaction_id), limit](connection& on) { return find_deliveries(on, id, limit); });
  }

  async_result<std::optional<delivery_record>> find_delivery(std::int64_t id) override {
    return ask_of_changes<std::optional<delivery_record>>(
        effort::lookup, [id](connection& on) { return sqlite::find_delivery(on, id); });
  }

  async_result<std::optional<evidence>> find_evidence(std::int64_t delivery) override {
    return ask<std::optional<evidence>>(effort::lookup,
                                        [delivery](connection& on) { return sqlite::find_evidence(on, delivery); });
  }

  async_result<void> note(operation what, std::uint32_t uid, std::string detail) override {
    return writer_.submit<void>([what, uid, detail = std::move(detail)](ledger& in) -> result<void> {
      sqlite::note(in, what, uid, {}, detail);
      return {};
    });
  }

  async_result<std::vector<operation_record>> list_operations(operation_filter filter, std::int64_t before,
                                                              std::size_t limit) override {
    return ask<std::vector<operation_record>>(effort::page,
                                              [filter = std::move(filter), before, limit](connection& on) {
                                                return sqlite::list_operations(on, filter, before, limit);
                                              });
  }

  async_result<statistics> count() override { co_return statistics_now(); }

private:
  static std::vector<connection> connections(settings const& how) {
    std::vector<connection> made;
    for (std::size_t i = 0; i < std::max<std::size_t>(how.readers, 2); ++i) {
      made.push_back(open_for_reading(how.path));
    }
    return made;
  }

  // A query that cannot fail but for the database.
  template <class T, class Query>
  async_result<T> ask(effort how, Query query) {
    return readers_.submit<T>(how, [query = std::move(query)](connection& on) -> result<T> { return query(on); });
  }

  // The same where what is found names places in the journal.
  template <class T, class Query>
  async_result<T> ask_of_changes(effort how, Query query) {
    return readers_.submit<T>(how, [this, query = std::move(query)](connection& on) -> result<T> {
      T found = query(on);
      facts_.set_last(newest_in(found));
      return found;
    });
  }

  result<std::vector<pending_delivery>> take_picked(connection& on, std::size_t at_most) {
    auto const picked = worklist_.pick(at_most);
    if (!picked) {
      return picked.error();
    }
    try {
      return read_pending(on, *picked);
    } catch (...) {
      worklist_.put_back(*picked);
      throw;
    }
  }

  statistics statistics_now() const {
    auto const count = facts_.count();
    statistics made;
    made.pending = count.pending;
    made.waiting_for_consent = count.waiting_for_consent;
    made.waiting_for_keys = count.waiting_for_keys;
    made.oldest_pending = worklist_.oldest_pending();
    made.consents = count.consents;
    made.quarantined = count.quarantined;
    made.database_bytes = file_bytes(how_.path) + file_bytes(how_.path + "-wal");
    return made;
  }

  // Ends after the threads below and just before the marks: only then was the stop an orderly one.
  struct orderly_end {
    hand_file& marks;
    ~orderly_end() { marks.end(); }
  };

  settings const how_;
  descriptor const lock_;
  std::unique_ptr<hand_file> const marks_;
  orderly_end const end_{*marks_};
  worklist worklist_;
  facts facts_;
  checkpointer checkpointer_;
  writer writer_;
  reader_pool readers_;
};

} // namespace

std::unique_ptr<event_store> open(settings const& how, clock const& now, log_sink& log, telemetry& counters,
                                  std::function<void()> const& still_opening) {
  try {
    return std::make_unique<sqlite_store>(how, now, log, counters, lay(how, now, log, counters, still_opening));
  } catch (database_error const& error) {
    throw std::runtime_error(how.path + ": " + error.advice());
  }
}

} // namespace consentd::store::sqlite
