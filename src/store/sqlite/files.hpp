// The files beside the database: created for their owner alone, held by one process.
#ifndef CONSENTD_STORE_SQLITE_FILES_HPP
#define CONSENTD_STORE_SQLITE_FILES_HPP

#include <cstdint>
#include <string>

namespace consentd::store::sqlite {

// A file descriptor, closed at its end.
class descriptor {
public:
  descriptor() noexcept = default;
  explicit descriptor(int number) noexcept : number_(number) {}
  descriptor(descriptor&& other) noexcept;
  descriptor& operator=(descriptor&& other) noexcept;
  ~descriptor();
  int get() const noexcept { return number_; }

private:
  int number_ = -1;
};

// Opens for reading and writing, created when absent, mode 0600 in any case. Throws std::runtime_error that names the
// file.
descriptor open_private(std::string const& path);

// Held until its end: no second process opens this database. The kernel lets go of it when the process dies, so a lock
// left behind never has to be removed. Throws std::runtime_error when another process holds it.
descriptor lock_exclusively(std::string const& database_path);

// Makes the names in the folder of `path` durable. Throws std::runtime_error.
void sync_folder_of(std::string const& path);

// 0 when there is no such file.
std::uint64_t file_bytes(std::string const& path) noexcept;

} // namespace consentd::store::sqlite

#endif
