// IP addresses and networks as settings, proxies and headers write them.
#ifndef CONSENTD_NET_ORIGIN_ADDRESS_HPP
#define CONSENTD_NET_ORIGIN_ADDRESS_HPP

#include "base/result.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <optional>
#include <span>
#include <string_view>
#include <variant>

namespace consentd::net {

// The form in which addresses are compared: an IPv4-mapped IPv6 address (RFC 4291 section 2.5.5.2) is its IPv4 address,
// since a socket for both families reports an IPv4 client so; a zone is dropped.
boost::asio::ip::address plain(boost::asio::ip::address const& from) noexcept;

// "192.0.2.1", "2001:db8::1": one address and nothing else, without brackets, port, zone or leading zeros of IPv4.
// Nothing for any other text. Not made plain.
std::optional<boost::asio::ip::address> parse_address(std::string_view text);

// A block of addresses.
class network {
public:
  // "10.0.0.0/8", "2001:db8::/32", or a single address. bad_setting, with the text, when it is neither or has bits
  // behind its prefix: somebody meant another network. A block of IPv4-mapped addresses is one of IPv4 addresses.
  static result<network> parse(std::string_view text);

  // Compares plain addresses: "10.0.0.0/8" contains ::ffff:10.1.2.3, and "::/0" no IPv4 address.
  bool contains(boost::asio::ip::address const& which) const noexcept;

private:
  using block = std::variant<boost::asio::ip::network_v4, boost::asio::ip::network_v6>;
  explicit network(block const& made) noexcept : block_{made} {}
  block block_;
};

bool any_contains(std::span<network const> networks, boost::asio::ip::address const& which) noexcept;

} // namespace consentd::net

#endif
