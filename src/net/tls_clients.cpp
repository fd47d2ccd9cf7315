#include "net/tls_clients.hpp"

#include "net/origin/openssl.hpp"

#include <cstddef>
#include <openssl/pem.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <string>
#include <string_view>

namespace consentd::net {
namespace {

// Far more than a Hub has. The bundle of all public authorities is longer: with it, everybody would be let in.
constexpr std::size_t most_objects = 64;
// Between a client's certificate and the root.
constexpr int most_intermediates = 5;
// Bytes of a client's chain in one handshake; OpenSSL's own bound is 100 KiB.
constexpr long longest_client_chain = 32768;

failure problem(std::string const& what) {
  return {reason::bad_key, what};
}

// Hands each object of `text`, read by `read`, to `use`, which says what is wrong with it or nothing.
template <class Object, class Read, class Use>
result<void> each_of(std::string_view text, std::string const& name, Read read, Use use) {
  auto const source = open_text(text);
  for (std::size_t place = 0;; ++place) {
    ERR_clear_error();
    Object const object{read(source.get(), nullptr, no_password, nullptr)};
    auto const which = std::string{name}.append(" ").append(std::to_string(place + 1));
    if (object == nullptr) {
      return place > 0 && at_end_of_pem() ? result<void>{} : problem(which + ": nothing of the kind in PEM");
    }
    if (place == most_objects) {
      return problem(name + ": more than " + std::to_string(most_objects));
    }
    if (std::string const refused = use(object.get()); !refused.empty()) {
      return problem(std::string{which}.append(": ").append(refused));
    }
  }
}

result<void> trust(SSL_CTX& context, std::string_view authorities) {
  auto const use = [&context](X509* certificate) -> std::string {
    if (X509_check_ca(certificate) == 0) {
      return "not the certificate of an authority";
    }
    auto const added = X509_STORE_add_cert(SSL_CTX_get_cert_store(&context), certificate) == 1 &&
                       SSL_CTX_add_client_CA(&context, certificate) == 1;
    return added ? "" : openssl_says();
  };
  return each_of<x509_ptr>(authorities, "client authority", PEM_read_bio_X509, use);
}

result<void> heed_revocations(SSL_CTX& context, std::string_view lists) {
  auto const use = [&context](X509_CRL* list) -> std::string {
    return X509_STORE_add_crl(SSL_CTX_get_cert_store(&context), list) == 1 ? "" : openssl_says();
  };
  X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(&context), X509_V_FLAG_CRL_CHECK);
  return each_of<crl_ptr>(lists, "revocation list", PEM_read_bio_X509_CRL, use);
}

} // namespace

result<void> ask_clients(SSL_CTX& context, client_certificates const& clients) {
  // No session is ever kept. Should one be, it could be taken up only where clients were asked the same.
  constexpr std::string_view session_context = "consentd";
  void const* const raw = session_context.data();
  if (SSL_CTX_set_session_id_context(&context, static_cast<unsigned char const*>(raw), session_context.size()) != 1) {
    return problem("TLS context: " + openssl_says());
  }
  if (clients.ask == client_certificates::policy::none) {
    return {};
  }
  auto const mode = clients.ask == client_certificates::policy::require
                        ? SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT
                        : SSL_VERIFY_PEER;
  SSL_CTX_set_verify(&context, mode, nullptr);
  SSL_CTX_set_verify_depth(&context, most_intermediates);
  SSL_CTX_set_max_cert_list(&context, longest_client_chain);
  if (auto const trusted = trust(context, clients.authorities); !trusted) {
    return trusted.error();
  }
  return clients.revocations.empty() ? result<void>{} : heed_revocations(context, clients.revocations);
}

} // namespace consentd::net
