// The PROXY protocol's header, with which a proxy of layer 4 begins a connection (HAProxy's proxy-protocol.txt,
// versions 1 and 2).
#ifndef CONSENTD_NET_ORIGIN_PROXY_HEADER_HPP
#define CONSENTD_NET_ORIGIN_PROXY_HEADER_HPP

#include <boost/asio/ip/address.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::net {

// Bytes: of a whole header of version 1, and of what follows the first 16 bytes of version 2. The latter's own bound is
// 65535; a proxy that adds the client's certificate stays far below ours.
constexpr std::size_t longest_proxy_v1 = 107;
constexpr std::size_t longest_proxy_v2 = 4096;

// Who opened the connection, as the proxy says.
struct proxy_claim {
  enum class kind : std::uint8_t {
    none,       // LOCAL, UNKNOWN, UNSPEC: the proxy speaks for itself or does not know
    ip,         // `address` and `port`
    unix_socket // a process on the proxy's machine
  } what = kind::none;
  boost::asio::ip::address address; // as sent
  std::uint16_t port = 0;
};

// What is wrong.
enum class proxy_problem : std::uint8_t {
  none,
  no_header, // the bytes begin like no PROXY header
  malformed, // not what the protocol allows, or a transport other than a stream
  too_long   // beyond the bounds above
};

struct proxy_reading {
  enum class state : std::uint8_t {
    incomplete, // well so far; every byte given belongs to the header
    complete,
    refused
  } what = state::incomplete;
  std::size_t size = 0; // complete: of the header, in bytes; what follows is the client's
  proxy_problem problem = proxy_problem::none;
  proxy_claim claim;
};

// Reads a header at the beginning of `bytes`; on `incomplete`, call again with more behind. Refuses at the first byte
// that cannot be right. The TLVs of version 2 are skipped.
proxy_reading read_proxy_header(std::string_view bytes);

} // namespace consentd::net

#endif
