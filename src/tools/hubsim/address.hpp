// HOST:PORT, as the command line takes it.
#ifndef CONSENTD_TOOLS_HUBSIM_ADDRESS_HPP
#define CONSENTD_TOOLS_HUBSIM_ADDRESS_HPP

#include "base/result.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::hubsim {

struct address {
  std::string host; // without the brackets of an IPv6 address
  std::uint16_t port = 0;

  // "127.0.0.1:8443", "[::1]:8443": where to reach a listener on this address, which for the wildcards is the loopback.
  std::string reachable() const;
};

// "127.0.0.1:8443", "[::1]:8443": numeric, as the daemon takes them; port 0 lets it choose one. bad_setting, quoting
// it, for all else.
result<address> parse_address(std::string_view text);

} // namespace consentd::hubsim

#endif
