// Tables of an enum's words, in the order of its declaration.
#ifndef CONSENTD_CONSENT_NAMES_HPP
#define CONSENTD_CONSENT_NAMES_HPP

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace consentd::consent {

template <class Enum, std::size_t Count>
constexpr std::string_view name_of(std::array<std::string_view, Count> const& names, Enum value) noexcept {
  auto const at = static_cast<std::size_t>(value);
  return at < Count ? names[at] : std::string_view();
}

// Exact spelling only.
template <class Enum, std::size_t Count>
std::optional<Enum> value_of(std::array<std::string_view, Count> const& names, std::string_view text) noexcept {
  auto const* const found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) {
    return std::nullopt;
  }
  return static_cast<Enum>(found - names.begin());
}

} // namespace consentd::consent

#endif
