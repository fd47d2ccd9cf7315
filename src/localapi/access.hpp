// Who may do what over the local API.
#ifndef CONSENTD_LOCALAPI_ACCESS_HPP
#define CONSENTD_LOCALAPI_ACCESS_HPP

#include "net/http.hpp"

#include <cstdint>
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

} // namespace consentd::localapi

#endif
