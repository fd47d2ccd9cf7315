// How the daemon is doing.
#ifndef CONSENTD_LOCALAPI_STATUS_HPP
#define CONSENTD_LOCALAPI_STATUS_HPP

#include "base/time.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace consentd::localapi {

// A key or a set of keys in force. Names and times alone: nothing of a key.
struct key_fact {
  std::string kind;                   // "decryption-key", "tls-certificate", "jwks", …
  std::string name;                   // its `kid`, or the issuer of a set
  std::optional<timestamp> not_after; // where it ends by itself
  // Of a decryption key, since the daemon's start: deliveries that it opened.
  std::optional<std::uint64_t> uses{};
  std::optional<timestamp> last_used{};
};

// What the store does not know.
struct daemon_facts {
  std::string version;
  timestamp started;
  std::vector<key_fact> keys;
};

// Called for each answer, from any I/O thread; must not block.
using facts_source = std::function<daemon_facts()>;

struct stream_count {
  std::size_t open = 0;
  std::size_t limit = 0;
};

// GET /v1/status. `patience`: from which age of an unopened delivery on the daemon is behind (contract section 6).
boost::asio::awaitable<net::response> show_status(store::event_store& from, clock const& now, facts_source const& facts,
                                                  stream_count streams, std::chrono::seconds patience);

} // namespace consentd::localapi

#endif
