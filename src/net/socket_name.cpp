#include "net/socket_name.hpp"

#include "net/origin/address.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <sys/un.h>
#include <vector>

namespace consentd::net {
namespace {

template <class Address>
Address read_as(sockaddr_storage const& from) noexcept {
  Address value{};
  std::memcpy(&value, &from, sizeof value);
  return value;
}

std::string unix_name(sockaddr_storage const& from, socklen_t size) {
  auto const address = read_as<sockaddr_un>(from);
  auto const start = offsetof(sockaddr_un, sun_path);
  if (size <= start) {
    return "unix:";
  }
  std::string path(static_cast<char const*>(address.sun_path), size - start);
  if (path.front() == '\0') {
    path.front() = '@';
  } else {
    path.resize(std::strlen(path.c_str()));
  }
  return "unix:" + path;
}

std::optional<boost::asio::ip::address> ip_of(sockaddr_storage const& from) {
  namespace ip = boost::asio::ip;
  if (from.ss_family == AF_INET) {
    return ip::address_v4{ntohl(read_as<sockaddr_in>(from).sin_addr.s_addr)};
  }
  if (from.ss_family != AF_INET6) {
    return std::nullopt;
  }
  ip::address_v6::bytes_type bytes{};
  auto const v6 = read_as<sockaddr_in6>(from);
  std::memcpy(bytes.data(), &v6.sin6_addr, bytes.size());
  return plain(ip::address_v6{bytes});
}

} // namespace

std::string name_of(sockaddr_storage const& address, socklen_t size) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  switch (address.ss_family) {
  case AF_INET: {
    auto const v4 = read_as<sockaddr_in>(address);
    ::inet_ntop(AF_INET, &v4.sin_addr, text.data(), text.size());
    return std::string{text.data()} + ":" + std::to_string(ntohs(v4.sin_port));
  }
  case AF_INET6: {
    auto const v6 = read_as<sockaddr_in6>(address);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text.data(), text.size());
    return "[" + std::string{text.data()} + "]:" + std::to_string(ntohs(v6.sin6_port));
  }
  case AF_UNIX:
    return unix_name(address, size);
  default:
    return {};
  }
}

namespace {

constexpr std::size_t most_groups = 65536; // NGROUPS_MAX of Linux

// Nothing when the kernel does not say.
std::shared_ptr<std::vector<gid_t> const> groups_of(int fd) {
  auto groups = std::make_shared<std::vector<gid_t>>(64);
  for (int attempt = 0; attempt < 2; ++attempt) {
    auto length = static_cast<socklen_t>(groups->size() * sizeof(gid_t));
    int const outcome = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups->data(), &length);
    auto const needed = static_cast<std::size_t>(length) / sizeof(gid_t);
    if (outcome == 0) {
      groups->resize(needed);
      return groups;
    }
    if (errno != ERANGE || needed > most_groups) {
      break;
    }
    groups->resize(needed);
  }
  return nullptr;
}

} // namespace

net::peer peer_of(int fd, sockaddr_storage const& address, socklen_t size) {
  net::peer who;
  if (address.ss_family != AF_UNIX) {
    who.address = name_of(address, size);
    who.ip = ip_of(address);
    return who;
  }
  who.address = "unix";
  ucred credentials{};
  socklen_t length = sizeof credentials;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0) {
    who.uid = credentials.uid;
    who.gid = credentials.gid;
    who.pid = credentials.pid;
  }
  who.groups = groups_of(fd);
  return who;
}

} // namespace consentd::net
