#include "base/base64url.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace consentd {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t outside = 0xff;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits{};
  digits.fill(outside);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    digits[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}

constexpr auto digits = make_digits();

constexpr std::uint8_t digit(char c) noexcept {
  return digits[static_cast<unsigned char>(c)];
}

constexpr char byte(unsigned bits) noexcept {
  return static_cast<char>(static_cast<unsigned char>(bits & 0xffU));
}

} // namespace

bool is_base64url(std::string_view text) noexcept {
  // Digits are below 64, so one high bit in the union of all of them means a stranger: no branch for each character.
  std::uint8_t seen = 0;
  for (char const c : text) {
    seen |= digit(c);
  }
  if ((seen & 0xc0U) != 0) {
    return false;
  }
  // The bits of the last digit that belong to no byte must be zero, or several texts would decode to the same bytes.
  switch (text.size() % 4) {
  case 0:
    return true;
  case 2:
    return (digit(text.back()) & 0x0fU) == 0;
  case 3:
    return (digit(text.back()) & 0x03U) == 0;
  default:
    return false;
  }
}

std::optional<std::string> decode_base64url(std::string_view text) {
  if (!is_base64url(text)) {
    return std::nullopt;
  }
  // Sized once and written in place: appending byte by byte costs more than the decoding.
  std::string bytes(text.size() / 4 * 3 + (text.size() % 4 == 0 ? 0 : text.size() % 4 - 1), '\0');
  auto* to = bytes.data();
  while (text.size() >= 4) {
    unsigned const bits = static_cast<unsigned>(digit(text[0])) << 18U | static_cast<unsigned>(digit(text[1])) << 12U |
                          static_cast<unsigned>(digit(text[2])) << 6U | digit(text[3]);
    *to++ = byte(bits >> 16U);
    *to++ = byte(bits >> 8U);
    *to++ = byte(bits);
    text.remove_prefix(4);
  }
  if (text.size() >= 2) {
    *to++ = byte(static_cast<unsigned>(digit(text[0])) << 2U | static_cast<unsigned>(digit(text[1])) >> 4U);
  }
  if (text.size() == 3) {
    *to = byte(static_cast<unsigned>(digit(text[1])) << 4U | static_cast<unsigned>(digit(text[2])) >> 2U);
  }
  return bytes;
}

std::string encode_base64url(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() * 4 + 2) / 3);
  auto const put = [&](unsigned bits) { text += alphabet[bits & 0x3fU]; };
  auto const at = [&](std::size_t i) { return static_cast<unsigned>(static_cast<unsigned char>(bytes[i])); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    unsigned const bits = at(i) << 16U | at(i + 1) << 8U | at(i + 2);
    put(bits >> 18U);
    put(bits >> 12U);
    put(bits >> 6U);
    put(bits);
  }
  if (bytes.size() - i == 1) {
    put(at(i) >> 2U);
    put(at(i) << 4U);
  } else if (bytes.size() - i == 2) {
    put(at(i) >> 2U);
    put(at(i) << 4U | at(i + 1) >> 4U);
    put(at(i + 1) << 2U);
  }
  return text;
}

} // namespace consentd
