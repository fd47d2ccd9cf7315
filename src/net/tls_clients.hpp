// What a TLS context asks of clients.
#ifndef CONSENTD_NET_TLS_CLIENTS_HPP
#define CONSENTD_NET_TLS_CLIENTS_HPP

#include "net/listener.hpp"

#include <openssl/ssl.h>

namespace consentd::net {

// Sets up `context`, which is new, as tls_context::make() promises. bad_key.
result<void> ask_clients(SSL_CTX& context, client_certificates const& clients);

} // namespace consentd::net

#endif
