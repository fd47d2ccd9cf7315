#include "net/file_descriptor.hpp"
#include "net/listener.hpp"
#include "net/socket_name.hpp"

#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <system_error>
#include <utility>

namespace consentd::net {
namespace {

// The whole `mode` of the file is in force only once the group is set: nobody is let in between.
constexpr mode_t owner_only = 0177;

failure cannot(std::string const& what, std::string const& name, int error) {
  return {reason::bad_setting, what + " " + name + ": " + std::generic_category().message(error)};
}

sockaddr const* generic(void const* address) noexcept {
  return static_cast<sockaddr const*>(address);
}

std::string local_name(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  void* const raw = &address;
  if (::getsockname(fd, static_cast<sockaddr*>(raw), &size) != 0) {
    return {};
  }
  return name_of(address, size);
}

file_descriptor stream_socket(int family) noexcept {
  return file_descriptor{::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
}

bool set_option(int fd, int level, int option) noexcept {
  int const on = 1;
  return ::setsockopt(fd, level, option, &on, sizeof on) == 0;
}

int option_of(int fd, int option) noexcept {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

result<file_descriptor> listen_at(int family, void const* address, socklen_t size, std::string const& name) {
  auto fd = stream_socket(family);
  // Without SO_REUSEADDR a restart waits for the old connections' TIME_WAIT.
  if (!fd || !set_option(fd.get(), SOL_SOCKET, SO_REUSEADDR) ||
      (family == AF_INET6 && !set_option(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY)) ||
      ::bind(fd.get(), generic(address), size) != 0 || ::listen(fd.get(), SOMAXCONN) != 0) {
    return cannot("cannot listen on", name, errno);
  }
  return fd;
}

result<sockaddr_un> unix_address(std::string const& path) {
  sockaddr_un address{};
  if (path.empty() || path.size() >= sizeof address.sun_path || path.find('\0') != std::string::npos) {
    return failure{reason::bad_setting, "socket path " + path + ": must be 1 to " +
                                            std::to_string(sizeof address.sun_path - 1) + " bytes long"};
  }
  address.sun_family = AF_UNIX;
  std::memcpy(&address.sun_path, path.data(), path.size());
  return address;
}

// Between bind() and listen() a socket looks stale to another process that is starting: the lock tells them apart.
result<file_descriptor> lock(std::string const& path) {
  auto const name = path + ".lock";
  file_descriptor fd{::open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600)};
  if (!fd) {
    return cannot("cannot open", name, errno);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    return failure{reason::bad_setting, path + ": another process listens on it"};
  }
  return fd;
}

// Leaves the way free for bind(), or says what is in it. Only a refused connection proves that nobody listens.
result<void> remove_stale(sockaddr_un const& address, std::string const& path) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) != 0) {
    return errno == ENOENT ? result<void>{} : cannot("cannot look at", path, errno);
  }
  if (!S_ISSOCK(found.st_mode)) {
    return failure{reason::bad_setting, path + " exists and is not a socket"};
  }
  auto const probe = stream_socket(AF_UNIX);
  if (!probe) {
    return cannot("cannot probe", path, errno);
  }
  if (::connect(probe.get(), generic(&address), sizeof address) == 0 || errno == EAGAIN) {
    return failure{reason::bad_setting, path + ": another process listens on it"};
  }
  if (errno != ECONNREFUSED) {
    return cannot("cannot probe", path, errno);
  }
  if (::unlink(path.c_str()) != 0) {
    return cannot("cannot remove the stale", path, errno);
  }
  return {};
}

result<file_descriptor> bind_unix(sockaddr_un const& address, std::string const& path) {
  auto fd = stream_socket(AF_UNIX);
  if (!fd) {
    return cannot("cannot listen on", path, errno);
  }
  auto const before = ::umask(owner_only);
  auto const bound = ::bind(fd.get(), generic(&address), sizeof address);
  auto const error = errno;
  ::umask(before);
  if (bound != 0) {
    return cannot("cannot listen on", path, error);
  }
  return fd;
}

