#include "tools/hubsim/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace consentd::hubsim {

namespace {

failure cannot(char const* what, std::filesystem::path const& path, int error) {
  return {reason::storage, std::string("cannot ") + what + " " + path.string() + ": " +
                               std::error_code(error, std::generic_category()).message()};
}

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    auto const written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0) {
      if (errno == EINTR) {
        continue;
      }
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

} // namespace

result<std::string> read_file(std::filesystem::path const& path) {
  constexpr std::uintmax_t most = 64ULL * 1024 * 1024;
  std::error_code error;
  auto const size = std::filesystem::file_size(path, error);
  if (error) {
    return failure{reason::not_found, "cannot read " + path.string() + ": " + error.message()};
  }
  if (size > most) {
    return failure{reason::bad_setting, path.string() + " is larger than 64 MiB"};
  }
  std::ifstream in(path, std::ios::binary);
  std::string bytes(static_cast<std::size_t>(size), '\0');
  if (!in.read(bytes.data(), static_cast<std::streamsize>(bytes.size()))) {
    return failure{reason::not_found, "cannot read " + path.string()};
  }
  return bytes;
}

result<void> write_file(std::filesystem::path const& path, std::string_view bytes, secrecy how) {
  auto draft = path;
  draft += ".new";
  ::unlink(draft.c_str());
  mode_t const mode = how == secrecy::owner_only ? 0600 : 0644;
  int const fd = ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (fd < 0) {
    return cannot("create", draft, errno);
  }
  auto const written = write_all(fd, bytes);
  auto const error = errno;
  ::close(fd);
  if (!written) {
    ::unlink(draft.c_str());
    return cannot("write", draft, error);
  }
  if (std::rename(draft.c_str(), path.c_str()) != 0) {
    return cannot("replace", path, errno);
  }
  return {};
}

} // namespace consentd::hubsim
