// The tables and their versions; docs/schema.md describes them.
#ifndef CONSENTD_STORE_SQLITE_SCHEMA_HPP
#define CONSENTD_STORE_SQLITE_SCHEMA_HPP

#include "store/sqlite/connection.hpp"

namespace consentd::store::sqlite {

// The number that this program writes to and reads from `PRAGMA user_version`.
inline constexpr int schema_version = 10;
// `PRAGMA application_id`: "cnsd".
inline constexpr int application_id = 0x636e7364;

// Brings the tables to schema_version, in one transaction. Throws std::runtime_error with one line (naming no file)
// when the database is of a newer version or of another program, database_error when it cannot be read or written.
void migrate(connection& on);

// Numbers kept from one start to the next.
enum class mark : std::uint8_t {
  run,              // counts the starts: which file of in-hand marks belongs to this database
  pruned,           // journal entries up to and with this one are gone
  consents,         // how many there are; counting ten million rows at each start would take too long
  evidence_bytes,   // of signed originals that are kept
  consumer_changes, // counts them: each gives the consumer a generation that no other has, or had
};
std::int64_t read_mark(connection& on, mark which);
void write_mark(connection& on, mark which, std::int64_t value);

// The journal's epoch.
std::string read_epoch(connection& on);

} // namespace consentd::store::sqlite

#endif
