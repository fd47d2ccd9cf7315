#include "app/senders.hpp"

#include "app/failed_start.hpp"

#include <utility>

namespace consentd::app {
namespace {

std::vector<net::network> networks_of(std::vector<std::string> const& texts, std::string const& key,
                                      config::settings const& how) {
  std::vector<net::network> all;
  for (auto const& text : texts) {
    auto const one = net::network::parse(text);
    if (!one) {
      throw failed_start(exit_configuration, how.file + ": " + key + ": " + one.error().detail);
    }
    all.push_back(*one);
  }
  return all;
}

} // namespace

ingress::sender_rules sender_rules_of(config::settings const& how) {
  ingress::sender_rules rules;
  rules.addresses = networks_of(how.hub.sources, "hub.sources", how);
  rules.proxies = networks_of(how.proxies.addresses, "proxies.addresses", how);
  for (auto const& one : how.senders) {
    rules.senders.push_back({{one.organization, one.organizational_unit}, one.issuer, one.subject});
  }
  if (!how.proxies.forwarding_header.empty()) {
    rules.forwarding =
        net::forwarding{.from = how.proxies.forwarding_header == "Forwarded" ? net::forwarding::header::forwarded
                                                                             : net::forwarding::header::x_forwarded_for,
                        .proxies = rules.proxies,
                        .trust_unix_sockets = how.proxies.unix_socket};
  }
  if (!how.proxies.certificate_header.empty()) {
    rules.passed_certificate =
        net::passed_certificate{.as = how.proxies.certificate_form == config::certificate_form::escaped_pem
                                          ? net::passed_certificate::form::escaped_pem
                                          : net::passed_certificate::form::client_cert,
                                .field = how.proxies.certificate_header,
                                .proxies = rules.proxies,
                                .trust_unix_sockets = how.proxies.unix_socket};
  }
  return rules;
}

} // namespace consentd::app
