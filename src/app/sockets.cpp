#include "app/sockets.hpp"

#include "app/failed_start.hpp"
#include "config/files.hpp"

#include <openssl/crypto.h>

#include <utility>

namespace consentd::app {
namespace {

struct opener {
  net::bound_socket::unix_options const& access;
  service_manager& manager;

  result<net::bound_socket> operator()(config::tcp_endpoint const& at) const {
    return net::bound_socket::tcp(at.address, at.port);
  }
  result<net::bound_socket> operator()(config::unix_endpoint const& at) const {
    return net::bound_socket::unix_path(at.path, access);
  }
  result<net::bound_socket> operator()(config::inherited_endpoint const& at) const {
    return manager.take_socket(at.name);
  }
};

} // namespace

net::bound_socket open_socket(config::endpoint const& where, net::bound_socket::unix_options const& access,
                              std::string const& key, config::settings const& how, service_manager& manager) {
  auto opened = std::visit(opener{access, manager}, where);
  if (!opened) {
    // A busy port mends itself when the other program ends, so it is no error of the configuration.
    throw failed_start(exit_failure, how.file + ": " + key + ": " + opened.error().detail);
  }
  return std::move(*opened);
}

namespace {

std::string text_of(std::string const& path, std::string const& key, config::settings const& how) {
  if (path.empty()) {
    return {};
  }
  auto text = config::read_file(path);
  if (!text) {
    throw failed_start(exit_configuration, how.file + ": " + key + ": " + text.error().detail);
  }
  return std::move(*text);
}

net::client_certificates client_certificates_of(config::settings const& how) {
  using policy = net::client_certificates::policy;
  net::client_certificates clients;
  switch (how.hub.client_certificates) {
  case config::client_certificates::none:
    return clients;
  case config::client_certificates::request:
    clients.ask = policy::request;
    break;
  case config::client_certificates::require:
    clients.ask = policy::require;
    break;
  }
  clients.authorities = text_of(how.hub.client_ca_file, "hub.client_ca_file", how);
  clients.revocations = text_of(how.hub.client_crl_file, "hub.client_crl_file", how);
  return clients;
}

} // namespace

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
  auto made = net::tls_context::make(identity, client_certificates_of(how));
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
  limits.connections_per_user = how.api.max_connections_per_user;
  return limits;
}

net::limits operations_limits() noexcept {
  net::limits limits;
  limits.connections = 32; // a scraper, a health check, a person
  limits.drain_bytes = 64 * 1024UL;
  return limits;
}

} // namespace consentd::app
