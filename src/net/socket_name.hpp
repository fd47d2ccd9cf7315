// Names of the two ends of a socket, as logs and handlers see them.
#ifndef CONSENTD_NET_SOCKET_NAME_HPP
#define CONSENTD_NET_SOCKET_NAME_HPP

#include "net/http.hpp"

#include <string>
#include <sys/socket.h>

namespace consentd::net {

// "127.0.0.1:8443", "[::1]:8443", "unix:/run/…", "unix:@abstract"; empty for other families.
std::string name_of(sockaddr_storage const& address, socklen_t size);

// Who is connected to `fd`, from its accepted address and, for a Unix socket, the kernel's word on the process.
net::peer peer_of(int fd, sockaddr_storage const& address, socklen_t size);

} // namespace consentd::net

#endif
