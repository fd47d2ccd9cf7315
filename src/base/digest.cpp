#include "base/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

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

digest hmac_sha256(std::string_view key, std::string_view bytes) {
  digest out{};
  unsigned size = 0;
  auto const* const from = static_cast<unsigned char const*>(static_cast<void const*>(bytes.data()));
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), from, bytes.size(), out.data(), &size) == nullptr ||
      size != out.size()) {
    throw std::runtime_error("HMAC-SHA-256 is not to be had from OpenSSL");
  }
  return out;
}

std::string_view as_bytes(digest const& value) noexcept {
  return {static_cast<char const*>(static_cast<void const*>(value.data())), value.size()};
}

} // namespace consentd
