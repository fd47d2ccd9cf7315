#include "tests/unit/net/tls_client.hpp"

#include "net/origin/openssl.hpp"
#include "net/tls_bio.hpp"
#include "tests/unit/net/raw_client.hpp"

#include <array>
#include <openssl/pem.h>
#include <stdexcept>
#include <unistd.h>

namespace consentd::tests {
namespace {

void require(bool done) {
  if (!done) {
    throw std::runtime_error("OpenSSL could not set up the test's client");
  }
}

net::x509_ptr read_certificate(std::string const& text) {
  auto const source = net::open_text(text);
  return net::x509_ptr{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
}

void show(SSL* session, certified_key const& identity, std::string const& chain) {
  auto const certificate = read_certificate(identity.certificate);
  auto const source = net::open_text(identity.private_key);
  net::key_ptr const key{PEM_read_bio_PrivateKey(source.get(), nullptr, nullptr, nullptr)};
  require(SSL_use_certificate(session, certificate.get()) == 1 && SSL_use_PrivateKey(session, key.get()) == 1);
  if (!chain.empty()) {
    require(SSL_add1_chain_cert(session, read_certificate(chain).get()) == 1);
  }
}

} // namespace

tls_client::tls_client(server const& to, setup const& how)
    : fd_{raw_client::open(to)}, context_{SSL_CTX_new(TLS_client_method()), SSL_CTX_free}, session_{nullptr, SSL_free} {
  raw_client::connect(fd_, to);
  // The tests have clients with keys that only the server should mind.
  SSL_CTX_set_security_level(context_.get(), 0);
  SSL_CTX_set_client_cert_cb(context_.get(), nullptr);
  SSL_CTX_set_cert_cb(context_.get(), choose, this);
  session_.reset(SSL_new(context_.get()));
  require(SSL_set_min_proto_version(session_.get(), how.version) == 1 &&
          SSL_set_max_proto_version(session_.get(), how.version) == 1);
  if (!how.identity.certificate.empty()) {
    show(session_.get(), how.identity, how.chain);
  }
  if (how.session != nullptr) {
    require(SSL_set_session(session_.get(), how.session.get()) == 1);
  }
  auto* const reader = net::new_socket_bio(fd_);
  // Holds back what is written until OpenSSL flushes, at the end of its first message.
  auto* const writer = BIO_push(BIO_new(BIO_f_buffer()), net::new_socket_bio(fd_));
  SSL_set_bio(session_.get(), reader, writer);
  require(BIO_write(writer, how.before.data(), static_cast<int>(how.before.size())) ==
          static_cast<int>(how.before.size()));
  std::size_t written = 0;
  require(how.early.empty() || SSL_write_early_data(session_.get(), how.early.data(), how.early.size(), &written) == 1);
  connected_ = SSL_connect(session_.get()) == 1;
  ERR_clear_error();
}

tls_client::~tls_client() {
  ::close(fd_);
}

int tls_client::choose(SSL* session, void* self) {
  auto& client = *static_cast<tls_client*>(self);
  client.asked_ = true;
  auto const* const names = SSL_get0_peer_CA_list(session);
  client.authorities_ = names == nullptr ? 0 : sk_X509_NAME_num(names);
  return 1;
}

std::string tls_client::ask() {
  constexpr std::string_view request = "GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  std::string got;
  if (connected_ && SSL_write(session_.get(), request.data(), static_cast<int>(request.size())) > 0 &&
      BIO_flush(SSL_get_wbio(session_.get())) == 1) {
    std::array<char, 16384> piece{};
    for (int size = 1; size > 0;) {
      size = SSL_read(session_.get(), piece.data(), static_cast<int>(piece.size()));
      got.append(piece.data(), static_cast<std::size_t>(std::max(size, 0)));
    }
  }
  ERR_clear_error();
  return got;
}

bool tls_client::resumed() const {
  return SSL_session_reused(session_.get()) == 1;
}

std::shared_ptr<SSL_SESSION> tls_client::session() const {
  return {SSL_get1_session(session_.get()), SSL_SESSION_free};
}

} // namespace consentd::tests
