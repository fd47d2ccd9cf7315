// A tunnel through an HTTP proxy (RFC 9110 section 9.3.6).
#ifndef CONSENTD_HUB_PROXY_TUNNEL_HPP
#define CONSENTD_HUB_PROXY_TUNNEL_HPP

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include <string>

namespace consentd::hub {

// Has the proxy at the other end of `connection` connect to `authority` (host:port); what is sent afterwards goes
// there. disconnected when it does not. The deadline is the connection's own.
boost::asio::awaitable<result<void>> open_tunnel(boost::beast::tcp_stream& connection, std::string authority);

} // namespace consentd::hub

#endif
