// What the daemon keeps, in the domain's terms. SQLite stands behind it today; a database shared by several nodes can.
//
// Every operation is asked from a coroutine, completes on that coroutine's executor and blocks no thread of it. The
// executor's context must outlive the store, whose threads may still hold the executor when the coroutine has gone on.
// Failures: `storage` when the database could not (full, I/O error, memory): nothing of the operation happened. Each
// writing operation is atomic, and on stable storage before it completes.
#ifndef CONSENTD_STORE_STORE_HPP
#define CONSENTD_STORE_STORE_HPP

#include "base/result.hpp"
#include "store/operation.hpp"
#include "store/records.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace consentd::store {

template <class T>
using async_result = boost::asio::awaitable<result<T>>;

// The Hub's deliveries on their way through.
class inbox {
public:
  virtual ~inbox() = default;

  // Keeps a delivery and spends its bearer token in one transaction. The same token with the same body: `already` is
  // true, nothing new is kept. bearer_replay: the same token with another body. inbox_full: at the configured bound of
  // rows or bytes.
  virtual async_result<appended> append(new_delivery delivery) = 0;

  // At most `at_most` deliveries to open, oldest first; each is handed out once until it is settled, set aside, or made
  // ready again. Marks each as in hand, in a way that survives the death of the process: one that was in hand at two
  // deaths is never handed out again but goes to quarantine as poison. After an unclean stop hands out one at a time
  // until all that was left behind is gone. Empty when there is none.
  virtual async_result<std::vector<pending_delivery>> take(std::size_t at_most) = 0;

  // The verified event of a delivery in hand: decides (contract section 6) and records, all in the transaction in which
  // the delivery leaves the inbox. What cannot be decided before its consent is known is held, and spends nothing: an
  // event of an unknown consent, or, where events bind, a deletion that does not say of what kind; and in both cases
  // one that had expired and may have ended it. A redelivery of what is held joins it.
  virtual async_result<outcome> settle(settlement event) = 0;

  // The same for events that are about no consent. A payment of a consent that nobody knows is held until that consent
  // is announced or bound.
  virtual async_result<outcome> settle(resource_settlement event) = 0;
  virtual async_result<outcome> settle(unknown_settlement event) = 0;

  // A delivery in hand is not accepted: to quarantine.
  virtual async_result<void> set_aside(refusal refused) = 0;

  // A delivery in hand waits for keys of `issuer` and is handed out again after keys_arrived(issuer), or, where
  // too many wait and it does so in quarantine, after retry() of keys_unavailable. `jti`: as its token claims.
  virtual async_result<void> wait_for_keys(std::int64_t delivery, std::string issuer,
                                           std::optional<std::string> jti) = 0;
  async_result<void> wait_for_keys(std::int64_t delivery, std::string issuer) {
    return wait_for_keys(delivery, std::move(issuer), std::nullopt);
  }
  // How many became ready.
  virtual async_result<std::size_t> keys_arrived(std::string issuer) = 0;

  // Calls `ready` after each commit that left deliveries to take: new ones, and those that had waited for a consent or
  // for keys. On a thread of the store's: it must only post. One caller, before the first write; lasts until the store
  // ends.
  virtual void on_ready(std::function<void()> ready) = 0;
  // Calls `settled` after each commit in which deliveries were settled or set aside, or began to wait, with those; what
  // became of each is in its record. On a thread of the store's: it must only post. One caller, before the first write;
  // lasts until the store ends. Costs nothing while nobody asks.
  virtual void on_outcome(std::function<void(std::vector<std::int64_t> const& deliveries)> settled) = 0;
};

// What the TPP's services ask.
class consents {
public:
  virtual ~consents() = default;

  // A TPP service says that it created this consent. Events that waited for it become ready in the same transaction.
  // conflict: it is bound to another issuer or kind, or contested (the detail names by whom). The same again, or with a
  // narrower expiry: fine.
  virtual async_result<announced> announce(announcement consent) = 0;

  // An operator says whose a contested consent is: the issuer that it is bound to, and then it keeps its state, or its
  // claimant, and then it begins anew, as if announced for the first time. Recorded and told as an announcement, since
  // from then on it counts as one. not_found; conflict: that issuer does not claim it, or the kind is another one than
  // that of the state kept. Where nobody contests it this is announce().
  virtual async_result<announced> bind(announcement consent) = 0;

