// The inbox as it stands in memory: what can be handed out, what is in hand, what it waits for.
#ifndef CONSENTD_STORE_SQLITE_WORKLIST_HPP
#define CONSENTD_STORE_SQLITE_WORKLIST_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "consent/decision.hpp"
#include "store/sqlite/hand.hpp"
#include "store/sqlite/issuer_counts.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <queue>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::store::sqlite {

struct ready_delivery {
  std::int64_t id = 0;
  timestamp received;
  bool left_behind = false; // it was pending when an unclean stop was found
  friend bool operator>(ready_delivery const& a, ready_delivery const& b) noexcept { return a.id > b.id; }
};

// One thing that a commit has changed about the inbox, or about what waits beside it.
struct inbox_change {
  enum class what : std::uint8_t {
    ready,          // `delivery` can be handed out: it has arrived, or no longer waits
    left_hand,      // `delivery.id` was settled, set aside, or waits from now on
    waits_for_keys, // one more waits for keys of `issuer`
    keys_arrived,   // none does any more
    kept_for_keys,  // one more waits for them in quarantine, for want of room
    left_keyless    // one of those has left it
  };
  what kind{};
  ready_delivery delivery;
  std::string issuer;
};

// Holds some 80 bytes for each delivery that is ready; the inbox bounds how many there are. Any thread; never blocks
// for long.
class worklist {
public:
  // `marks` must outlive it.
  explicit worklist(hand_file& marks) noexcept : marks_(marks) {}

  // Known before the first delivery is handed out. Sequential: until all those left behind are gone one is handed out
  // at a time, so that a death names the delivery that caused it.
  void start(std::vector<ready_delivery> pending, by_issuer const& waiting_for_keys, by_issuer const& kept_for_keys);

  // Marks up to `at_most` as in hand, oldest first. `storage` when a mark could not be written: none is in hand then.
  result<std::vector<std::int64_t>> pick(std::size_t at_most);
  // They were picked and could not be read: ready again.
  void put_back(std::vector<std::int64_t> const& deliveries);

  // What a commit has changed, in its order; commits in theirs.
  void apply(std::vector<inbox_change> const& changes);

  consent::backlog backlog(std::string_view issuer) const;
  std::optional<timestamp> oldest_pending() const;
  // Whether anything of that issuer's is in quarantine for want of room to wait for keys.
  bool keeps_for_keys(std::string_view issuer) const;

private:
  struct held {
    std::size_t slot = 0;
    timestamp received;
    bool left_behind = false;
  };
  void apply_one(inbox_change const& change);
  std::size_t free_slot();
  void let_go(std::map<std::int64_t, held>::iterator of);
  std::optional<timestamp> oldest() const;

  hand_file& marks_;
  mutable std::mutex mutex_; // guards all below
  std::priority_queue<ready_delivery, std::vector<ready_delivery>, std::greater<>> ready_;
  std::map<std::int64_t, held> in_hand_;
  // Of all that are ready or in hand. Not in the order of their numbers: a delivery is received before its body is
  // read, and numbered afterwards.
  std::multiset<timestamp> receipts_;
  std::vector<std::size_t> free_slots_;
  std::size_t slots_ = 0;
  std::size_t left_behind_ = 0;
  by_issuer waiting_for_keys_;
  by_issuer kept_for_keys_;
};

} // namespace consentd::store::sqlite

#endif
