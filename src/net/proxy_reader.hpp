// Receiving the PROXY header that begins a connection.
#ifndef CONSENTD_NET_PROXY_READER_HPP
#define CONSENTD_NET_PROXY_READER_HPP

#include "net/connection.hpp"
#include "net/origin/proxy_header.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace consentd::net {

// How it went.
enum class proxy_end : std::uint8_t {
  received,
  no_header, // these three as proxy_problem
  malformed,
  too_long,
  timeout,
  broken_off, // the peer closed within the header
  none_wanted // the peer closed before its first byte, as a port check does, or the listener stops: no news
};
constexpr std::size_t proxy_failures = static_cast<std::size_t>(proxy_end::none_wanted) + 1;
// "no header", "timeout"; a literal.
std::string_view to_string(proxy_end how) noexcept;

// Takes the header, and not a byte behind it, before anything else is read of the connection. What it claims is in the
// connection's peer then.
boost::asio::awaitable<proxy_end> receive_proxy_header(connection& from, connection::time_point deadline);

} // namespace consentd::net

#endif
