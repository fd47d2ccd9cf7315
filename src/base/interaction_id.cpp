#include "base/interaction_id.hpp"

#include <openssl/rand.h>

#include <array>
#include <cstddef>
#include <stdexcept>

namespace consentd {
namespace {

constexpr bool hyphen_at(std::size_t i) noexcept {
  return i == 8 || i == 13 || i == 18 || i == 23;
}

// Not std::isxdigit: that one asks the locale.
constexpr bool is_hex(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

} // namespace

bool is_uuid(std::string_view text) noexcept {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (hyphen_at(i) ? text[i] != '-' : !is_hex(text[i])) {
      return false;
    }
  }
  return true;
}

std::string new_uuid() {
  std::array<unsigned char, 16> bytes{};
  if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1) {
    throw std::runtime_error("OpenSSL has no random bytes");
  }
  // Version 4, variant 1 (RFC 4122 section 4.4).
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  constexpr std::string_view hex = "0123456789abcdef";
  std::string text;
  text.reserve(36);
  for (unsigned char const byte : bytes) {
    if (hyphen_at(text.size())) {
      text += '-';
    }
    text += hex[byte >> 4U];
    text += hex[byte & 0x0fU];
  }
  return text;
}

} // namespace consentd
