// OpenSSL's objects with owners, and their texts; for the sources of net alone.
#ifndef CONSENTD_NET_ORIGIN_OPENSSL_HPP
#define CONSENTD_NET_ORIGIN_OPENSSL_HPP

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <string>
#include <string_view>

namespace consentd::net {

struct openssl_deleter {
  void operator()(BIO* text) const noexcept { BIO_free_all(text); }
  void operator()(X509* certificate) const noexcept { X509_free(certificate); }
  void operator()(X509_CRL* list) const noexcept { X509_CRL_free(list); }
  void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
};
using bio_ptr = std::unique_ptr<BIO, openssl_deleter>;
using x509_ptr = std::unique_ptr<X509, openssl_deleter>;
using crl_ptr = std::unique_ptr<X509_CRL, openssl_deleter>;
using key_ptr = std::unique_ptr<EVP_PKEY, openssl_deleter>;

// OpenSSL's errors are the thread's: one left behind makes the next session on this thread fail without cause.
struct error_queue_cleaner {
  error_queue_cleaner() noexcept { ERR_clear_error(); }
  error_queue_cleaner(error_queue_cleaner const&) = delete;
  error_queue_cleaner& operator=(error_queue_cleaner const&) = delete;
  ~error_queue_cleaner() { ERR_clear_error(); }
};

// The one certificate that `der` is; null when it is none, or more follows.
x509_ptr certificate_of_der(std::string_view der);

// Empty when memory is out.
std::string der_of(X509 const& certificate);

// Reads PEM from `text`, which outlives it.
bio_ptr open_text(std::string_view text);

// After a failed read of PEM: it found nothing more, rather than something wrong.
bool at_end_of_pem() noexcept;

// Without this, OpenSSL asks the terminal for the password of PEM that says it is encrypted.
int no_password(char* into, int size, int writing, void* data) noexcept;

// The last error in words.
std::string openssl_says();

} // namespace consentd::net

#endif
