#include "tests/support/certificates.hpp"

#include <memory>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdexcept>
#include <string_view>

namespace consentd::tests {
namespace {

struct deleter {
  void operator()(BIO* p) const noexcept { BIO_free_all(p); }
  void operator()(EVP_PKEY* p) const noexcept { EVP_PKEY_free(p); }
  void operator()(X509* p) const noexcept { X509_free(p); }
  void operator()(X509_EXTENSION* p) const noexcept { X509_EXTENSION_free(p); }
  void operator()(X509_CRL* p) const noexcept { X509_CRL_free(p); }
  void operator()(X509_REVOKED* p) const noexcept { X509_REVOKED_free(p); }
  void operator()(ASN1_TIME* p) const noexcept { ASN1_TIME_free(p); }
};
template <class T>
using owned = std::unique_ptr<T, deleter>;

void require(bool done) {
  if (!done) {
    throw std::runtime_error("OpenSSL could not make a certificate for the test");
  }
}

template <class T>
owned<T> own(T* made) {
  require(made != nullptr);
  return owned<T>{made};
}

std::string text_of(BIO* from) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(from, &data);
  return {data, static_cast<std::size_t>(size)};
}

owned<EVP_PKEY> generate(key_kind kind) {
  switch (kind) {
  case key_kind::p256:
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"));
  case key_kind::rsa_2048:
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{2048}));
  case key_kind::rsa_1024:
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "RSA", std::size_t{1024}));
  case key_kind::ed25519:
    return own(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  }
  throw std::logic_error("key kind");
}

std::string write_key(EVP_PKEY* key) {
  auto const out = own(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PKCS8PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
  return text_of(out.get());
}

std::string write_certificate(X509* certificate) {
  auto const out = own(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(out.get(), certificate) == 1);
  return text_of(out.get());
}

owned<BIO> open(std::string const& text) {
  return own(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

owned<EVP_PKEY> read_key(std::string const& text) {
  auto const in = open(text);
  return own(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
}

owned<X509> read_certificate(std::string const& text) {
  auto const in = open(text);
  return own(PEM_read_bio_X509(in.get(), nullptr, nullptr, nullptr));
}

void add_name(X509_NAME* to, char const* part, std::string const& value) {
  if (!value.empty()) {
    void const* const bytes = value.data();
    require(X509_NAME_add_entry_by_txt(to, part, MBSTRING_UTF8, static_cast<unsigned char const*>(bytes),
                                       static_cast<int>(value.size()), -1, 0) == 1);
  }
}

void add_extension(X509* to, X509* issuer, int kind, std::string const& value) {
  X509V3_CTX context{};
  X509V3_set_ctx(&context, issuer, to, nullptr, nullptr, 0);
  auto const extension = own(X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  require(X509_add_ext(to, extension.get(), -1) == 1);
}

std::string alternative_names(leaf_options const& leaf) {
  std::string names;
  auto const add = [&names](std::string_view type, std::string const& name) {
    names += (names.empty() ? "" : ",") + std::string{type} + ":" + name;
  };
  for (auto const& name : leaf.dns_names) {
    add("DNS", name);
  }
  for (auto const& address : leaf.ip_addresses) {
    add("IP", address);
  }
  return names;
}

owned<X509> blank(subject_name const& subject, EVP_PKEY* key, long not_before, long not_after) {
  auto made = own(X509_new());
  std::uint32_t serial = 0;
  void* const raw = &serial;
  require(RAND_bytes(static_cast<unsigned char*>(raw), sizeof serial) == 1);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), static_cast<long>(serial) + 1);
  require(X509_set_version(made.get(), X509_VERSION_3) == 1 && X509_set_pubkey(made.get(), key) == 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), not_before);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), not_after);
  auto* const name = X509_get_subject_name(made.get());
  add_name(name, "O", subject.organization);
  add_name(name, "OU", subject.organizational_unit);
  add_name(name, "CN", subject.common_name);
  return made;
}

} // namespace

