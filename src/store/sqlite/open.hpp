// The embedded store: one SQLite database.
#ifndef CONSENTD_STORE_SQLITE_OPEN_HPP
#define CONSENTD_STORE_SQLITE_OPEN_HPP

#include "base/log.hpp"
#include "base/telemetry.hpp"
#include "base/time.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace consentd::store::sqlite {

// What happens to a verified event of a consent that nobody announced (configuration key `unknown_consents`).
enum class unknown_consents : std::uint8_t { hold, bind };

struct settings {
  std::string path;
  unknown_consents unknown = unknown_consents::hold;
  std::uint64_t inbox_rows = 100000;                 // to be opened
  std::uint64_t inbox_bytes = 1024ULL * 1024 * 1024; // bodies, waiting ones included
  std::uint64_t held_rows = 100000;                  // waiting for a consent
  std::uint64_t waiting_rows = 10000;                // waiting for keys, for each issuer
  std::uint64_t quarantine_rows = 100000;            // beyond it the oldest go
  std::uint64_t operation_rows = 10000;              // of each user; likewise
  std::uint64_t evidence_bytes = 0;                  // of signed originals; beyond it the oldest go; 0: none is kept
  std::chrono::hours evidence_for{0};                // and are destroyed after
  // How long journal entries and the records of finished deliveries are kept, and consents that have ended, from their
  // last change.
  std::chrono::hours history_for = std::chrono::days(1826);
  std::chrono::hours ended_consents_for = std::chrono::days(1826);
  std::size_t consumers = 1000;          // named subscribers; those that were not heard of for `consumers_for` go
  std::size_t consumers_per_user = 1000; // of them
  std::chrono::hours consumers_for = std::chrono::days(30);
  std::size_t readers = 2; // threads and connections for queries
};

// Opens (or creates, mode 0600) and migrates the database, checkpoints and truncates its WAL, and starts the writer,
// checkpoint and reader threads; the destructor stops them after the queued writes. Throws std::runtime_error with one
// line that names the file and the mend: not a database, written by a newer version, locked by another process, not
// writable, no room. `now` gives record times; log, counters and clock must outlive the store.
std::unique_ptr<event_store> open(settings const& how, clock const& now, log_sink& log, telemetry& counters);

} // namespace consentd::store::sqlite

#endif