result<void> admit(std::string const& path, bound_socket::unix_options const& how) {
  if (how.group && ::lchown(path.c_str(), static_cast<uid_t>(-1), *how.group) != 0) {
    return cannot("cannot set the group of", path, errno);
  }
  if (::chmod(path.c_str(), how.mode) != 0) {
    return cannot("cannot set the mode of", path, errno);
  }
  return {};
}

} // namespace

result<bound_socket> bound_socket::tcp(std::string const& address, std::uint16_t port) {
  auto const name = address + " port " + std::to_string(port);
  sockaddr_in v4{};
  sockaddr_in6 v6{};
  result<file_descriptor> fd = failure{reason::bad_setting, address + " is not a numeric IP address"};
  if (::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    fd = listen_at(AF_INET, &v4, sizeof v4, name);
  } else if (::inet_pton(AF_INET6, address.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(port);
    fd = listen_at(AF_INET6, &v6, sizeof v6, name);
  }
  if (!fd) {
    return fd.error();
  }
  bound_socket made;
  made.fd_ = fd->release();
  made.name_ = local_name(made.fd_);
  return made;
}

result<bound_socket> bound_socket::unix_path(std::string const& path, unix_options const& how) {
  auto const address = unix_address(path);
  if (!address) {
    return address.error();
  }
  auto held = lock(path);
  if (!held) {
    return held.error();
  }
  if (auto const free = remove_stale(*address, path); !free) {
    return free.error();
  }
  auto fd = bind_unix(*address, path);
  if (!fd) {
    return fd.error();
  }
  bound_socket made;
  made.fd_ = fd->release();
  made.lock_ = held->release();
  made.name_ = "unix:" + path;
  made.unlink_ = path;
  struct stat file {};
  if (::lstat(path.c_str(), &file) == 0) {
    made.device_ = file.st_dev;
    made.inode_ = file.st_ino;
  }
  if (auto const ready = admit(path, how); !ready) {
    return ready.error();
  }
  if (::listen(made.fd_, SOMAXCONN) != 0) {
    return cannot("cannot listen on", path, errno);
  }
  return made;
}

result<bound_socket> bound_socket::adopt(int fd) {
  auto const name = "descriptor " + std::to_string(fd);
  auto const family = option_of(fd, SO_DOMAIN);
  if (option_of(fd, SO_TYPE) != SOCK_STREAM || option_of(fd, SO_ACCEPTCONN) != 1 ||
      (family != AF_INET && family != AF_INET6 && family != AF_UNIX)) {
    return failure{reason::bad_setting, name + " is not a listening stream socket"};
  }
  auto const flags = ::fcntl(fd, F_GETFL);
  if (flags < 0 || ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || ::fcntl(fd, F_SETFD, FD_CLOEXEC) != 0) {
    return cannot("cannot take over", name, errno);
  }
  bound_socket made;
  made.fd_ = fd;
  made.name_ = local_name(fd);
  return made;
}

bound_socket::bound_socket(bound_socket&& other) noexcept
    : fd_{std::exchange(other.fd_, -1)}, lock_{std::exchange(other.lock_, -1)}, name_{std::move(other.name_)},
      unlink_{std::exchange(other.unlink_, {})}, device_{other.device_}, inode_{other.inode_} {
}

bound_socket& bound_socket::operator=(bound_socket&& other) noexcept {
  bound_socket taken{std::move(other)};
  std::swap(fd_, taken.fd_);
  std::swap(lock_, taken.lock_);
  std::swap(name_, taken.name_);
  std::swap(unlink_, taken.unlink_);
  std::swap(device_, taken.device_);
  std::swap(inode_, taken.inode_);
  return *this;
}

bound_socket::~bound_socket() {
  if (!unlink_.empty()) {
    struct stat file {};
    if (::lstat(unlink_.c_str(), &file) == 0 && file.st_dev == device_ && file.st_ino == inode_) {
      ::unlink(unlink_.c_str());
    }
  }
  for (int const each : {fd_, lock_}) {
    if (each >= 0) {
      ::close(each);
    }
  }
}

std::string const& bound_socket::name() const noexcept {
  return name_;
}

bool bound_socket::is_unix() const noexcept {
  return name_.starts_with("unix:");
}

int bound_socket::native() const noexcept {
  return fd_;
}

} // namespace consentd::net
