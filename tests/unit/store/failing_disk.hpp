// A disk that fails when told to: SQLite's own file system layer with one thing between.
#ifndef CONSENTD_TESTS_UNIT_STORE_FAILING_DISK_HPP
#define CONSENTD_TESTS_UNIT_STORE_FAILING_DISK_HPP

#include <atomic>
#include <cstdint>
#include <iosfwd>

struct sqlite3_vfs;

namespace consentd::test {

enum class disk_fault : std::uint8_t {
  full,                // a write finds no room
  write_error,         // a write fails
  sync_error,          // a sync fails: what was written may never reach the disk
  database_sync_error, // only those of the database file: the WAL is well, checkpoints are not
};

std::ostream& operator<<(std::ostream& to, disk_fault fault);

// While it lives, databases are opened on it. Writes, syncs and truncations of the database and its WAL count as one
// operation each.
class failing_disk {
public:
  failing_disk();
  failing_disk(failing_disk const&) = delete;
  failing_disk& operator=(failing_disk const&) = delete;
  ~failing_disk();

  // The `operation`th operation from now (1: the next) that can fail in this way fails, and all after it until heal().
  void fail_from(disk_fault how, int operation);
  void heal();
  // Whether anything has failed since fail_from().
  bool has_failed() const noexcept;

private:
  sqlite3_vfs* before_ = nullptr;
};

} // namespace consentd::test

#endif
