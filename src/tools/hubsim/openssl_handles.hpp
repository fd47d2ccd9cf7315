// OpenSSL's objects with their own deleters, and its failures as exceptions.
#ifndef CONSENTD_TOOLS_HUBSIM_OPENSSL_HANDLES_HPP
#define CONSENTD_TOOLS_HUBSIM_OPENSSL_HANDLES_HPP

#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <stdexcept>
#include <string>

namespace consentd::hubsim {

template <auto Free>
struct freed_by {
  template <class T>
  void operator()(T* handle) const noexcept {
    Free(handle);
  }
};

using bio_handle = std::unique_ptr<BIO, freed_by<&BIO_free_all>>;
using number_handle = std::unique_ptr<BIGNUM, freed_by<&BN_free>>;
using digest_handle = std::unique_ptr<EVP_MD_CTX, freed_by<&EVP_MD_CTX_free>>;
using cipher_handle = std::unique_ptr<EVP_CIPHER_CTX, freed_by<&EVP_CIPHER_CTX_free>>;
using key_context_handle = std::unique_ptr<EVP_PKEY_CTX, freed_by<&EVP_PKEY_CTX_free>>;
using certificate_handle = std::unique_ptr<X509, freed_by<&X509_free>>;

// The simulator has no way on when OpenSSL refuses what is not input: throws std::runtime_error that names the step.
// OpenSSL's own queue is emptied, so that no later TLS call trips over it.
inline void must(bool done, char const* step) {
  if (!done) {
    ERR_clear_error();
    throw std::runtime_error(std::string("OpenSSL: ") + step + " failed");
  }
}

// What was written to a memory BIO.
inline std::string contents(bio_handle const& memory) {
  char* data = nullptr;
  auto const size = BIO_get_mem_data(memory.get(), &data);
  must(size >= 0, "BIO_get_mem_data");
  return {data, static_cast<std::size_t>(size)};
}

} // namespace consentd::hubsim

#endif