  // An operator settles a doubt (consent::settle_doubt(), whose refusals these are too). Recorded and told. not_found.
  virtual async_result<consent_record> settle_doubt(finding found) = 0;

  // Takes away all personal data that is kept of a consent and of the payments under it; status, history and what the
  // signatures of its events hold with stay. Subscribers are told. Nothing when the consent is not known.
  virtual async_result<std::optional<erased>> erase(std::string consent_id, std::uint32_t uid) = 0;

  // Consents whose expiry lies at or before `now` and that are live are marked lapsed, each with a journal entry; at
  // most `at_most` in one go. How many.
  virtual async_result<std::size_t> lapse(timestamp now, std::size_t at_most) = 0;

  virtual async_result<std::optional<consent_record>> find(std::string consent_id) = 0;
  // With what is needed to judge its use, read at one moment, and without its resource.
  virtual async_result<standing> find_standing(std::string consent_id) = 0;
  // The same of several, in their order.
  virtual async_result<std::vector<standing>> find_standings(std::vector<std::string> consent_ids) = 0;
  // Ordered by consent id, those behind the id `after`, at most `limit` (1 or more). Looks through a bounded number of
  // consents: where the filter lets few of them pass the page is short, or empty, and has a `next` all the same.
  virtual async_result<consent_page> list(consent_filter filter, std::string after, std::size_t limit) = 0;
  // Every recorded entry of one consent, told or not, with a sequence number above `after`, in order; without the
  // events' resources.
  virtual async_result<std::vector<journal_entry>> history(std::string consent_id, std::uint64_t after,
                                                           std::size_t limit) = 0;
};

// Payments, quotes and account openings.
class resources {
public:
  virtual ~resources() = default;

  virtual async_result<std::optional<resource_record>> find(resource_key key) = 0;
};

// The durable sequence of changes.
class journal {
public:
  virtual ~journal() = default;

  // Entries that subscribers are told, with a sequence number above `after`, in order, at most `limit`, fewer where
  // their resources are large; and the sequence number up to which the journal was looked through, from which to read
  // on. That is within extent().
  virtual async_result<journal_page> read(std::uint64_t after, std::size_t limit) = 0;
  // The extent of the journal now. Never blocks; any thread.
  virtual journal_extent extent() const = 0;
  // Calls `grew` after each commit that added entries, on a thread of the store's: it must only post. One caller,
  // before the first write; lasts until the store ends.
  virtual void on_growth(std::function<void()> grew) = 0;
};

// Subscribers whose places are kept: each takes up where it said that it had come to. `by`: who asks, which the record
// of operations tells. Whose it is, is looked at in the transaction of the change: not_permitted when it is another
// user's, and the caller may not deal with those. not_found where none is of that name.
class consumers {
public:
  virtual ~consumers() = default;

  // Makes it, the caller's, to begin after `after`; one that is there gets the filter, and keeps its place and whose it
  // is. Where the filter is another one its place counts as set anew. conflict: as many as may be are there, of all or
  // of that user.
  virtual async_result<kept_consumer> keep(std::string name, entry_filter filter, std::uint64_t after,
                                           consumer_caller by) = 0;
  virtual async_result<std::optional<consumer_record>> find_consumer(std::string name) = 0;
  // All, by name.
  virtual async_result<std::vector<consumer_record>> list_consumers() = 0;
  // Entries up to and with `sequence` were dealt with. One that was acknowledged before changes nothing: places only go
  // forward. invalid_argument beyond the newest entry; conflict: its place was set, and nothing was sent up to there
  // since (is_bound()). Recorded when it is somebody else's.
  virtual async_result<consumer_record> acknowledge(std::string name, std::uint64_t sequence, consumer_caller by) = 0;
  // The same by the daemon's own doing, for what its filter keeps out: only if it is of that generation, so that
  // nothing is passed over that another filter lets through, or that somebody has sought, and the place is between
  // `from`, where whoever asks has begun, and `to`. The value: whether it is at `to` now.
  virtual async_result<bool> advance(std::string name, std::uint64_t generation, std::uint64_t from,
                                     std::uint64_t to) = 0;
  // Places up to `sequence` are about to be sent, which while is_bound() makes them fit to be acknowledged. conflict:
  // there is none of that generation any more.
  virtual async_result<void> note_sent(std::string name, std::uint64_t generation, std::uint64_t sequence) = 0;
  // Its place is `sequence` from now on, forward or back. invalid_argument beyond the newest entry.
  virtual async_result<consumer_record> seek(std::string name, std::uint64_t sequence, consumer_caller by) = 0;
  virtual async_result<consumer_record> pause(std::string name, bool paused, consumer_caller by) = 0;
  // It was heard of: one that is not for the configured time is forgotten, unless it is paused.
  virtual async_result<void> note_seen(std::string name) = 0;
  // The value is what it was, but of the generation of its removal.
  virtual async_result<consumer_record> remove_consumer(std::string name, consumer_caller by) = 0;
  // The places of all, by name, as of the last commit; 0 for one of another journal. Never blocks for long; any thread.
  virtual std::map<std::string, std::uint64_t> consumer_places() const = 0;
  // The newest entry that was recorded before that time; the place before the oldest kept, when none was.
  virtual async_result<std::uint64_t> place_before(timestamp when) = 0;
};

