// When keys, certificates and revocation lists end, and that operators hear of it in time.
#ifndef CONSENTD_APP_KEY_CALENDAR_HPP
#define CONSENTD_APP_KEY_CALENDAR_HPP

#include "base/time.hpp"
#include "config/keys.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace consentd::app {

// The kind whose uses are counted.
inline constexpr std::string_view decryption_key = "decryption-key";

// One key, certificate or list that the settings name.
struct dated {
  std::string kind;                   // "decryption-key", "tls-certificate", …
  std::string name;                   // its `kid`, or the path of its file
  std::optional<timestamp> not_after; // nothing: it has no end of its own
};

// All of them. Reads files: not for an I/O thread.
std::vector<dated> calendar_of(config::settings const& how, config::decryption_keys const& keys);

// Remembers what was said of whom: 30, 7 and 1 days before its end, and at it, each is said once.
class end_watch {
public:
  enum class notice : std::uint8_t { none, month, week, day, ended };

  // What is to be said now. Whatever `all` does not name is forgotten.
  std::vector<std::pair<dated, notice>> due(std::vector<dated> const& all, timestamp now);

private:
  using identity = std::pair<std::string, std::string>; // kind and name
  struct said {
    timestamp not_after;
    notice last = notice::none;
  };
  std::map<identity, said> said_;
};

} // namespace consentd::app

#endif
