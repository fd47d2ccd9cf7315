#include "app/sockets.hpp"

#include "app/failed_start.hpp"
#include "config/files.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace consentd::app {
namespace {

struct opener {
  config::settings const& how;
  service_manager& manager;

  result<net::bound_socket> operator()(config::tcp_endpoint const& at) const {
    return net::bound_socket::tcp(at.address, at.port);
  }
  result<net::bound_socket> operator()(config::unix_endpoint const& at) const {
    return net::bound_socket::unix_path(at.path, {.mode = how.api.mode, .group = how.api.group});
  }
  result<net::bound_socket> operator()(config::inherited_endpoint const& at) const {
    return manager.take_socket(at.name);
  }
};

} // namespace

net::bound_socket open_socket(config::endpoint const& where, std::string const& key, config::settings const& how,
                              service_manager& manager) {
  auto opened = std::visit(opener{how, manager}, where);
  if (!opened) {
    // A busy port mends itself when the other program ends, so it is no error of the configuration.
    throw failed_start(exit_failure, how.file + ": " + key + ": " + opened.error().detail);
  }
  return std::move(*opened);
}

std::shared_ptr<net::tls_context> hub_tls_of(config::settings const& how) {
  auto chain = config::read_file(how.hub.certificate);
  if (!chain) {
    throw failed_start(exit_configuration, how.file + ": hub.certificate: " + chain.error().detail);
  }
  auto const secret_key = config::read_secret(how.hub.private_key);
  if (!secret_key) {
    throw failed_start(exit_configuration, how.file + ": hub.private_key: " + secret_key.error().detail);
  }
  net::tls_identity identity;
  identity.certificate_chain = std::move(*chain);
  identity.private_key.assign(secret_key->bytes().begin(), secret_key->bytes().end());
  auto made = net::tls_context::make(identity);
  OPENSSL_cleanse(identity.private_key.data(), identity.private_key.size());
  if (!made) {
    throw failed_start(exit_configuration, how.file + ": hub.certificate and hub.private_key: " + made.error().detail);
  }
  return *made;
}

net::limits hub_limits_of(config::settings const& how) {
  net::limits limits;
  limits.connections = how.hub.max_connections;
  limits.header_bytes = how.hub.max_header_bytes;
  limits.handshake = how.hub.handshake_timeout;
  limits.idle = how.hub.idle_timeout;
  limits.header = how.hub.header_timeout;
  limits.body = how.hub.body_timeout;
  limits.write = how.hub.write_timeout;
  return limits;
}

net::limits api_limits_of(config::settings const& how) {
  net::limits limits;
  limits.connections = how.api.max_connections;
  return limits;
}

net::limits operations_limits() noexcept {
  net::limits limits;
  limits.connections = 32; // a scraper, a health check, a person
  limits.drain_bytes = 64 * 1024UL;
  return limits;
}

} // namespace consentd::app
