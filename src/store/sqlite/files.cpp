#include "store/sqlite/files.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <stdexcept>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace consentd::store::sqlite {
namespace {

std::string last_error() {
  return std::generic_category().message(errno);
}

} // namespace

descriptor::descriptor(descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {
}

descriptor& descriptor::operator=(descriptor&& other) noexcept {
  std::swap(number_, other.number_);
  return *this;
}

descriptor::~descriptor() {
  if (number_ >= 0) {
    ::close(number_);
  }
}

descriptor open_private(std::string const& path) {
  constexpr ::mode_t owner_only = S_IRUSR | S_IWUSR;
  descriptor opened(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, owner_only));
  if (opened.get() < 0) {
    throw std::runtime_error(path + ": cannot be opened for writing: " + last_error());
  }
  // One that was copied here (a restored backup) may come with another mode.
  if (::fchmod(opened.get(), owner_only) != 0) {
    throw std::runtime_error(path + ": its mode cannot be set to 0600: " + last_error());
  }
  return opened;
}

descriptor lock_exclusively(std::string const& database_path) {
  auto held = open_private(database_path + ".lock");
  if (::flock(held.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) {
      throw std::runtime_error(database_path + ": is in use by another process: stop it, or choose another database");
    }
    throw std::runtime_error(database_path + ".lock: cannot be locked: " + last_error());
  }
  return held;
}

void sync_folder_of(std::string const& path) {
  auto folder = std::filesystem::path(path).parent_path();
  if (folder.empty()) {
    folder = ".";
  }
  descriptor const opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0 || ::fsync(opened.get()) != 0) {
    throw std::runtime_error(folder.string() + ": cannot be synced: " + last_error());
  }
}

std::uint64_t file_bytes(std::string const& path) noexcept {
  std::error_code failed;
  auto const bytes = std::filesystem::file_size(path, failed);
  return failed ? 0 : static_cast<std::uint64_t>(bytes);
}

} // namespace consentd::store::sqlite
