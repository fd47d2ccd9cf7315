#include "base/digest.hpp"

#include <openssl/evp.h>

#include <stdexcept>

namespace consentd {

digest sha256(std::string_view bytes) {
  digest out{};
  unsigned size = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), out.data(), &size, EVP_sha256(), nullptr) != 1 || size != out.size()) {
    throw std::runtime_error("SHA-256 is not to be had from OpenSSL");
  }
  return out;
}

std::string_view as_bytes(digest const& value) noexcept {
  return {static_cast<char const*>(static_cast<void const*>(value.data())), value.size()};
}

} // namespace consentd
