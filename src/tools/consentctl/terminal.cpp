#include "tools/consentctl/terminal.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>

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
// paragraphs; joiners and other characters without a glyph; tags; and what is no character.
constexpr range hidden[] = {
    {0x00, 0x1f},     {0x7f, 0x9f},     {0xad, 0xad},     {0x61c, 0x61c},   {0x115f, 0x1160},   {0x17b4, 0x17b5},
    {0x180b, 0x180f}, {0x200b, 0x200f}, {0x2028, 0x202e}, {0x2060, 0x206f}, {0x3164, 0x3164},   {0xfe00, 0xfe0f},
    {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0xfffe, 0xffff}, {0xe0000, 0xe0fff},
};

bool is_hidden(char32_t value) noexcept {
  return std::any_of(std::begin(hidden), std::end(hidden),
                     [value](range const& one) { return value >= one.first && value <= one.last; });
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

std::size_t width(std::string_view utf8) noexcept {
  return static_cast<std::size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    auto const one = decode(text);
    if (!one) {
      out += "\\x";
      append_hex(out, static_cast<unsigned char>(text.front()), 2);
    } else if (is_hidden(one->value)) {
      append_escape(out, one->value);
    } else {
      out += text.substr(0, one->bytes);
    }
    text.remove_prefix(one ? one->bytes : 1);
  }
  return out;
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

table::table(std::vector<std::string> headings) {
  rows_.push_back(std::move(headings));
}

void table::add(std::vector<std::string> cells) {
  for (auto& cell : cells) {
    cell = printable(cell);
  }
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string table::text() const {
  if (rows_.size() == 1) {
    return {};
  }
  std::vector<std::size_t> widths(rows_.front().size());
  for (auto const& row : rows_) {
    for (std::size_t at = 0; at < row.size(); ++at) {
      widths[at] = std::max(widths[at], width(row[at]));
    }
  }
  std::string out;
  for (auto const& row : rows_) {
    std::string line;
    for (std::size_t at = 0; at < row.size(); ++at) {
      line += row[at] + std::string(widths[at] - width(row[at]) + 2, ' ');
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

} // namespace consentd::consentctl
