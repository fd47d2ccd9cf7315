// One issuer's key sets over time: an event is judged by the set that was in force when it was received, so that
// neither a backlog nor a retry from quarantine changes a verdict (contract section 3).
#ifndef CONSENTD_HUB_KEY_HISTORY_HPP
#define CONSENTD_HUB_KEY_HISTORY_HPP

#include "base/digest.hpp"
#include "base/time.hpp"
#include "jose/key_source.hpp"

#include <chrono>
#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::hub {

// A key set as it was published.
struct published_set {
  std::string document;
  timestamp since;     // first fetched
  timestamp confirmed; // last fetched, the same
};

struct history_terms {
  std::chrono::seconds in_force{22200}; // a set serves this long after it was last confirmed
  std::size_t kept = 16;                // sets; the oldest goes first
  std::size_t max_keys = 64;            // of one set
  std::vector<std::string>
      distrusted{}; // key ids that count no longer, whatever a set says and whenever it was in force
};

// Not synchronised.
class key_history {
public:
  explicit key_history(history_terms terms) : terms_(std::move(terms)) {}

  // A set that never changes and never ages: one that was read from a file.
  void pin(std::shared_ptr<jose::jwk_set const> set);

  // What was fetched at `at`, not before what was taken earlier. bad_key when it cannot be used; nothing changes then.
  // True when it is another document than the one in force before.
  result<bool> take(std::string document, timestamp at);

  // What an earlier run kept, oldest first and before anything is taken. Those that cannot be read are left out.
  void restore(std::vector<published_set> const& sets);

  // The key for something that was received at `received`. keys_unavailable: no set was in force then, or the set had
  // no such key and has not been fetched since. unknown_signing_key: it was, and still has none.
  result<std::shared_ptr<jose::verification_key const>> find(std::string_view kid, timestamp received) const;

  // What is kept from now on is kept by these; a key id that they distrust counts no longer at once.
  void renew(history_terms terms) { terms_ = std::move(terms); }

  bool in_force(timestamp at) const noexcept;
  std::size_t keys() const noexcept;            // of the newest set
  std::vector<std::string> kids() const;        // likewise
  std::vector<published_set> published() const; // oldest first
  std::optional<timestamp> confirmed() const noexcept;
  // The newest set, to be kept for the next run.
  published_set const* newest() const noexcept;
  std::vector<jose::jwk_set::skipped_key> skipped() const; // of the newest set

private:
  struct era {
    published_set published;
    std::shared_ptr<jose::jwk_set const> set;
    digest content{};
  };
  bool is_distrusted(std::string_view kid) const noexcept;
  void add(era made);

  history_terms terms_;
  std::shared_ptr<jose::jwk_set const> pinned_;
  std::deque<era> eras_; // oldest first
};

} // namespace consentd::hub

#endif
