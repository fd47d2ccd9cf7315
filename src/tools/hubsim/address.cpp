#include "tools/hubsim/address.hpp"

#include <arpa/inet.h>
#include <array>
#include <charconv>

namespace consentd::hubsim {

namespace {

bool is_numeric(int family, std::string const& host) {
  std::array<unsigned char, sizeof(in6_addr)> ignored{};
  return ::inet_pton(family, host.c_str(), ignored.data()) == 1;
}

} // namespace

std::string address::reachable() const {
  auto const suffix = ":" + std::to_string(port);
  if (is_numeric(AF_INET, host)) {
    return (host == "0.0.0.0" ? "127.0.0.1" : host) + suffix;
  }
  return "[" + (host == "::" ? "::1" : host) + "]" + suffix;
}

result<address> parse_address(std::string_view text) {
  failure const wrong{reason::bad_setting,
                      "\"" + std::string(text) + "\" is no numeric ADDRESS:PORT such as 127.0.0.1:8443 or [::1]:8443"};
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return wrong;
  }
  auto host = text.substr(0, colon);
  auto const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  }
  address made{std::string(host), 0};
  if (!is_numeric(bracketed ? AF_INET6 : AF_INET, made.host)) {
    return wrong;
  }
  auto const digits = text.substr(colon + 1);
  auto const [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), made.port);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return wrong;
  }
  return made;
}

} // namespace consentd::hubsim
