#include "consent/permissions.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace consentd::consent {
namespace {

bool is_code(std::string const& text) noexcept {
  auto const is_control = [](char c) {
    auto const code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  };
  return !text.empty() && text.size() <= permission_set::longest && std::none_of(text.begin(), text.end(), is_control);
}

} // namespace

std::optional<permission_set> permission_set::of(std::vector<std::string> codes) {
  if (!std::all_of(codes.begin(), codes.end(), is_code)) {
    return std::nullopt;
  }
  std::sort(codes.begin(), codes.end());
  codes.erase(std::unique(codes.begin(), codes.end()), codes.end());
  if (codes.size() > most) {
    return std::nullopt;
  }
  permission_set made;
  made.codes_ = std::move(codes);
  return made;
}

bool permission_set::within(permission_set const& other) const noexcept {
  return std::includes(other.codes_.begin(), other.codes_.end(), codes_.begin(), codes_.end());
}

permission_set permission_set::common_with(permission_set const& other) const {
  permission_set made;
  std::set_intersection(codes_.begin(), codes_.end(), other.codes_.begin(), other.codes_.end(),
                        std::back_inserter(made.codes_));
  return made;
}

} // namespace consentd::consent
