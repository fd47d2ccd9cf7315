#include "hub/remote_place.hpp"

#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <string_view>

namespace consentd::hub {

namespace ip = boost::asio::ip;

namespace {

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

// Boost.URL takes any run of digits for a port.
bool is_port(std::string_view text) {
  unsigned number = 0;
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number != 0 && number <= 65535;
}

bool within(ip::address_v4 const& where, ip::network_v4 const& network) {
  auto const mask = network.netmask().to_uint();
  return (where.to_uint() & mask) == (network.network().to_uint() & mask);
}

bool within(ip::address_v6 const& where, ip::network_v6 const& network) {
  return ip::network_v6(where, network.prefix_length()).network() == network.network();
}

bool is_public(ip::address_v4 const& where) {
  static std::array const apart{ip::make_network_v4("0.0.0.0/8"),       ip::make_network_v4("10.0.0.0/8"),
                                ip::make_network_v4("100.64.0.0/10"),   ip::make_network_v4("127.0.0.0/8"),
                                ip::make_network_v4("169.254.0.0/16"),  ip::make_network_v4("172.16.0.0/12"),
                                ip::make_network_v4("192.0.0.0/24"),    ip::make_network_v4("192.0.2.0/24"),
                                ip::make_network_v4("192.168.0.0/16"),  ip::make_network_v4("198.18.0.0/15"),
                                ip::make_network_v4("198.51.100.0/24"), ip::make_network_v4("203.0.113.0/24"),
                                ip::make_network_v4("224.0.0.0/4"),     ip::make_network_v4("240.0.0.0/4")};
  return std::none_of(apart.begin(), apart.end(), [&](auto const& network) { return within(where, network); });
}

ip::address_v4 bytes_of(ip::address_v6 const& where, std::size_t from) {
  auto const all = where.to_bytes();
  return ip::address_v4(ip::address_v4::bytes_type{all[from], all[from + 1], all[from + 2], all[from + 3]});
}

bool is_public(ip::address_v6 const& where) {
  static auto const translated = ip::make_network_v6("64:ff9b::/96"); // RFC 6052
  static auto const six_to_four = ip::make_network_v6("2002::/16");   // RFC 3056
  static auto const global = ip::make_network_v6("2000::/3");         // all that is handed out (RFC 4291)
  static std::array const apart{ip::make_network_v6("2001::/23"), ip::make_network_v6("2001:db8::/32")};
  if (where.is_v4_mapped()) {
    return is_public(bytes_of(where, 12));
  }
  if (within(where, translated)) {
    return is_public(bytes_of(where, 12));
  }
  if (within(where, six_to_four)) {
    return is_public(bytes_of(where, 2));
  }
  return within(where, global) &&
         std::none_of(apart.begin(), apart.end(), [&](auto const& network) { return within(where, network); });
}

} // namespace

result<remote_place> parse_https_url(std::string const& url) {
  auto const parsed = boost::urls::parse_uri(url);
  if (!parsed || parsed->scheme_id() != boost::urls::scheme::https || parsed->host().empty() ||
      parsed->has_userinfo() || parsed->has_fragment() || (parsed->has_port() && !is_port(parsed->port()))) {
    return failure{reason::bad_setting, "not an https URL: " + url};
  }
  std::string path(parsed->encoded_resource());
  return remote_place{lower(parsed->host_address()), parsed->has_port() ? std::string(parsed->port()) : "443",
                      path.empty() || path.front() != '/' ? '/' + path : std::move(path)};
}

bool is_listed(remote_place const& place, std::vector<std::string> const& hosts) {
  return std::any_of(hosts.begin(), hosts.end(), [&](std::string const& host) { return lower(host) == place.host; });
}

bool is_public(ip::address const& where) {
  return where.is_v4() ? is_public(where.to_v4()) : is_public(where.to_v6());
}

} // namespace consentd::hub
