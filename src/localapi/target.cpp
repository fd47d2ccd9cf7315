#include "localapi/target.hpp"

#include "localapi/cut.hpp"

#include <algorithm>
#include <cstddef>

namespace consentd::localapi {

namespace {

constexpr std::size_t max_segments = 8;
constexpr std::size_t max_parameters = 32;

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  if (c >= 'A' && c <= 'F') {
    return c - 'A' + 10;
  }
  return -1;
}

bool has_control(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(), [](unsigned char byte) { return byte < 0x20 || byte == 0x7f; });
}

problem malformed(std::string detail) {
  return {problem_kind::request_malformed, std::move(detail), {}, {}};
}

parsed<target::parameter> read_parameter(std::string_view piece) {
  auto const equals = piece.find('=');
  auto name = percent_decode(piece.substr(0, equals));
  auto value = percent_decode(equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1));
  if (!name || !value || name->empty() || has_control(*name)) {
    return malformed("The query is not made of name=value pairs, percent-encoded.");
  }
  if (has_control(*value)) {
    return invalid(*name, "There are control characters in it.");
  }
  return target::parameter{std::move(*name), std::move(*value)};
}

} // namespace

std::optional<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    char c = text[at];
    if (c == '%') {
      if (text.size() - at < 3) {
        return std::nullopt;
      }
      int const high = hex_digit(text[at + 1]);
      int const low = hex_digit(text[at + 2]);
      if (high < 0 || low < 0) {
        return std::nullopt;
      }
      c = static_cast<char>(high * 16 + low);
      at += 2;
    }
    out.push_back(c);
  }
  return out;
}

parsed<target> target::parse(std::string_view path, std::string_view query) {
  target made;
  if (!path.starts_with('/')) {
    return malformed("The request target is not a path.");
  }
  path.remove_prefix(1);
  bool more = true;
  while (more) {
    if (made.segments_.size() == max_segments) {
      return problem{problem_kind::path_unknown, "The path has too many segments.", {}, {}};
    }
    more = path.find('/') != std::string_view::npos;
    auto segment = percent_decode(cut(path, '/'));
    if (!segment) {
      return malformed("The path is not properly percent-encoded.");
    }
    made.segments_.push_back(std::move(*segment));
  }
  while (!query.empty()) {
    if (made.parameters_.size() == max_parameters) {
      return malformed("The query has too many parameters.");
    }
    auto one = read_parameter(cut(query, '&'));
    if (!one) {
      return one.error();
    }
    made.parameters_.push_back(std::move(*one));
  }
  return made;
}

std::optional<std::string_view> target::find(std::string_view name) const noexcept {
  for (auto const& one : parameters_) {
    if (one.name == name) {
      return one.value;
    }
  }
  return std::nullopt;
}

} // namespace consentd::localapi
