#include "net/client_source.hpp"

#include "net/origin/client_certificate.hpp"

#include <utility>

namespace consentd::net {

namespace ip = boost::asio::ip;

namespace {

// The other end of the connection that carries the HTTP.
struct http_peer {
  std::optional<ip::address> address;
  bool own_unix_socket = false;
};

http_peer http_peer_of(peer const& who) {
  if (who.proxied) {
    // A process beside the proxy has no address either, but it is not one that may open a socket of ours.
    return {who.proxied->ip, false};
  }
  return {who.ip, !who.ip};
}

} // namespace

result<std::optional<ip::address>> client_address_of(request_head const& head, std::optional<forwarding> const& rules) {
  auto const nearest = http_peer_of(head.peer);
  if (!rules || (!nearest.address && !nearest.own_unix_socket)) {
    return nearest.address;
  }
  return client_address(nearest.address, head.all(name_of(rules->from)), *rules);
}

result<std::shared_ptr<std::string const>> client_certificate_of(request_head const& head,
                                                                 std::optional<passed_certificate> const& rules) {
  auto const nearest = http_peer_of(head.peer);
  auto const is_proxy = rules && (nearest.address ? any_contains(rules->proxies, *nearest.address)
                                                  : nearest.own_unix_socket && rules->trust_unix_sockets);
  if (!is_proxy) {
    return head.peer.certificate;
  }
  auto const lines = head.all(rules->field);
  if (lines.empty()) {
    return std::shared_ptr<std::string const>{};
  }
  auto der = rules->as == passed_certificate::form::client_cert ? certificate_of_client_cert(lines)
                                                                : certificate_of_escaped_pem(lines);
  if (!der) {
    return der.error();
  }
  return std::shared_ptr<std::string const>{std::make_shared<std::string const>(std::move(*der))};
}

} // namespace consentd::net
