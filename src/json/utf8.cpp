#include "json/utf8.hpp"

#include <cstddef>

namespace consentd::json {
namespace {

// What the first byte of a sequence asks of those after it (Unicode table 3-7).
struct shape {
  std::size_t length; // 0: no sequence begins so
  unsigned char low;  // bounds of the second byte; those after it are 80 to BF
  unsigned char high;
};

constexpr shape shape_of(unsigned char lead) noexcept {
  if (lead < 0x80) {
    return {1, 0x80, 0xbf};
  }
  if (lead < 0xc2 || lead > 0xf4) {
    return {0, 0, 0};
  }
  if (lead < 0xe0) {
    return {2, 0x80, 0xbf};
  }
  if (lead < 0xf0) {
    return {3, static_cast<unsigned char>(lead == 0xe0 ? 0xa0 : 0x80),
            static_cast<unsigned char>(lead == 0xed ? 0x9f : 0xbf)};
  }
  return {4, static_cast<unsigned char>(lead == 0xf0 ? 0x90 : 0x80),
          static_cast<unsigned char>(lead == 0xf4 ? 0x8f : 0xbf)};
}

// The first sequence of a text that is not empty: how many bytes belong together, and whether they are one character.
struct piece {
  std::size_t length;
  bool well_formed;
};

piece first_piece(std::string_view bytes) noexcept {
  auto const byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  auto const wanted = shape_of(byte(0));
  if (wanted.length == 0) {
    return {1, false};
  }
  std::size_t length = 1;
  while (length < wanted.length && length < bytes.size()) {
    bool const second = length == 1;
    if (byte(length) < (second ? wanted.low : 0x80) || byte(length) > (second ? wanted.high : 0xbf)) {
      break;
    }
    ++length;
  }
  return {length, length == wanted.length};
}

} // namespace

bool is_utf8(std::string_view bytes) noexcept {
  while (!bytes.empty()) {
    auto const piece = first_piece(bytes);
    if (!piece.well_formed) {
      return false;
    }
    bytes.remove_prefix(piece.length);
  }
  return true;
}

std::string replace_ill_formed(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size());
  while (!bytes.empty()) {
    auto const piece = first_piece(bytes);
    text += piece.well_formed ? bytes.substr(0, piece.length) : std::string_view("\xef\xbf\xbd");
    bytes.remove_prefix(piece.length);
  }
  return text;
}

} // namespace consentd::json
