#include "jose/media_type.hpp"

#include <algorithm>

namespace consentd::jose {

bool same_media_type(std::string_view left, std::string_view right) noexcept {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

} // namespace consentd::jose
