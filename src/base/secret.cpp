#include "base/secret.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace consentd {

secret::secret(std::size_t size) : bytes_(std::make_unique<unsigned char[]>(size)), size_(size), capacity_(size) {
}

secret::secret(secret&& other) noexcept
    : bytes_(std::move(other.bytes_)), size_(std::exchange(other.size_, 0)),
      capacity_(std::exchange(other.capacity_, 0)) {
}

secret& secret::operator=(secret&& other) noexcept {
  if (this != &other) {
    OPENSSL_cleanse(bytes_.get(), capacity_);
    bytes_ = std::move(other.bytes_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
  }
  return *this;
}

secret::~secret() {
  OPENSSL_cleanse(bytes_.get(), capacity_);
}

void secret::shrink(std::size_t size) noexcept {
  if (size < size_) {
    OPENSSL_cleanse(bytes_.get() + size, size_ - size);
    size_ = size;
  }
}

} // namespace consentd
