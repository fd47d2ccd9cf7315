#include "net/client_source.hpp"

#include "net/origin/client_certificate.hpp"

#include <utility>

namespace consentd::net {

namespace ip = boost::asio::ip;

namespace {

// Who is at the other end of what carries the HTTP: the socket's peer, or the one that it claims to carry for.
std::optional<ip::address> nearest_of(peer const& who) {
  // A process beside the proxy has no address either.
  return who.proxied ? who.proxied->ip : who.ip;
}

} // namespace

bool is_proxy(peer const& who, std::span<network const> proxies, bool trust_unix_sockets) {
  bool const socket = who.ip ? any_contains(proxies, *who.ip) : trust_unix_sockets;
  if (!socket || !who.proxied) {
    return socket;
  }
  return who.proxied->ip && any_contains(proxies, *who.proxied->ip);
}

result<std::optional<ip::address>> client_address_of(request_head const& head, std::optional<forwarding> const& rules) {
  auto const nearest = nearest_of(head.peer);
  if (!rules || !is_proxy(head.peer, rules->proxies, rules->trust_unix_sockets)) {
    return nearest;
  }
  return client_address(nearest, head.all(name_of(rules->from)), *rules);
}

result<std::shared_ptr<std::string const>> client_certificate_of(request_head const& head,
                                                                 std::optional<passed_certificate> const& rules) {
  if (!rules || !is_proxy(head.peer, rules->proxies, rules->trust_unix_sockets)) {
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
