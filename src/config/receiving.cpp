#include "config/receiving.hpp"

#include "config/endpoint.hpp"

#include <algorithm>
#include <utility>

namespace consentd::config {
namespace {

class interpreter {
public:
  explicit interpreter(tables const& from) : tables_(from) {}

  void run(settings& made) {
    hub(made.hub);
    senders(made.senders);
    proxies(made.proxies);
    bearer(made.bearer);
    who_may_send(made);
  }

private:
  void hub(hub_settings& to) {
    auto const* const in = tables_.the("hub");
    if (in == nullptr) {
      return;
    }
    to.line = in->line();
    to.listen = listeners(*in, "listen");
    to.listen_proxied = listeners(*in, "listen_proxied");
    if (!in->mentioned("listen") && !in->mentioned("listen_proxied")) {
      tables_.say(*in, "listen", "is missing", "say where deliveries come in");
    }
    to.socket_mode = tables_.socket_mode(*in, "socket_mode");
    if (in->given("socket_group") && tables_.files_are_checked()) {
      to.socket_group = tables_.group(*in, "socket_group");
    }
    client_certificates_of(*in, to);
    to.sources = in->texts("sources");
    to.path = in->text("path");
    bool const sound = std::ranges::all_of(to.path, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!to.path.starts_with('/') || !sound || to.path.find_first_of("?#") != std::string::npos) {
      tables_.say(*in, "path", "is not the path of a URL", "begin it with a slash; no query, fragment or spaces");
    }
    to.certificate = tables_.file(*in, "certificate");
    to.private_key = tables_.secret_file(*in, "private_key");
    acknowledgement_of(*in, to);
    to.max_body_bytes = size(*in, "max_body_bytes");
    to.max_header_bytes = size(*in, "max_header_bytes");
    to.max_connections = size(*in, "max_connections");
    to.handshake_timeout = seconds(*in, "handshake_timeout_seconds");
    to.idle_timeout = seconds(*in, "idle_timeout_seconds");
    to.header_timeout = seconds(*in, "header_timeout_seconds");
    to.body_timeout = seconds(*in, "body_timeout_seconds");
    to.write_timeout = seconds(*in, "write_timeout_seconds");
  }

  static void acknowledgement_of(section const& in, hub_settings& to) {
    bool const verified = in.text("acknowledge") == "verified";
    to.acknowledge = verified ? acknowledgement::verified : acknowledgement::stored;
    // The versions of the standard that have a delivery verified first answer 204.
    to.acknowledge_status = in.given("acknowledge_status") ? static_cast<unsigned>(in.number("acknowledge_status"))
                            : verified                     ? 204
                                                           : 202;
    to.outcome_timeout = seconds(in, "outcome_timeout_seconds");
  }

  std::vector<endpoint> listeners(section const& in, std::string_view key) {
    std::vector<endpoint> all;
    for (auto const& text : in.texts(key)) {
      auto where = text.starts_with('/') ? parse_unix_endpoint(text) : parse_tcp_endpoint(text);
      if (where) {
        all.push_back(std::move(*where));
      } else {
        tables_.say(in, key, '"' + text + "\": " + where.error().detail,
                    "write address:port, systemd:NAME or the absolute path of a socket");
      }
    }
    return all;
  }

  void client_certificates_of(section const& in, hub_settings& to) {
    auto const ask = in.text("client_certificates");
    to.client_certificates = ask == "require"   ? client_certificates::require
                             : ask == "request" ? client_certificates::request
                                                : client_certificates::none;
    to.client_ca_file = tables_.file(in, "client_ca_file");
    to.client_crl_file = tables_.file(in, "client_crl_file");
    if (to.client_certificates != client_certificates::none && !in.mentioned("client_ca_file")) {
      tables_.say(in, "client_ca_file", "is missing", "name the roots of the certificates that clients show");
    }
  }

  void senders(std::vector<sender_settings>& to) {
    for (auto const& in : tables_.all("sender")) {
      sender_settings one{in.text("organization"), in.text("organizational_unit"), in.text("issuer"),
                          in.text("subject")};
      if (one.issuer.empty()) {
        one.issuer = one.organization;
      }
      if (one.subject.empty()) {
        one.subject = one.organizational_unit;
      }
      to.push_back(std::move(one));
    }
  }

  void proxies(proxies_settings& to) {
    auto const& in = *tables_.the("proxies");
    to.addresses = in.texts("addresses");
    to.unix_socket = in.boolean("unix_socket");
    to.forwarding_header = in.text("forwarding_header");
    to.certificate_header = in.text("certificate_header");
    to.certificate_form =
        in.text("certificate_form") == "escaped-pem" ? certificate_form::escaped_pem : certificate_form::client_cert;
    if (in.given("forwarding_header") && to.forwarding_header != "X-Forwarded-For" &&
        to.forwarding_header != "Forwarded") {
      tables_.say(in, "forwarding_header", "is neither X-Forwarded-For nor Forwarded",
                  "name the one that your proxies write");
    }
    for (std::string_view const key : {"forwarding_header", "certificate_header"}) {
      if (in.given(key) && to.addresses.empty() && !to.unix_socket) {
        tables_.say(in, key, "has nobody who may write it",
                    "name your proxies in proxies.addresses, or set proxies.unix_socket");
      }
    }
  }

  void bearer(bearer_settings& to) {
    auto const* const in = tables_.the("bearer");
    if (in == nullptr) {
      return;
    }
    to.line = in->line();
    auto const mode = in->text("mode");
    to.mode = mode == "off" ? bearer_mode::off : mode == "if-present" ? bearer_mode::if_present : bearer_mode::required;
    to.issuer = in->text("issuer");
    to.subject = in->text("subject");
    to.audience = in->text("audience");
    to.leeway = seconds(*in, "leeway_seconds");
    to.max_lifetime = seconds(*in, "max_lifetime_seconds");
    to.jwks = tables_.key_set(*in, to.issuer);
    to.distrusted_kids = in->texts("distrust_kids");
  }

  // What one table says of another. Nothing is said of tables that are missing: that was said before.
  void who_may_send(settings const& made) {
    auto const* const in = tables_.the("hub");
    if (in == nullptr) {
      return;
    }
    bool const certificates =
        made.hub.client_certificates != client_certificates::none || !made.proxies.certificate_header.empty();
    if (!made.senders.empty() && !certificates) {
      tables_.say(tables_.all("sender").front(), "organization",
                  "is never looked at: clients are asked for no certificate",
                  "set hub.client_certificates, or proxies.certificate_header");
    }
    if (!made.hub.listen_proxied.empty() && made.proxies.addresses.empty()) {
      tables_.say(*in, "listen_proxied", "has nobody who may send a PROXY header",
                  "name your proxies in proxies.addresses");
    }
    auto const* const bearer = tables_.the("bearer");
    if (bearer != nullptr && made.bearer.mode != bearer_mode::required && made.senders.empty() &&
        made.hub.sources.empty()) {
      tables_.say(*bearer, "mode", "lets anybody send", R"(write "required", or name senders or hub.sources)");
    }
  }

  tables const& tables_;
};

} // namespace

void interpret_receiving(tables const& from, settings& made) {
  interpreter(from).run(made);
}

} // namespace consentd::config
