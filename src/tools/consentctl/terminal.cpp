#include "tools/consentctl/terminal.hpp"

#include <algorithm>
#include <clocale>
#include <cstdint>
#include <cwchar>
#include <locale.h>
#include <optional>
#include <span>

namespace consentd::consentctl {

namespace {

struct code_point {
  char32_t value = 0;
  std::size_t bytes = 1;
};

std::size_t length_of(unsigned char lead) noexcept {
  if (lead < 0x80) {
    return 1;
  }
  if (lead >= 0xc2 && lead <= 0xdf) {
    return 2;
  }
  if (lead >= 0xe0 && lead <= 0xef) {
    return 3;
  }
  return lead >= 0xf0 && lead <= 0xf4 ? 4 : 0;
}

// The code point that `text` begins with; nothing when it is no UTF-8 (RFC 3629: no overlong forms, no surrogates).
std::optional<code_point> decode(std::string_view text) noexcept {
  constexpr char32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  auto const lead = static_cast<unsigned char>(text.front());
  auto const length = length_of(lead);
  if (length == 0 || text.size() < length) {
    return std::nullopt;
  }
  char32_t value = length == 1 ? lead : lead & (0xffU >> (length + 1));
  for (std::size_t at = 1; at < length; ++at) {
    auto const next = static_cast<unsigned char>(text[at]);
    if ((next & 0xc0U) != 0x80U) {
      return std::nullopt;
    }
    value = (value << 6U) | (next & 0x3fU);
  }
  if (value < smallest[length] || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff)) {
    return std::nullopt;
  }
  return code_point{value, length};
}

struct range {
  char32_t first;
  char32_t last;
};

// Control characters; marks, embeddings, overrides and isolates of the bidirectional algorithm; separators of lines and
// paragraphs; joiners, controls of shorthand and music and other characters without a glyph; tags; and what is no
// character.
constexpr range hidden[] = {
    {0x00, 0x1f},       {0x7f, 0x9f},       {0xad, 0xad},       {0x34f, 0x34f},   {0x61c, 0x61c},   {0x115f, 0x1160},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x200b, 0x200f},   {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},
    {0xfdd0, 0xfdef},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff},   {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

// The blocks of scripts that are written from right to left.
constexpr range right_to_left[] = {
    {0x590, 0x8ff}, {0xfb1d, 0xfdff}, {0xfe70, 0xfeff}, {0x10800, 0x10fff}, {0x1e800, 0x1efff},
};

bool is_in(std::span<range const> ranges, char32_t value) noexcept {
  return std::any_of(ranges.begin(), ranges.end(),
                     [value](range const& one) { return value >= one.first && value <= one.last; });
}

bool is_hidden(char32_t value) noexcept {
  return is_in(hidden, value);
}

bool is_hidden_among_others(char32_t value) noexcept {
  return is_hidden(value) || is_in(right_to_left, value);
}

void append_hex(std::string& out, std::uint32_t value, unsigned digits) {
  constexpr std::string_view hex = "0123456789abcdef";
  while (digits-- > 0) {
    out.push_back(hex[(value >> (4 * digits)) & 15U]);
  }
}

void append_escape(std::string& out, char32_t value) {
  if (value <= 0xffff) {
    out += "\\u";
    append_hex(out, value, 4);
    return;
  }
  // As JSON has it: a pair of surrogates.
  auto const rest = value - 0x10000;
  append_escape(out, 0xd800 + (rest >> 10U));
  append_escape(out, 0xdc00 + (rest & 0x3ffU));
}

std::string with_escapes(std::string_view text, bool (*escaped)(char32_t)) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto const one = decode(text);
    if (!one) {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text.front()), 2);
    } else if (escaped(one->value)) {
      append_escape(out, one->value);
    } else {
      out += text.substr(0, one->bytes);
    }
    text.remove_prefix(one ? one->bytes : 1);
  }
  return out;
}

// wcwidth(3) answers for the thread's locale, which is the user's: widths are asked for in one that knows Unicode.
class unicode_locale {
public:
  unicode_locale() noexcept : before_(::uselocale(known())) {}
  unicode_locale(unicode_locale const&) = delete;
  unicode_locale& operator=(unicode_locale const&) = delete;
  ~unicode_locale() { ::uselocale(before_); }

private:
  // Without one nothing changes, and what is not ASCII counts as one column.
  static locale_t known() noexcept {
    static locale_t const made = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
    return made;
  }
  locale_t before_;
};

} // namespace

std::string printable(std::string_view text) {
  return with_escapes(text, is_hidden);
}

std::string printable_among_others(std::string_view text) {
  return with_escapes(text, is_hidden_among_others);
}

std::size_t columns_of(std::string_view text) {
  unicode_locale const scope;
  std::size_t columns = 0;
  while (!text.empty()) {
    auto const one = decode(text);
    int const wide = one ? ::wcwidth(static_cast<wchar_t>(one->value)) : 1;
    columns += wide < 0 ? 1U : static_cast<unsigned>(wide);
    text.remove_prefix(one ? one->bytes : 1);
  }
  return columns;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  while (!json.empty()) {
    auto const one = decode(json);
    if (!one) {
      out += "\\ufffd";
    } else if (one->value == '\n' || one->value == '\t') {
      // Between tokens only: in a string JSON has them escaped.
      out += json.front();
    } else if (one->value == '\r') {
      out += ' ';
    } else if (is_hidden(one->value)) {
      append_escape(out, one->value);
    } else {
      out += json.substr(0, one->bytes);
    }
    json.remove_prefix(one ? one->bytes : 1);
  }
  return out;
}

} // namespace consentd::consentctl
