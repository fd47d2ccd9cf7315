#include "tests/unit/net/raw_client.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <system_error>
#include <unistd.h>

namespace consentd::tests {
namespace {

void check(bool done, char const* what) {
  if (!done) {
    throw std::system_error(errno, std::generic_category(), what);
  }
}

void connect_to(int fd, void const* address, std::size_t size) {
  check(::connect(fd, static_cast<sockaddr const*>(address), static_cast<socklen_t>(size)) == 0, "connect");
}

} // namespace

raw_client::raw_client(server const& to) : fd_{open(to)} {
  connect(fd_, to);
}

int raw_client::open(server const& to) {
  auto const fd = ::socket(to.unix_path().empty() ? AF_INET : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd >= 0, "socket");
  timeval const limit{long_enough.count(), 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  ::setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  return fd;
}

void raw_client::connect(int fd, server const& to) {
  if (!to.unix_path().empty()) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(&address.sun_path, to.unix_path().data(), to.unix_path().size());
    connect_to(fd, &address, sizeof address);
    return;
  }
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(to.port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  connect_to(fd, &address, sizeof address);
}

raw_client::~raw_client() {
  if (fd_ >= 0) {
    ::close(fd_);
  }
}

bool raw_client::send(std::string_view bytes) {
  while (!bytes.empty()) {
    auto const put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (put <= 0) {
      return false;
    }
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

std::size_t raw_client::send_some(std::string_view bytes) {
  auto const put = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return put < 0 ? 0 : static_cast<std::size_t>(put);
}

void raw_client::half_close() {
  check(::shutdown(fd_, SHUT_WR) == 0, "shutdown");
}

void raw_client::reset() {
  linger const hard{1, 0};
  ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
  ::close(fd_);
  fd_ = -1;
}

bool raw_client::more() {
  std::array<char, 65536> bytes{};
  auto const got = ::recv(fd_, bytes.data(), bytes.size(), 0);
  check(got >= 0, "recv");
  unread_.append(bytes.data(), static_cast<std::size_t>(got));
  return got > 0;
}

raw_client::reply raw_client::read_reply(bool with_body) {
  reply got;
  auto end = unread_.find("\r\n\r\n");
  while (end == std::string::npos && more()) {
    end = unread_.find("\r\n\r\n");
  }
  if (end == std::string::npos) {
    return got;
  }
  got.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  got.status = static_cast<unsigned>(std::stoul(got.head.substr(9, 3)));
  constexpr std::string_view length = "\r\nContent-Length: ";
  auto const place = got.head.find(length);
  auto const size = place == std::string::npos || !with_body ? 0 : std::stoul(got.head.substr(place + length.size()));
  while (unread_.size() < size && more()) {
  }
  got.body = unread_.substr(0, size);
  unread_.erase(0, size);
  return got;
}

std::string raw_client::read_to_end() {
  while (more()) {
  }
  return std::exchange(unread_, {});
}

std::string raw_client::read_until(std::string_view text) {
  while (unread_.find(text) == std::string::npos) {
    if (!more()) {
      throw std::runtime_error("the server closed before it sent " + std::string{text});
    }
  }
  return std::exchange(unread_, {});
}

bool raw_client::ends() {
  std::array<char, 1> byte{};
  auto const got = ::recv(fd_, byte.data(), byte.size(), 0);
  return unread_.empty() && (got == 0 || (got < 0 && errno == ECONNRESET));
}

} // namespace consentd::tests
