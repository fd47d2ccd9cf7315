// The client behind reverse proxies, from the header in which they name it.
#ifndef CONSENTD_NET_ORIGIN_FORWARDING_HPP
#define CONSENTD_NET_ORIGIN_FORWARDING_HPP

#include "base/result.hpp"
#include "net/origin/address.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace consentd::net {

// Addresses in one request's forwarding header; nobody has so many proxies.
constexpr std::size_t most_hops = 32;

// Which header counts, and whose word. No other header is ever looked at: a proxy that writes one of them passes the
// other on as its client sent it.
struct forwarding {
  enum class header : std::uint8_t {
    x_forwarded_for, // "192.0.2.1, 198.51.100.7:4711, 2001:db8::1, [2001:db8::1]:4711"
    forwarded        // RFC 7239, its parameter "for"
  } from = header::x_forwarded_for;
  std::vector<network> proxies;
  bool trust_unix_sockets = false; // whoever may open the listener's Unix socket is a proxy of ours
};

// "X-Forwarded-For" or "Forwarded"; a literal.
std::string_view name_of(forwarding::header which) noexcept;

// The client's address, plain. `nearest` is the other end of the connection (nothing: a Unix socket of ours), `lines`
// the values of all field lines of the configured name in their order. When `nearest` is no proxy of ours it is the
// client itself, and the header is not looked at. Otherwise the addresses are walked from the right, and the first that
// is no proxy of ours is the client, since everything left of it is what that client chose to say; when all are ours it
// is the leftmost. Nothing: the peer is a Unix socket that is not trusted. header_not_allowed: the header is missing,
// one of its lines is malformed anywhere, it has more than most_hops, or the walk comes upon a proxy that does not say
// for whom it speaks ("unknown", "_hidden"). The text repeats nothing received.
result<std::optional<boost::asio::ip::address>> client_address(std::optional<boost::asio::ip::address> const& nearest,
                                                               std::span<std::string_view const> lines,
                                                               forwarding const& rules);

} // namespace consentd::net

#endif
