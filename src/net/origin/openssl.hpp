// Owners of OpenSSL's objects; for the sources of this part of the tree.
#ifndef CONSENTD_NET_ORIGIN_OPENSSL_HPP
#define CONSENTD_NET_ORIGIN_OPENSSL_HPP

#include <memory>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

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

} // namespace consentd::net

#endif
