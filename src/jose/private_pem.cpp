#include "jose/private_pem.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>

namespace consentd::jose {

namespace {

// Never at a terminal: OpenSSL's own callback would ask for the pass phrase there and hang a daemon's start.
int no_pass_phrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*context*/) {
  return -1;
}

bio_handle over(std::string_view text) {
  constexpr std::size_t largest = std::size_t{256} * 1024;
  if (text.empty() || text.size() > largest) {
    return nullptr;
  }
  return bio_handle(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

} // namespace

result<pkey_handle> read_private_pem(std::string_view pem) {
  auto const source = over(pem);
  pkey_handle pair(source ? PEM_read_bio_PrivateKey(source.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
  ERR_clear_error();
  if (!pair) {
    bool const encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
    return failure{reason::bad_key, encrypted ? "it is encrypted: give an unencrypted PEM file"
                                              : "it is no private key in PEM (PKCS#8 or PKCS#1)"};
  }
  return pair;
}

certificate_handle read_certificate_pem(std::string_view pem) {
  auto const source = over(pem);
  certificate_handle certificate(source ? PEM_read_bio_X509(source.get(), nullptr, no_pass_phrase, nullptr) : nullptr);
  ERR_clear_error();
  return certificate;
}

} // namespace consentd::jose
