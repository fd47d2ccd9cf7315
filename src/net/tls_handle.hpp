// What a TLS context is made of; for the sessions of this folder.
#ifndef CONSENTD_NET_TLS_HANDLE_HPP
#define CONSENTD_NET_TLS_HANDLE_HPP

#include "net/listener.hpp"

#include <memory>
#include <mutex>
#include <openssl/ssl.h>

namespace consentd::net {

struct ssl_deleter {
  void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  void operator()(SSL* session) const noexcept { SSL_free(session); }
};
using ssl_context_ptr = std::unique_ptr<SSL_CTX, ssl_deleter>;
using ssl_ptr = std::unique_ptr<SSL, ssl_deleter>;

struct tls_context::handle {
  explicit handle(ssl_context_ptr first) noexcept : context{std::move(first)} {}

  // The server side of a new session, in accept state, without a BIO; it keeps its context alive. Null when memory is
  // out.
  ssl_ptr new_session();

  std::mutex guard;
  ssl_context_ptr context; // guarded by guard
};

} // namespace consentd::net

#endif
