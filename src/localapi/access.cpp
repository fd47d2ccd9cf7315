#include "localapi/access.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace consentd::localapi {
namespace {

// /proc/sys/kernel/overflowuid, unless an administrator has changed it, and the value that stands for no user
// (chown(2)).
constexpr uid_t overflow_user = 65534;
constexpr uid_t no_user = static_cast<uid_t>(-1);

bool may_be_anybody(uid_t user) noexcept {
  return user == 0 || user == overflow_user || user == no_user;
}

bool is_in(gid_t group, net::peer const& who) noexcept {
  return who.gid == group ||
         (who.groups && std::find(who.groups->begin(), who.groups->end(), group) != who.groups->end());
}

bool is_about(access_rule const& rule, net::peer const& who) noexcept {
  if (rule.user) {
    return rule.user == who.uid;
  }
  return !may_be_anybody(*who.uid) && (!rule.group || is_in(*rule.group, who));
}

} // namespace

std::string_view to_string(right value) noexcept {
  constexpr std::array<std::string_view, 4> names{"none", "read", "register", "operate"};
  return names[static_cast<std::size_t>(value)];
}

right access_rules::of(net::peer const& who) const noexcept {
  auto highest = right::none;
  if (!who.uid) {
    return highest;
  }
  for (auto const& rule : rules_) {
    if (is_about(rule, who)) {
      highest = std::max(highest, rule.allows);
    }
  }
  return highest;
}

bool standing_right::holds() {
  if (auto rules = rules_.get(); rules != asked_) {
    holds_ = std::min(at_most_, rules->of(who_)) >= needs_;
    asked_ = std::move(rules);
  }
  return holds_;
}

} // namespace consentd::localapi
