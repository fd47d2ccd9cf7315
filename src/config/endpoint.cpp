#include "config/endpoint.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <netinet/in.h>
#include <optional>
#include <sys/un.h>

namespace consentd::config {
namespace {

constexpr std::string_view systemd_prefix = "systemd:";
constexpr std::size_t longest_socket_path = sizeof(sockaddr_un::sun_path) - 1;

failure wrong(std::string detail) {
  return failure{reason::bad_setting, std::move(detail)};
}

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

result<endpoint> parse_inherited(std::string_view name) {
  bool const sound = !name.empty() && name.size() <= 255 && std::ranges::all_of(name, [](char c) {
    return is_alphanumeric(c) || c == '-' || c == '_' || c == '.';
  });
  if (!sound) {
    return wrong("after systemd: comes the FileDescriptorName of a socket unit: letters, digits, '-', '_', '.'");
  }
  return endpoint(inherited_endpoint{std::string(name)});
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (text.empty() || error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return port;
}

bool is_address(int family, std::string const& text) {
  in6_addr room{};
  return inet_pton(family, text.c_str(), &room) == 1;
}

bool is_host(std::string_view host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return is_address(AF_INET6, std::string(host.substr(1, host.size() - 2)));
  }
  return !host.empty() && host.size() <= 253 && host.front() != '.' && host.front() != '-' &&
         std::ranges::all_of(host, [](char c) { return is_alphanumeric(c) || c == '-' || c == '.'; });
}

} // namespace

std::string describe(endpoint const& where) {
  if (auto const* const tcp = std::get_if<tcp_endpoint>(&where)) {
    bool const six = tcp->address.find(':') != std::string::npos;
    return (six ? '[' + tcp->address + ']' : tcp->address) + ':' + std::to_string(tcp->port);
  }
  if (auto const* const local = std::get_if<unix_endpoint>(&where)) {
    return local->path;
  }
  return std::string(systemd_prefix) + std::get<inherited_endpoint>(where).name;
}

result<endpoint> parse_tcp_endpoint(std::string_view text) {
  if (text.starts_with(systemd_prefix)) {
    return parse_inherited(text.substr(systemd_prefix.size()));
  }
  auto const colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return wrong("it has no port");
  }
  auto const port = parse_port(text.substr(colon + 1));
  if (!port) {
    return wrong("what follows the last colon is no port from 0 to 65535");
  }
  auto host = text.substr(0, colon);
  bool const bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string_view::npos) {
    return wrong("an IPv6 address stands in brackets: [::1]:8443");
  }
  std::string address(host);
  if (!is_address(bracketed ? AF_INET6 : AF_INET, address)) {
    return wrong("what stands before the port is no IP address (names are not looked up)");
  }
  return endpoint(tcp_endpoint{std::move(address), *port});
}

result<endpoint> parse_unix_endpoint(std::string_view text) {
  if (text.starts_with(systemd_prefix)) {
    return parse_inherited(text.substr(systemd_prefix.size()));
  }
  if (text.empty() || text.size() > longest_socket_path) {
    return wrong("the path of a socket has 1 to " + std::to_string(longest_socket_path) + " bytes");
  }
  return endpoint(unix_endpoint{std::string(text)});
}

bool is_loopback(endpoint const& where) {
  auto const* const tcp = std::get_if<tcp_endpoint>(&where);
  if (tcp == nullptr) {
    return false;
  }
  in_addr four{};
  if (inet_pton(AF_INET, tcp->address.c_str(), &four) == 1) {
    return ntohl(four.s_addr) >> 24 == 127;
  }
  in6_addr six{};
  return inet_pton(AF_INET6, tcp->address.c_str(), &six) == 1 &&
         std::ranges::equal(six.s6_addr, in6addr_loopback.s6_addr);
}

bool is_https_url(std::string_view text, url_query query) noexcept {
  constexpr std::string_view scheme = "https://";
  if (!text.starts_with(scheme) || !std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; }) ||
      text.find_first_of("#\\\"<>^`{|}") != std::string_view::npos) {
    return false;
  }
  if (query == url_query::refused && text.find('?') != std::string_view::npos) {
    return false;
  }
  text.remove_prefix(scheme.size());
  auto authority = text.substr(0, text.find_first_of("/?"));
  auto const colon = authority.rfind(':');
  if (colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos) {
    auto const port = parse_port(authority.substr(colon + 1));
    if (!port || *port == 0) {
      return false;
    }
    authority = authority.substr(0, colon);
  }
  return is_host(authority);
}

result<proxy_endpoint> parse_proxy(std::string const& text) {
  auto const url = boost::urls::parse_uri(text);
  if (!url || url->scheme_id() != boost::urls::scheme::http || url->host_address().empty()) {
    return failure{reason::bad_setting, "is no http URL"};
  }
  if (url->has_userinfo() || url->has_query() || url->has_fragment() || url->encoded_path().size() > 1) {
    return failure{reason::bad_setting, "has more than a host and a port"};
  }
  if (auto const port = parse_port(std::string(url->port())); !port || *port == 0) {
    return failure{reason::bad_setting, "has no port"};
  }
  return proxy_endpoint{url->host_address(), std::string(url->port())};
}

} // namespace consentd::config
