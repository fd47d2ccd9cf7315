#include "config/files.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <span>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace consentd::config {
namespace {

constexpr std::string_view credential_prefix = "credential:";

failure wrong(std::string detail) {
  return failure{reason::bad_setting, std::move(detail)};
}

std::string error_text(int number) {
  return std::generic_category().message(number);
}

class open_file {
public:
  explicit open_file(int fd) noexcept : fd_(fd) {}
  open_file(open_file&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  open_file(open_file const&) = delete;
  open_file& operator=(open_file const&) = delete;
  open_file& operator=(open_file&&) = delete;
  ~open_file() {
    if (fd_ >= 0) {
      ::close(fd_);
    }
  }
  int get() const noexcept { return fd_; }

private:
  int fd_;
};

struct found_file {
  open_file file;
  std::size_t size;
  mode_t mode;
};

result<found_file> open_regular(std::string const& path) {
  // Not blocking: a FIFO without a writer would hold the start up for ever.
  open_file file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)); // NOLINT(*-vararg)
  if (file.get() < 0) {
    int const error = errno;
    if (error == ENOENT || error == ENOTDIR) {
      return wrong("no such file: " + path + ": create it, or mend the path");
    }
    return wrong("cannot be read: " + path + " (" + error_text(error) + "): let the daemon's user read it");
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0) {
    return wrong("cannot be read: " + path + " (" + error_text(errno) + ")");
  }
  if (!S_ISREG(about.st_mode)) {
    return wrong("not a regular file: " + path + ": give the path of a file");
  }
  if (about.st_size == 0) {
    return wrong("an empty file: " + path + ": fill it, or mend the path");
  }
  if (about.st_size < 0 || static_cast<std::uintmax_t>(about.st_size) > max_file_bytes) {
    return wrong("a file of more than " + std::to_string(max_file_bytes) + " bytes: " + path + ": mend the path");
  }
  return found_file{std::move(file), static_cast<std::size_t>(about.st_size), about.st_mode};
}

// As many bytes as there are, up to what `into` has room for; fewer when the file shrank meanwhile.
result<std::size_t> read_all(found_file const& from, std::span<unsigned char> into, std::string const& path) {
  std::size_t filled = 0;
  while (filled < into.size()) {
    auto const got = ::read(from.file.get(), into.data() + filled, into.size() - filled);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return wrong("cannot be read: " + path + " (" + error_text(errno) + ")");
    }
    if (got == 0) {
      break;
    }
    filled += static_cast<std::size_t>(got);
  }
  return filled;
}

result<std::string> credential_path(std::string_view name) {
  bool const sound = !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
                     name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
  if (!sound) {
    return wrong("after credential: comes the name of a systemd credential, without slashes");
  }
  char const* const folder =
      std::getenv("CREDENTIALS_DIRECTORY"); // NOLINT(concurrency-mt-unsafe): set before main, by systemd
  if (folder == nullptr || *folder == '\0') {
    return wrong("there are no credentials here: add LoadCredential=" + std::string(name) +
                 ":/path/of/the/file to the systemd unit, or give a path");
  }
  return std::string(folder) + '/' + std::string(name);
}

} // namespace

bool is_credential(std::string_view place) noexcept {
  return place.starts_with(credential_prefix);
}

result<std::string> read_file(std::string const& path) {
  auto const opened = open_regular(path);
  if (!opened) {
    return opened.error();
  }
  std::string text(opened->size, '\0');
  // A char may be written through unsigned char.
  auto const filled = read_all(*opened, {reinterpret_cast<unsigned char*>(text.data()), text.size()}, path);
  if (!filled) {
    return filled.error();
  }
  text.resize(*filled);
  return text;
}

result<secret> read_secret(std::string const& place) {
  std::string path = place;
  if (is_credential(place)) {
    auto found = credential_path(std::string_view(place).substr(credential_prefix.size()));
    if (!found) {
      return found.error();
    }
    path = std::move(*found);
  }
  auto const opened = open_regular(path);
  if (!opened) {
    return opened.error();
  }
  // Its group may read it: that is how keys are shared with a service's user.
  if ((opened->mode & (S_IRWXO | S_IWGRP)) != 0) {
    return wrong("a secret that others may read or write: " + path +
                 ": chmod 0600 (or 0640) it, and replace it if the machine has "
                 "other users");
  }
  secret text(opened->size);
  auto const filled = read_all(*opened, text.bytes(), path);
  if (!filled) {
    return filled.error();
  }
  text.shrink(*filled);
  return text;
}

} // namespace consentd::config
