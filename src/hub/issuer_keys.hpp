// The verification keys of configured issuers: pinned, or fetched from where they or their discovery documents say
// (contract sections 2 and 3).
#ifndef CONSENTD_HUB_ISSUER_KEYS_HPP
#define CONSENTD_HUB_ISSUER_KEYS_HPP

#include "base/current.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "hub/fetcher.hpp"
#include "hub/key_history.hpp"
#include "jose/key_source.hpp"

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace consentd::hub {

// The issuer's discovery document names the place.
struct discovered {};

struct key_origin {
  std::string issuer;
  // A set that was read from a file and stays, a URL, or whatever discovery says.
  std::variant<std::shared_ptr<jose::jwk_set const>, std::string, discovered> from;
  std::vector<std::string> distrusted{}; // key ids
  std::vector<published_set> kept{};     // what an earlier run fetched, oldest first
};

struct refresh_settings {
  std::chrono::seconds fresh{600};             // asked again after this
  std::chrono::seconds discovery_fresh{900};   // the same for a discovery document
  std::chrono::seconds stale_for{21600};       // how much longer the last good set serves while asking fails
  std::chrono::milliseconds early{30000};      // at most one refresh out of turn in this time, for each issuer
  std::chrono::milliseconds first_retry{1000}; // after a failure; doubled with each, up to a minute
  std::size_t max_keys = 64;
};

// How an issuer's keys stand, for status and readiness.
struct key_standing {
  std::string issuer;
  std::size_t keys = 0;        // 0: no set in force
  std::chrono::seconds age{0}; // since they were last confirmed; of a pinned set 0
  std::uint64_t failures = 0;  // fetches that failed since the last that did not
};

// What became of asking out of turn.
enum class refreshed : std::uint8_t {
  fetched,  // a fetch has succeeded since the call
  failed,   // asking failed, or took longer than the caller's patience
  too_soon, // the set in force was asked for out of turn moments ago
  pinned    // the set is not one that is fetched
};

// Where keys are asked for, and how.
struct key_origins {
  std::vector<key_origin> issuers; // none twice
  refresh_settings how;
  std::shared_ptr<fetcher const> by; // never null
};

// One set of issuers; one for the Hub's own key and one for the LFIs', so that neither serves for the other (contract
// section 3). What is given must outlive it; stop() must have completed before it ends.
class issuer_keys final : public jose::key_source {
public:
  // Called on the executor, and must not block.
  struct listeners {
    // A fetch succeeded, or a set was read from a file: events that wait for this issuer's keys may be looked at again.
    std::function<void(std::string const& issuer)> arrived;
    // A set is in force that was not before, with these keys.
    std::function<void(std::string const& issuer, std::vector<std::string> const& kids)> changed;
    // To be kept for the next run: a new set, or an old one confirmed.
    std::function<void(std::string const& issuer, published_set const& set)> keep;
  };

  // `executor` carries the refreshing.
  issuer_keys(boost::asio::any_io_executor const& executor, key_origins from, clock const& now, log_sink& log,
              listeners tell);
  ~issuer_keys() override;

  void start();
  boost::asio::awaitable<void> stop();

  // From now on these issuers, and no others. One whose keys come from where they came from before keeps what it has;
  // one whose place has changed is asked for at once, and what was published until then holds for what came until then.
  // Any executor, after start() and before stop().
  boost::asio::awaitable<void> replace(key_origins from);

  // A key that is lacking is asked for soon; calls cost nothing while that is under way.
  result<std::shared_ptr<jose::verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                             timestamp received) const override;
  void ask_for(std::string_view issuer) const override;
  // Asks out of turn and waits for the outcome, `patience` at most; concurrent calls share one fetch. For a configured
  // issuer. Any executor.
  boost::asio::awaitable<refreshed> refresh(std::string issuer, std::chrono::milliseconds patience);

  std::vector<key_standing> standing() const;

private:
  using strand = boost::asio::strand<boost::asio::any_io_executor>;
  struct entry;
  using entry_ptr = std::shared_ptr<entry>;
  entry_ptr entry_of(std::string_view issuer) const;
  entry_ptr make_entry(key_origin origin) const;
  void begin(entry_ptr const& of);
  void end(entry& of) const;
  boost::asio::awaitable<void> keep_fresh(entry_ptr of);
  boost::asio::awaitable<bool> fetch(entry& of);
  boost::asio::awaitable<result<std::string>> place_of(entry& of, fetcher const& by);
  boost::asio::awaitable<refreshed> wait_for_fetch(entry_ptr of, std::chrono::milliseconds patience);
  bool take_over(entry& of, std::string text, timestamp at);
  void ask_soon(entry_ptr const& of) const;
  bool ask_now(entry& of) const;

  strand strand_;
  clock const& now_;
  log_sink& log_;
  listeners tell_;
  current<std::vector<entry_ptr>> entries_;
  // On the strand, but for the constructor.
  refresh_settings how_;
  std::shared_ptr<fetcher const> fetcher_;
  bool stopping_ = false;
  std::size_t running_ = 0;
};

} // namespace consentd::hub

#endif