std::string make_private_key(key_kind kind) {
  return write_key(generate(kind).get());
}

std::string encrypt_private_key(std::string const& private_key, std::string const& password) {
  auto const key = read_key(private_key);
  auto const out = own(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PKCS8PrivateKey(out.get(), key.get(), EVP_aes_256_cbc(), password.data(),
                                        static_cast<int>(password.size()), nullptr, nullptr) == 1);
  return text_of(out.get());
}

certificate_authority::certificate_authority(std::string const& common_name) {
  auto const key = generate(key_kind::p256);
  auto const root = blank({common_name, {}, {}}, key.get(), -3600, 86400);
  require(X509_set_issuer_name(root.get(), X509_get_subject_name(root.get())) == 1);
  add_extension(root.get(), root.get(), NID_basic_constraints, "critical,CA:TRUE");
  add_extension(root.get(), root.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  add_extension(root.get(), root.get(), NID_subject_key_identifier, "hash");
  require(X509_sign(root.get(), key.get(), EVP_sha256()) > 0);
  certificate_ = write_certificate(root.get());
  private_key_ = write_key(key.get());
}

certified_key certificate_authority::issue(leaf_options const& leaf) const {
  auto const root = read_certificate(certificate_);
  auto const root_key = read_key(private_key_);
  auto const key = generate(leaf.kind);
  auto const made = blank(leaf.subject, key.get(), leaf.not_before, leaf.not_after);
  for (auto const& [part, value] : leaf.more_subject) {
    add_name(X509_get_subject_name(made.get()), part.c_str(), value);
  }
  require(X509_set_issuer_name(made.get(), X509_get_subject_name(root.get())) == 1);
  add_extension(made.get(), root.get(), NID_basic_constraints, "critical,CA:FALSE");
  add_extension(made.get(), root.get(), NID_key_usage, "critical,digitalSignature");
  if (!leaf.extended_key_usage.empty()) {
    add_extension(made.get(), root.get(), NID_ext_key_usage, leaf.extended_key_usage);
  }
  add_extension(made.get(), root.get(), NID_authority_key_identifier, "keyid");
  if (auto const names = alternative_names(leaf); !names.empty()) {
    add_extension(made.get(), root.get(), NID_subject_alt_name, names);
  }
  require(X509_sign(made.get(), root_key.get(), EVP_sha256()) > 0);
  return {write_certificate(made.get()), write_key(key.get())};
}

std::string certificate_authority::revoke(std::vector<std::string> const& certificates, long next) const {
  auto const root = read_certificate(certificate_);
  auto const root_key = read_key(private_key_);
  auto const list = own(X509_CRL_new());
  auto const issued = own(X509_gmtime_adj(nullptr, next < 0 ? 2 * next : -3600));
  auto const due = own(X509_gmtime_adj(nullptr, next));
  require(X509_CRL_set_version(list.get(), X509_CRL_VERSION_2) == 1 &&
          X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(root.get())) == 1 &&
          X509_CRL_set1_lastUpdate(list.get(), issued.get()) == 1 &&
          X509_CRL_set1_nextUpdate(list.get(), due.get()) == 1);
  for (auto const& text : certificates) {
    auto const certificate = read_certificate(text);
    auto entry = own(X509_REVOKED_new());
    require(X509_REVOKED_set_serialNumber(entry.get(), X509_get_serialNumber(certificate.get())) == 1 &&
            X509_REVOKED_set_revocationDate(entry.get(), issued.get()) == 1 &&
            X509_CRL_add0_revoked(list.get(), entry.get()) == 1);
    entry.release();
  }
  require(X509_CRL_sort(list.get()) == 1 && X509_CRL_sign(list.get(), root_key.get(), EVP_sha256()) > 0);
  auto const out = own(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509_CRL(out.get(), list.get()) == 1);
  return text_of(out.get());
}

} // namespace consentd::tests
