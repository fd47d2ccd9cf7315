// `consent-hubsim rotate` and `trouble`: what becomes of an issuer's keys, and of the place where they are published.
#ifndef CONSENTD_TOOLS_HUBSIM_ROTATION_HPP
#define CONSENTD_TOOLS_HUBSIM_ROTATION_HPP

#include "tools/hubsim/deployment.hpp"

#include <chrono>
#include <cstdint>
#include <string>

namespace consentd::hubsim {

// What is published once there is a new key.
enum class publication : std::uint8_t {
  both,  // the old keys go on to be published beside it
  alone, // the old ones are withdrawn
  none   // the set stays as it was: the new key is used and nobody can know it
};

// From now on `send` signs as the issuer (by name or id; "hub" signs bearer tokens) with a new key. Its kid. not_found:
// no such issuer; storage.
result<std::string> rotate(deployment by, std::string const& name_or_id, publication how);

// How `serve` answers for one issuer, discovery document and key set alike.
enum class trouble : std::uint8_t {
  none,
  down,   // 503
  broken, // 200 with a text that is cut off
  slow    // as it should, but only after `slow_answer`
};
inline constexpr std::chrono::seconds slow_answer{10};

// Counts from the next request on, also for a `serve` that runs. not_found, storage.
result<void> set_trouble(deployment const& by, std::string const& name_or_id, trouble what);
// What was set last; none when nothing was.
trouble trouble_of(deployment const& by, std::string_view issuer_name);

} // namespace consentd::hubsim

#endif
