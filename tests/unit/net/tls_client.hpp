// A TLS client that is OpenSSL itself, over a socket of its own.
#ifndef CONSENTD_TESTS_UNIT_NET_TLS_CLIENT_HPP
#define CONSENTD_TESTS_UNIT_NET_TLS_CLIENT_HPP

#include "tests/support/certificates.hpp"
#include "tests/unit/net/server.hpp"

#include <memory>
#include <openssl/ssl.h>
#include <string>
#include <string_view>

namespace consentd::tests {

class tls_client {
public:
  struct setup {
    int version = TLS1_3_VERSION;
    // What the client shows when it is asked; empty for nothing.
    certified_key identity{};
    // Certificates that it sends behind its own, PEM.
    std::string chain{};
    // Sent in one piece with the first bytes of TLS.
    std::string before{};
    // A session to take up again, and bytes to send with its early data.
    std::shared_ptr<SSL_SESSION> session{};
    std::string early{};
  };

  // Connects, and shakes hands as far as a client can tell: with TLS 1.3 it ends before the server has looked at the
  // client's certificate.
  tls_client(server const& to, setup const& how);
  tls_client(tls_client const&) = delete;
  tls_client& operator=(tls_client const&) = delete;
  ~tls_client();

  // Asks for /a and returns all that comes back until the server closes, or what comes instead: "" when the server
  // refuses the handshake.
  std::string ask();
  // After ask().
  bool resumed() const;
  // SSL_get_early_data_status(3).
  int early_data() const { return SSL_get_early_data_status(session_.get()); }
  std::shared_ptr<SSL_SESSION> session() const;
  bool was_asked_for_certificate() const noexcept { return asked_; }
  // The names of the authorities that the server accepts.
  int accepted_authorities() const noexcept { return authorities_; }

private:
  static int choose(SSL* session, void* self);

  int fd_;
  bool asked_ = false;
  int authorities_ = 0;
  bool connected_ = false;
  std::unique_ptr<SSL_CTX, void (*)(SSL_CTX*)> context_;
  std::unique_ptr<SSL, void (*)(SSL*)> session_;
};

} // namespace consentd::tests

#endif
