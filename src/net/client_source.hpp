// Who sent a request, from everything that is known of it: the one place that weighs headers against the connection.
#ifndef CONSENTD_NET_CLIENT_SOURCE_HPP
#define CONSENTD_NET_CLIENT_SOURCE_HPP

#include "net/http.hpp"
#include "net/origin/forwarding.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace consentd::net {

// The header in which reverse proxies that end TLS pass on the client's certificate, and whose word it is.
struct passed_certificate {
  enum class form : std::uint8_t {
    client_cert,
    escaped_pem
  } as = form::client_cert; // net/origin/client_certificate.hpp
  std::string field = "Client-Cert";
  std::vector<network> proxies;
  bool trust_unix_sockets = false; // whoever may open the listener's Unix socket is a proxy of ours
};

// True when headers of this peer may speak for others: the other end of our own socket is one of `proxies` (or a Unix
// socket that is trusted), and where that one carries for another by a PROXY header, the other is too. So neither a
// stranger who claims to be a proxy nor one whom a proxy carries is believed.
bool is_proxy(peer const& who, std::span<network const> proxies, bool trust_unix_sockets);

// The client's address, plain. It is that of the socket, or the one in the PROXY header where the listener requires it;
// when that is a proxy of `rules`, its forwarding header says more (client_address()). Nothing: a process, on this
// machine or beside the proxy. header_not_allowed as client_address().
result<std::optional<boost::asio::ip::address>> client_address_of(request_head const& head,
                                                                  std::optional<forwarding> const& rules);

// The client's certificate in DER; null when it has shown none. From a proxy of `rules` only the header counts: what
// TLS verified there is the proxy's own certificate. From anybody else only TLS counts, and the header is not looked
// at. header_not_allowed when a proxy's header is there and not exactly one certificate.
result<std::shared_ptr<std::string const>> client_certificate_of(request_head const& head,
                                                                 std::optional<passed_certificate> const& rules);

} // namespace consentd::net

#endif
