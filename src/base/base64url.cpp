#include "base/base64url.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

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

// Eight characters at a time, one in each byte of a word: every event passes here several times, and the compilers we
// build with turn a loop over single characters into one slow step each.
namespace word {

constexpr std::uint64_t in_each(std::uint8_t value) noexcept {
  return 0x0101010101010101U * value;
}

constexpr std::uint64_t high_bits = in_each(0x80);

// In the high bit of each byte, and no carry from one to the next as long as all are below 0x80.
constexpr std::uint64_t at_least(std::uint64_t bytes, char least) noexcept {
  return bytes + in_each(static_cast<std::uint8_t>(0x80 - least));
}

constexpr std::uint64_t within(std::uint64_t bytes, char first, char last) noexcept {
  return at_least(bytes, first) & ~at_least(bytes, static_cast<char>(last + 1));
}

constexpr bool is_of_alphabet(std::uint64_t bytes) noexcept {
  if ((bytes & high_bits) != 0) {
    return false;
  }
  auto const letters = within(bytes | in_each(0x20), 'a', 'z'); // the bit between upper and lower case
  auto const others = within(bytes, '0', '9') | within(bytes, '-', '-') | within(bytes, '_', '_');
  return ((letters | others) & high_bits) == high_bits;
}

} // namespace word

bool is_of_alphabet(std::string_view text) noexcept {
  std::uint64_t eight = 0;
  for (; text.size() >= sizeof eight; text.remove_prefix(sizeof eight)) {
    std::memcpy(&eight, text.data(), sizeof eight);
    if (!word::is_of_alphabet(eight)) {
      return false;
    }
  }
  return std::all_of(text.begin(), text.end(), [](char c) { return digit(c) != outside; });
}

constexpr char byte(unsigned bits) noexcept {
  return static_cast<char>(static_cast<unsigned char>(bits & 0xffU));
}

} // namespace

bool is_base64url(std::string_view text) noexcept {
  if (!is_of_alphabet(text)) {
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
