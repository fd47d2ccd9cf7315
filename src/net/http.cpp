#include "net/http.hpp"

#include <algorithm>

namespace consentd::net {
namespace {

// Field names are ASCII; the locale must have no say.
char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_name(std::string_view left, std::string_view right) noexcept {
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [](char a, char b) { return lower(a) == lower(b); });
}

} // namespace

std::string_view request_head::path() const noexcept {
  return std::string_view{target}.substr(0, target.find('?'));
}

std::string_view request_head::query() const noexcept {
  auto const mark = target.find('?');
  return mark == std::string::npos ? std::string_view{} : std::string_view{target}.substr(mark + 1);
}

std::optional<std::string_view> request_head::find(std::string_view name) const noexcept {
  std::optional<std::string_view> found;
  for (auto const& field : fields) {
    if (!same_name(field.name, name)) {
      continue;
    }
    if (found) {
      return std::nullopt;
    }
    found = field.value;
  }
  return found;
}

std::size_t request_head::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(fields.begin(), fields.end(), [name](auto const& field) { return same_name(field.name, name); }));
}

std::vector<std::string_view> request_head::all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (auto const& field : fields) {
    if (same_name(field.name, name)) {
      values.emplace_back(field.value);
    }
  }
  return values;
}

} // namespace consentd::net
