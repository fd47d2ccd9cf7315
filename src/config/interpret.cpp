#include "config/interpret.hpp"

#include "config/endpoint.hpp"
#include "config/receiving.hpp"
#include "config/tables.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <utility>

namespace consentd::config {
namespace {

class interpreter {
public:
  explicit interpreter(tables const& from) : tables_(from) {}

  void run(settings& made) {
    events(made.events);
    decryption_keys(made.decryption_keys);
    issuers(made.issuers);
    errors(made.errors);
    jwks(made.jwks);
    store(made.store);
    api(made.api);
    access(made.access);
    rest(made);
  }

private:
  void events(events_settings& to) {
    auto const* const in = tables_.the("events");
    if (in == nullptr) {
      return;
    }
    to.audiences = in->texts("audiences");
    to.leeway = seconds(*in, "leeway_seconds");
    to.max_expiry = std::chrono::days(in->number("max_expiry_days"));
    to.unknown_consents = in->text("unknown_consents") == "bind" ? unknown_consents::bind : unknown_consents::hold;
    to.allow_rsa_oaep_sha1 = in->boolean("allow_rsa_oaep_sha1");
    to.behind_after = seconds(*in, "behind_after_seconds");
  }

  void decryption_keys(std::vector<decryption_key_settings>& to) {
    std::set<std::string> files;
    std::set<std::string> kids;
    for (auto const& in : tables_.all("decryption_key")) {
      tables_.exactly_one(in, "certificate", "kid");
      decryption_key_settings key{tables_.secret_file(in, "private_key"), tables_.file(in, "certificate"),
                                  in.text("kid"), in.time("not_after"), in.line()};
      if (in.given("private_key") && !files.insert(key.private_key).second) {
        tables_.say(in, "private_key", "is the key of another [[decryption_key]] too", "name each key once");
      }
      if (in.given("kid") && !kids.insert(key.kid).second) {
        tables_.say(in, "kid", "is the kid of another [[decryption_key]] too", "a kid must lead to one key");
      }
      to.push_back(std::move(key));
    }
  }

  void issuers(std::vector<issuer_settings>& to) {
    std::set<std::string> ids;
    for (auto const& in : tables_.all("issuer")) {
      auto const id = in.text("id");
      issuer_settings issuer{id, tables_.key_set(in, id), in.texts("distrust_kids"), in.line()};
      if (in.given("id") && !is_https_url(issuer.id, url_query::refused)) {
        tables_.say(in, "id", "is no https URL, or has a query or fragment",
                    "write it exactly as the issuer's events do");
      } else if (in.given("id") && !ids.insert(issuer.id).second) {
        tables_.say(in, "id", "is the id of another [[issuer]] too", "name each issuer once");
      }
      to.push_back(std::move(issuer));
    }
  }

  void errors(errors_settings& to) {
    auto const& in = *tables_.the("errors");
    constexpr std::array<std::string_view, 4> together{"private_key", "kid", "issuer", "audience"};
    bool const any = std::ranges::any_of(together, [&in](std::string_view key) { return in.mentioned(key); });
    for (auto const key : together) {
      if (any && !in.mentioned(key)) {
        tables_.say(in, key, "is missing", "give private_key, kid, issuer and audience, or none of them");
      }
    }
    to.line = in.line();
    to.private_key = tables_.secret_file(in, "private_key");
    to.kid = in.text("kid");
    to.issuer = in.text("issuer");
    to.audience = in.text("audience");
    to.lifetime = seconds(in, "lifetime_seconds");
    to.max_per_second = size(in, "max_per_second");
  }

  void jwks(jwks_settings& to) {
    auto const& in = *tables_.the("jwks");
    to.ca_file = tables_.file(in, "ca_file");
    to.hosts = in.texts("hosts");
    to.allow_private_addresses = in.boolean("allow_private_addresses");
    proxy(in, to);
    if (in.mentioned("client_certificate") != in.mentioned("client_private_key")) {
      tables_.say(in, in.mentioned("client_certificate") ? "client_private_key" : "client_certificate", "is missing",
                  "give both or neither");
    }
    to.client_certificate = tables_.file(in, "client_certificate");
    to.client_private_key = tables_.secret_file(in, "client_private_key");
    to.fresh = seconds(in, "fresh_seconds");
    to.stale_for = seconds(in, "stale_for_seconds");
    to.timeout = seconds(in, "timeout_seconds");
    to.max_bytes = size(in, "max_bytes");
    to.max_keys = size(in, "max_keys");
  }

  void proxy(section const& in, jwks_settings& to) {
    if (!in.given("proxy")) {
      return;
    }
    auto const text = in.text("proxy");
    auto const place = parse_proxy(text);
    if (!place) {
      tables_.say(in, "proxy", place.error().detail, "write http://host:port");
      return;
    }
    to.proxy_host = place->host;
    to.proxy_port = place->port;
  }

  void store(store_settings& to) {
    auto const* const in = tables_.the("store");
    if (in == nullptr) {
      return;
    }
    to.path = tables_.resolve(in->text("path"));
    if (in->given("path") && tables_.files_are_checked()) {
      store_path(*in, to.path);
    }
    to.inbox_rows = size(*in, "inbox_rows");
    to.inbox_bytes = size(*in, "inbox_bytes");
    to.held_rows = size(*in, "held_rows");
    to.waiting_rows = size(*in, "waiting_rows");
    to.quarantine_rows = size(*in, "quarantine_rows");
    to.operation_rows = size(*in, "operation_rows");
    to.evidence_for = std::chrono::days(in->number("evidence_days"));
    to.evidence_bytes = size(*in, "evidence_bytes");
    to.history_for = std::chrono::days(in->number("history_days"));
    to.ended_consents_for = std::chrono::days(in->number("ended_consent_days"));
  }

