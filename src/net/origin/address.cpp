#include "net/origin/address.hpp"

#include <algorithm>
#include <charconv>
#include <string>

namespace consentd::net {

namespace ip = boost::asio::ip;

namespace {

constexpr unsigned mapped_prefix = 96;
// A full IPv6 address with an IPv4 one at its end.
constexpr std::size_t longest_address = 45;

failure no_network(std::string_view text) {
  return {reason::bad_setting, std::string{text} + ": neither an address nor a network such as 10.0.0.0/8"};
}

// Asio's own reading of "/8" takes "/008" and numbers beyond an int.
std::optional<unsigned short> parse_prefix(std::string_view text, unsigned most) noexcept {
  unsigned short value = 0;
  auto const* const end = text.data() + text.size();
  auto const read = std::from_chars(text.data(), end, value);
  auto const canonical = read.ec == std::errc{} && read.ptr == end && (text.size() == 1 || text.front() != '0');
  return canonical && value <= most ? std::optional{value} : std::nullopt;
}

bool holds(ip::network_v4 const& block, ip::address const& which) noexcept {
  return which.is_v4() && ip::network_v4{which.to_v4(), block.prefix_length()}.network() == block.network();
}

bool holds(ip::network_v6 const& block, ip::address const& which) noexcept {
  return which.is_v6() && ip::network_v6{which.to_v6(), block.prefix_length()}.network() == block.network();
}

} // namespace

ip::address plain(ip::address const& from) noexcept {
  if (from.is_v4()) {
    return from;
  }
  auto const v6 = from.to_v6();
  if (v6.is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, v6);
  }
  return ip::address_v6{v6.to_bytes()};
}

std::optional<ip::address> parse_address(std::string_view text) {
  // Keeps out zones ("%eth0"), and the NUL behind which a C function would not look.
  auto const allowed = text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  if (text.empty() || text.size() > longest_address || !allowed) {
    return std::nullopt;
  }
  boost::system::error_code error;
  auto const made = ip::make_address(std::string{text}, error);
  return error ? std::nullopt : std::optional{made};
}

result<network> network::parse(std::string_view text) {
  auto const slash = text.find('/');
  auto const address = parse_address(text.substr(0, slash));
  if (!address) {
    return no_network(text);
  }
  auto const most = address->is_v4() ? 32U : 128U;
  auto const prefix = slash == std::string_view::npos ? std::optional{static_cast<unsigned short>(most)}
                                                      : parse_prefix(text.substr(slash + 1), most);
  if (!prefix) {
    return no_network(text);
  }
  if (address->is_v4()) {
    ip::network_v4 const made{address->to_v4(), *prefix};
    return made.canonical() == made ? result<network>{network{made}} : no_network(text);
  }
  ip::network_v6 const made{address->to_v6(), *prefix};
  if (made.canonical() != made) {
    return no_network(text);
  }
  if (address->to_v6().is_v4_mapped() && *prefix >= mapped_prefix) {
    auto const v4 = ip::make_address_v4(ip::v4_mapped, address->to_v6());
    return network{ip::network_v4{v4, static_cast<unsigned short>(*prefix - mapped_prefix)}};
  }
  return network{made};
}

bool network::contains(ip::address const& which) const noexcept {
  return std::visit([address = plain(which)](auto const& own) { return holds(own, address); }, block_);
}

bool any_contains(std::span<network const> networks, ip::address const& which) noexcept {
  return std::any_of(networks.begin(), networks.end(), [&which](auto const& each) { return each.contains(which); });
}

} // namespace consentd::net