// What operators look into, and what they do about it.
class records {
public:
  virtual ~records() = default;

  // Newest first, with ids below `before` (0: from the newest). Without raw bodies.
  virtual async_result<std::vector<quarantine_entry>> quarantined(std::optional<reason> why, std::int64_t before,
                                                                  std::size_t limit) = 0;
  virtual async_result<std::optional<quarantine_entry>> find_quarantined(std::int64_t id) = 0;
  // Puts one back into the inbox, with its number, interaction id and time of receipt, to be judged by every check
  // anew, as of that time. Until its next outcome it is pending and has no record of the last one, but counts its
  // attempts on. One that was there as poison goes back at the first death more. not_found; conflict: its reason is
  // final (is_final()), which the detail says; inbox_full, as append(). `uid`: who asks, which the record of
  // operations tells.
  virtual async_result<released_delivery> retry(std::int64_t id, std::uint32_t uid) = 0;
  // The same for those that a remedy may help, by the daemon's own doing, oldest first, at most `at_most`. How many;
  // inbox_full when there was no room for a single one.
  virtual async_result<std::size_t> retry(remedy has_come, std::size_t at_most) = 0;
  // Takes one out for good; the record of what became of it stays. not_found.
  virtual async_result<released_delivery> drop(std::int64_t id, std::uint32_t uid) = 0;
  // Every delivery of that interaction id, oldest first, at most `limit`, whatever became of it.
  virtual async_result<std::vector<delivery_record>> deliveries(std::string interaction_id, std::size_t limit) = 0;
  virtual async_result<std::optional<delivery_record>> find_delivery(std::int64_t id) = 0;
  // Nothing when the delivery is not known, was never opened as far as a JWS, or its evidence was destroyed by age or
  // for room.
  virtual async_result<std::optional<evidence>> find_evidence(std::int64_t delivery) = 0;
  // Somebody had something done to the daemon itself.
  virtual async_result<void> note(operation what, std::uint32_t uid, std::string detail) = 0;
  // Newest first, with ids below `before` (0: from the newest). Kept as long as the journal.
  virtual async_result<std::vector<operation_record>> list_operations(operation_filter filter, std::int64_t before,
                                                                      std::size_t limit) = 0;
  // Known without asking the database: completes at once.
  virtual async_result<statistics> count() = 0;
  // The last write failed: deliveries are not acknowledged until one succeeds, which the store tries by itself. Never
  // blocks; any thread.
  virtual bool is_failing() const noexcept = 0;
};

// The key sets of issuers, so that a start without network has those of the run before, and an event that waited is
// judged by the set of its day.
class key_sets {
public:
  virtual ~key_sets() = default;

  // A set that is known (role, issuer, since) is confirmed. Of each issuer the newest `at_most` stay.
  virtual async_result<void> keep(kept_key_set set, std::size_t at_most) = 0;
  // All, those of one issuer oldest first.
  virtual async_result<std::vector<kept_key_set>> kept_key_sets() = 0;
};

// All of it. One object for the process; ends after everything that uses it.
class event_store : public inbox,
                    public consents,
                    public resources,
                    public journal,
                    public consumers,
                    public records,
                    public key_sets {
public:
  using consents::find;
  using consumers::keep;
  using key_sets::keep;
  using resources::find;
};

} // namespace consentd::store

#endif
