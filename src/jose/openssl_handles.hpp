// OpenSSL's objects with the function that ends each.
#ifndef CONSENTD_JOSE_OPENSSL_HANDLES_HPP
#define CONSENTD_JOSE_OPENSSL_HANDLES_HPP

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>

#include <memory>

namespace consentd::jose {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* object) const noexcept {
    Free(object);
  }
};

using bio_handle = std::unique_ptr<BIO, freed_by<BIO_free>>;
// Some hold private factors: all are wiped.
using number_handle = std::unique_ptr<BIGNUM, freed_by<BN_clear_free>>;
using pkey_handle = std::unique_ptr<EVP_PKEY, freed_by<EVP_PKEY_free>>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, freed_by<EVP_PKEY_CTX_free>>;
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, freed_by<EVP_CIPHER_CTX_free>>;
using certificate_handle = std::unique_ptr<X509, freed_by<X509_free>>;
using param_builder = std::unique_ptr<OSSL_PARAM_BLD, freed_by<OSSL_PARAM_BLD_free>>;
using param_list = std::unique_ptr<OSSL_PARAM, freed_by<OSSL_PARAM_free>>;

} // namespace consentd::jose

#endif
