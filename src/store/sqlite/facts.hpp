// What is known without asking the database: how much there is of everything, as of the last commit.
#ifndef CONSENTD_STORE_SQLITE_FACTS_HPP
#define CONSENTD_STORE_SQLITE_FACTS_HPP

#include "store/sqlite/issuer_counts.hpp"

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace consentd::store::sqlite {

struct counts {
  std::uint64_t pending = 0; // in the inbox, to be opened
  std::uint64_t waiting_for_consent = 0;
  std::uint64_t waiting_for_keys = 0;
  // The same by issuer: each has a quota of its own, so that one without keys stops nobody else's events.
  issuer_counts waiting_by_issuer{};
  std::uint64_t inbox_bytes = 0; // bodies of all but those that wait for keys
  std::uint64_t quarantined = 0;
  std::uint64_t consents = 0;
  std::uint64_t evidence_bytes = 0;

  friend bool operator==(counts const&, counts const&) = default;
};

// Written by the writer after each commit, but for last(), which readers may raise; read by any thread.
class facts {
public:
  facts(std::string epoch, std::uint64_t pruned, std::uint64_t last, counts const& of)
      : epoch_(std::move(epoch)), pruned_(pruned), last_(last), counts_(of) {}

  std::string const& epoch() const noexcept { return epoch_; }
  std::uint64_t pruned() const noexcept { return pruned_.load(); }
  void set_pruned(std::uint64_t sequence) noexcept { pruned_.store(sequence); }
  bool failing() const noexcept { return failing_.load(); }
  void set_failing(bool is) noexcept { failing_.store(is); }
  std::uint64_t last() const noexcept { return last_.load(); }
  // Only goes forward. Also from a reader that met an entry before the writer had come to tell of its commit: nobody
  // is to be given a place that the journal does not know yet.
  void set_last(std::uint64_t sequence) noexcept {
    auto known = last_.load();
    while (known < sequence && !last_.compare_exchange_weak(known, sequence)) {
    }
  }

  // Durable consumers and their places.
  std::map<std::string, std::uint64_t> consumers() const {
    std::lock_guard const lock(mutex_);
    return consumers_;
  }
  void set_consumer(std::string const& name, std::optional<std::uint64_t> place) {
    std::lock_guard const lock(mutex_);
    if (place) {
      consumers_[name] = *place;
    } else {
      consumers_.erase(name);
    }
  }

  counts count() const {
    std::lock_guard const lock(mutex_);
    return counts_;
  }
  void set_counts(counts const& of) {
    std::lock_guard const lock(mutex_);
    counts_ = of;
  }

private:
  std::string const epoch_;
  std::atomic<std::uint64_t> pruned_;
  std::atomic<std::uint64_t> last_;
  std::atomic<bool> failing_{false};
  mutable std::mutex mutex_;
  counts counts_;
  std::map<std::string, std::uint64_t> consumers_;
};

} // namespace consentd::store::sqlite

#endif
