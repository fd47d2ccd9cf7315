// Settings → the listening sockets and the TLS context of the Hub's listener.
#ifndef CONSENTD_APP_SOCKETS_HPP
#define CONSENTD_APP_SOCKETS_HPP

#include "app/service_manager.hpp"
#include "config/settings.hpp"
#include "net/listener.hpp"

#include <memory>
#include <string>

namespace consentd::app {

// Binds `where`, or takes it over from the service manager; `access` is for a Unix socket that is made. `key` names the
// setting in failed_start, which is thrown otherwise.
net::bound_socket open_socket(config::endpoint const& where, net::bound_socket::unix_options const& access,
                              std::string const& key, config::settings const& how, service_manager& manager);

// Throws failed_start, naming the file, when certificate or key cannot be used.
std::shared_ptr<net::tls_context> hub_tls_of(config::settings const& how);

net::limits hub_limits_of(config::settings const& how);
net::limits api_limits_of(config::settings const& how);
net::limits operations_limits() noexcept;

} // namespace consentd::app

#endif
