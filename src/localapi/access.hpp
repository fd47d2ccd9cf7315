// Who may do what over the local API.
#ifndef CONSENTD_LOCALAPI_ACCESS_HPP
#define CONSENTD_LOCALAPI_ACCESS_HPP

#include "base/current.hpp"
#include "net/http.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace consentd::localapi {

// Each includes those before it.
enum class right : std::uint8_t {
  none,
  read,      // queries, streams, consumers
  registers, // and announces consents
  operate    // and decides, erases, retries, reloads
};

std::string_view to_string(right value) noexcept;

// Whom a rule is about: a user, or else a group, or else anybody.
struct access_rule {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
  right allows = right::none;
};

// As the kernel says who is at the other end of the socket: SO_PEERCRED and SO_PEERGROUPS (unix(7)).
class access_rules {
public:
  explicit access_rules(std::vector<access_rule> rules) : rules_(std::move(rules)) {}

  // The highest that any rule gives. Root, and the user whom the kernel names where a container's user has no number
  // here, count only where a rule names that very user: half a machine may become one of them.
  right of(net::peer const& who) const noexcept;

private:
  std::vector<access_rule> rules_;
};

// Whether whoever was let in may still be there, for calls that have no end: rules are replaced while they go on. Used
// by one coroutine.
class standing_right {
public:
  // Rules and peer must outlive it. Nobody may do more than `at_most` there; the call needs `needs`.
  standing_right(current<access_rules> const& rules, net::peer const& who, right at_most, right needs)
      : rules_(rules), who_(who), at_most_(at_most), needs_(needs) {}

  // Costs little while the rules are the same.
  bool holds();

private:
  current<access_rules> const& rules_;
  net::peer const& who_;
  right const at_most_;
  right const needs_;
  std::shared_ptr<access_rules const> asked_;
  bool holds_ = false;
};

} // namespace consentd::localapi

#endif