  void store_path(section const& in, std::filesystem::path const& path) {
    std::error_code ignored;
    auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder, ignored)) {
      tables_.say(in, "path", "no such folder: " + folder.string(), "create it, owned by the daemon's user");
    } else if (std::filesystem::is_directory(path, ignored)) {
      tables_.say(in, "path", "a folder: " + path.string(), "give the path of the database file in it");
    }
  }

  void api(api_settings& to) {
    auto const* const in = tables_.the("api");
    if (in == nullptr) {
      return;
    }
    to.sockets.push_back(api_socket(*in, "socket", api_right::operate));
    for (auto const& more : tables_.all("api_socket")) {
      to.sockets.push_back(api_socket(more, "path", right_of(more, "at_most")));
    }
    to.max_connections = size(*in, "max_connections");
    to.max_connections_per_user = size(*in, "max_connections_per_user");
    to.max_streams = size(*in, "max_streams");
    to.max_streams_per_user = size(*in, "max_streams_per_user");
    to.max_consumers = size(*in, "max_consumers");
    to.max_consumers_per_user = size(*in, "max_consumers_per_user");
    to.consumers_for = std::chrono::days(in->number("consumer_days"));
    to.consumer_lease = seconds(*in, "consumer_lease_seconds");
    to.max_body_bytes = size(*in, "max_body_bytes");
  }

  api_socket_settings api_socket(section const& in, std::string_view key, api_right at_most) {
    api_socket_settings to;
    to.at_most = at_most;
    if (in.given(key)) {
      auto const text = in.text(key);
      if (auto where = parse_unix_endpoint(text.starts_with("systemd:") ? text : tables_.resolve(text))) {
        to.where = std::move(*where);
      } else {
        tables_.say(in, key, where.error().detail, "write a shorter path or systemd:NAME");
      }
    }
    socket_access(in, to);
    return to;
  }

  void socket_access(section const& in, api_socket_settings& to) {
    to.mode = tables_.socket_mode(in, "mode");
    if (std::holds_alternative<inherited_endpoint>(to.where)) {
      for (std::string_view const key : {"mode", "group"}) {
        if (in.given(key)) {
          tables_.say(in, key, "has no effect on a socket of systemd's",
                      "take it out; SocketMode= and SocketGroup= are in its unit");
        }
      }
    } else if (in.given("group") && tables_.files_are_checked()) {
      to.group = tables_.group(in, "group");
    }
  }

  static api_right right_of(section const& in, std::string_view key) {
    auto const word = in.text(key);
    return word == "operate" ? api_right::operate : word == "register" ? api_right::registers : api_right::read;
  }

  void access(std::vector<access_settings>& to) {
    for (auto const& in : tables_.all("access")) {
      tables_.exactly_one(in, "user", "group");
      access_settings made{{}, {}, right_of(in, "right")};
      if (tables_.files_are_checked()) {
        made.user = in.given("user") ? tables_.user(in, "user") : std::nullopt;
        made.group = in.given("group") ? tables_.group(in, "group") : std::nullopt;
      }
      to.push_back(made);
    }
  }

  void rest(settings& to) {
    auto const& operations = *tables_.the("operations");
    if (operations.given("listen")) {
      auto where = parse_tcp_endpoint(operations.text("listen"));
      if (!where) {
        tables_.say(operations, "listen", where.error().detail, "write address:port or systemd:NAME");
      } else if (std::holds_alternative<tcp_endpoint>(*where) && !is_loopback(*where)) {
        tables_.say(
            operations, "listen", "is not a loopback address",
            "metrics are served without TLS or a password: 127.0.0.1:9443, with a proxy in front to reach it from "
            "afar");
      } else {
        to.operations.listen = std::move(*where);
      }
    }
    auto const& process = *tables_.the("process");
    to.process.io_threads = static_cast<unsigned>(process.number("io_threads"));
    to.process.api_threads = static_cast<unsigned>(process.number("api_threads"));
    to.process.crypto_threads = static_cast<unsigned>(process.number("crypto_threads"));
    to.process.drain = seconds(process, "drain_seconds");
    // Otherwise a stop would break off answers that are only waiting for their outcome.
    if (to.hub.acknowledge == acknowledgement::verified && to.hub.outcome_timeout >= to.process.drain) {
      tables_.say(process, "drain_seconds", "is not above hub.outcome_timeout_seconds",
                  "a stop must leave time for answers that wait for their outcome");
    }
    auto const& log = *tables_.the("log");
    constexpr std::array levels{std::pair{"debug", severity::debug}, std::pair{"info", severity::info},
                                std::pair{"warning", severity::warning}, std::pair{"error", severity::error}};
    auto const level = log.text("level");
    to.log.level = std::ranges::find(levels, level, &std::pair<char const*, severity>::first)->second;
    to.log.format = log.text("format") == "json" ? log_format::json : log_format::text;
  }

  tables const& tables_;
};

} // namespace

settings interpret(sections const& from, std::string const& file, named_files check, problems& found) {
  settings made;
  made.file = file;
  tables const of(from, file, check, found);
  interpret_receiving(of, made);
  interpreter(of).run(made);
  return made;
}

} // namespace consentd::config
