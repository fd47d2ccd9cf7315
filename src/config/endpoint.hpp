// The written forms of places on the network.
#ifndef CONSENTD_CONFIG_ENDPOINT_HPP
#define CONSENTD_CONFIG_ENDPOINT_HPP

#include "base/result.hpp"
#include "config/settings.hpp"

#include <string>
#include <string_view>

namespace consentd::config {

// "127.0.0.1:8443", "[::1]:8443", "systemd:NAME". bad_setting with what is wrong. Names are not looked up: which
// address is listened on must not depend on DNS.
result<endpoint> parse_tcp_endpoint(std::string_view text);

// A path, or "systemd:NAME". bad_setting with what is wrong.
result<endpoint> parse_unix_endpoint(std::string_view text);

// True for an address of this machine alone: 127.0.0.0/8 and ::1. False for all that is not tcp.
bool is_loopback(endpoint const& where);

// True for an https URL with a host and neither user name nor fragment. An issuer's may have no query either (RFC 8414
// section 2).
enum class url_query { allowed, refused };
bool is_https_url(std::string_view text, url_query query) noexcept;

// "http://host:port", nothing else. bad_setting with what is wrong.
struct proxy_endpoint {
  std::string host; // an IPv6 address without brackets
  std::string port;
};
result<proxy_endpoint> parse_proxy(std::string const& text);

} // namespace consentd::config

#endif
