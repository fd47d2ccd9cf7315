#include "net/listener.hpp"
#include "net/origin/openssl.hpp"
#include "net/tls_clients.hpp"
#include "net/tls_handle.hpp"

#include <array>
#include <cstddef>
#include <openssl/evp.h>
#include <openssl/objects.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <utility>

namespace consentd::net {
namespace {

// RFC 9325 section 4.2: forward secrecy and authenticated encryption alone.
constexpr auto tls12_ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
                               "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";
// Nobody's chain is longer; a bundle of all roots given by mistake would be sent to every client.
constexpr std::size_t longest_chain = 10;

// A daemon has nobody to ask for a password: note that one is wanted, and fail.
int note_encryption(char*, int, int, void* seen) {
  *static_cast<bool*>(seen) = true;
  return -1;
}

result<key_ptr> read_key(std::string const& text) {
  auto const source = open_text(text);
  bool encrypted = false;
  key_ptr key{PEM_read_bio_PrivateKey(source.get(), nullptr, note_encryption, &encrypted)};
  if (encrypted) {
    return failure{reason::bad_key, "private key: it is encrypted with a password; an unencrypted one is needed"};
  }
  if (key == nullptr) {
    return failure{reason::bad_key, "private key: not a private key in PEM"};
  }
  auto const kind = EVP_PKEY_get_base_id(key.get());
  if (kind != EVP_PKEY_RSA && kind != EVP_PKEY_EC) {
    return failure{reason::bad_key, "private key: neither RSA nor ECDSA"};
  }
  return key;
}

result<void> use_chain(SSL_CTX* context, std::string const& text) {
  auto const source = open_text(text);
  for (std::size_t place = 0;; ++place) {
    ERR_clear_error();
    x509_ptr certificate{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
    if (certificate == nullptr) {
      if (place == 0 || !at_end_of_pem()) {
        return failure{reason::bad_key,
                       "certificate chain: certificate " + std::to_string(place + 1) + " is not a certificate in PEM"};
      }
      return {};
    }
    if (place == longest_chain) {
      return failure{reason::bad_key,
                     "certificate chain: more than " + std::to_string(longest_chain) + " certificates"};
    }
    auto const used = place == 0 ? SSL_CTX_use_certificate(context, certificate.get())
                                 : static_cast<int>(SSL_CTX_add1_chain_cert(context, certificate.get()));
    if (used != 1) {
      return failure{reason::bad_key,
                     "certificate chain: certificate " + std::to_string(place + 1) + ": " + openssl_says()};
    }
  }
}

bool harden(SSL_CTX* context) {
  SSL_CTX_set_options(context, SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  // Nothing can be resumed, so nothing can be sent early either; said all the same, since early data can be replayed
  // (RFC 8446 section 8).
  SSL_CTX_set_max_early_data(context, 0);
  // Idle sessions give their record buffers back: most of what an idle TLS connection would cost.
  SSL_CTX_set_mode(context,
                   SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  // One recv() for a record instead of one for its five-byte header and one for the rest.
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_security_level(context, 2);
  std::array groups{NID_X25519, NID_X9_62_prime256v1};
  return SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && SSL_CTX_set_num_tickets(context, 0) == 1 &&
         SSL_CTX_set_cipher_list(context, tls12_ciphers) == 1 &&
         SSL_CTX_set1_groups(context, groups.data(), groups.size()) == 1;
}

result<ssl_context_ptr> build(tls_identity const& identity, client_certificates const& clients) {
  error_queue_cleaner const queue;
  ssl_context_ptr context{SSL_CTX_new(TLS_server_method())};
  if (context == nullptr || !harden(context.get())) {
    return failure{reason::bad_key, "TLS context: " + openssl_says()};
  }
  auto const key = read_key(identity.private_key);
  if (!key) {
    return key.error();
  }
  if (auto const chain = use_chain(context.get(), identity.certificate_chain); !chain) {
    return chain.error();
  }
  ERR_clear_error();
  // Asked before SSL_CTX_use_PrivateKey(), which drops a certificate of another key without a word.
  auto* const leaf = SSL_CTX_get0_certificate(context.get());
  if (X509_check_private_key(leaf, key->get()) != 1) {
    return failure{reason::bad_key, "private key: it does not belong to the first certificate of the chain"};
  }
  if (SSL_CTX_use_PrivateKey(context.get(), key->get()) != 1) {
    return failure{reason::bad_key, "private key: " + openssl_says()};
  }
  if (auto const asked = ask_clients(*context, clients); !asked) {
    return asked.error();
  }
  return context;
}

} // namespace

ssl_ptr tls_context::handle::new_session() {
  std::lock_guard const lock{guard};
  ssl_ptr session{SSL_new(context.get())};
  if (session != nullptr) {
    SSL_set_accept_state(session.get());
  }
  return session;
}

tls_context::tls_context(std::unique_ptr<handle> made) : handle_{std::move(made)} {
}

tls_context::~tls_context() = default;

result<std::shared_ptr<tls_context>> tls_context::make(tls_identity const& identity,
                                                       client_certificates const& clients) {
  auto context = build(identity, clients);
  if (!context) {
    return context.error();
  }
  return std::shared_ptr<tls_context>{new tls_context{std::make_unique<handle>(std::move(*context))}};
}

void tls_context::replace(tls_context&& next) noexcept {
  auto context = [&next] {
    std::lock_guard const lock{next.handle_->guard};
    return std::exchange(next.handle_->context, nullptr);
  }();
  std::lock_guard const lock{handle_->guard};
  handle_->context.swap(context);
}

tls_context::handle& tls_context::native() noexcept {
  return *handle_;
}

} // namespace consentd::net
