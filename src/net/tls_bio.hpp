// OpenSSL's way to a socket.
#ifndef CONSENTD_NET_TLS_BIO_HPP
#define CONSENTD_NET_TLS_BIO_HPP

#include <openssl/bio.h>

namespace consentd::net {

// A BIO that reads and writes the non-blocking socket `fd`, which stays the caller's and, as a variable, outlives it.
// Unlike OpenSSL's own it never raises SIGPIPE, and it needs no copy through buffers as Asio's pair of BIOs does. Null
// when memory is out.
BIO* new_socket_bio(int& fd);

} // namespace consentd::net

#endif
