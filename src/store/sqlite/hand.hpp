// Which deliveries are being opened, and how far the journal has come, written down beside the database where the death
// of this process cannot erase it.
#ifndef CONSENTD_STORE_SQLITE_HAND_HPP
#define CONSENTD_STORE_SQLITE_HAND_HPP

#include "store/sqlite/files.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace consentd::store::sqlite {

// What an earlier process left in the file.
struct left_in_hand {
  bool known = false;     // there is such a file: the three below mean something
  bool clean = true;      // it stopped in order, or there was none
  std::uint64_t run = 0;  // the run that wrote the marks
  std::string epoch;      // of its journal
  std::uint64_t last = 0; // number of the newest entry of that, as far as it was told of
  std::vector<std::int64_t> deliveries;
};

// A file of 8-byte numbers in the machine's own order: magic, run, whether the process stopped in order, the newest
// entry's number, the epoch as four, then slots that hold a delivery's id or 0. The page cache is stable enough: what a
// poisonous delivery kills is the process, not the machine. A place that a power cut takes back only makes a restored
// backup harder to see; it is never ahead of the database, which was on stable storage before.
class hand_file {
public:
  // Throws std::runtime_error that names the file, as begin() does.
  explicit hand_file(std::string path);

  // `existed`: the database was there before. One without this file was not closed in order, as far as anybody knows.
  left_in_hand read(bool existed) const;
  // Empties all slots; from now on the file says "not stopped in order". On stable storage when it returns. `epoch` has
  // 32 characters, `last` is the journal's newest entry.
  void begin(std::uint64_t run, std::string const& epoch, std::uint64_t last);
  // Writes an id (or 0, to free it) to a slot. False when the file system could not.
  bool put(std::size_t slot, std::int64_t delivery) noexcept;
  // The newest entry of the journal, once it is on stable storage.
  void put_last(std::uint64_t sequence) noexcept;
  // The process stops in order.
  void end() noexcept;

private:
  std::string path_;
  descriptor file_;
};

} // namespace consentd::store::sqlite

#endif
