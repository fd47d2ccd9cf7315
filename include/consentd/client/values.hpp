// What the daemon answers, as values. Each `json` is all of it as it was said: members that have no field here are
// there.
#ifndef CONSENTD_CLIENT_VALUES_HPP
#define CONSENTD_CLIENT_VALUES_HPP

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace consentd::client {

// UTC.
using time_point = std::chrono::sys_time<std::chrono::microseconds>;

// Whether a consent may be used, as of a moment: time alone can change it, so ask again for each use.
struct usability {
  std::string consent_id;
  bool usable = false;
  std::string reason; // "usable", or why not, such as "not-authorized"
  std::string status; // empty when there is none yet
  std::optional<time_point> expires;
  time_point as_of{};
};

struct consent {
  std::string id;
  std::string kind; // "account-access", "payment" or "insurance"
  std::string issuer;
  std::string status; // "Authorized", …; empty until the first event of an announced consent
  std::optional<time_point> status_since;
  std::optional<time_point> expires;
  std::vector<std::string> flags; // "in-doubt", "contested", "deleted", …
  std::string place;              // of its last change
  std::string json;
};

struct consent_page {
  std::vector<consent> consents; // fewer than asked for, or none, also where more pages follow: next_cursor tells
  std::string next_cursor;       // empty on the last page
  std::string place;             // a stream that begins after that of the first page misses no change of any row
};

struct awaited_consent {
  bool reached = false; // it has one of the statuses; else the time was over
  consent state;
};

struct announced_consent {
  bool is_new = false;
  std::uint64_t released_events = 0; // that were held for it, and are processed now
  consent state;
};

struct history_entry {
  std::string place;
  std::string type; // "status", "announced", "lapsed", "erased", "doubt-settled" or "unlinked"
  std::string status;
  std::string previous_status;
  std::optional<time_point> recorded;
  std::string json;
};

struct history_page {
  std::vector<history_entry> entries; // oldest first
  std::string next_cursor;            // empty on the last page
};

// A payment, a quote or an account opening.
struct resource {
  std::string family;
  std::string id;
  std::string issuer;
  std::string consent_id; // that a payment was made under
  std::string status;     // empty when only its deletion was seen
  std::string place;
  std::string json;
};

// A durable consumer, as the daemon knows it.
struct consumer_state {
  std::string name;
  std::string place; // everything up to it was acknowledged
  std::uint64_t lag_entries = 0;
  std::chrono::duration<double> lag{};
  bool paused = false;
  bool connected = false;
  std::string json;
};

} // namespace consentd::client

#endif
