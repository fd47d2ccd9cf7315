#include "config/interpret.hpp"

#include "config/endpoint.hpp"
#include "config/files.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <grp.h>
#include <set>
#include <utility>

namespace consentd::config {
namespace {

class interpreter {
public:
  interpreter(sections const& from, std::string const& file, named_files check, problems& found)
      : from_(from), file_(file), folder_(std::filesystem::path(file).parent_path()), check_(check), found_(found) {}

  settings run() {
    settings made;
    made.file = file_;
    hub(made.hub);
    senders(made.senders);
    proxies(made.proxies);
    bearer(made.bearer);
    who_may_send(made);
    events(made.events);
    decryption_keys(made.decryption_keys);
    issuers(made.issuers);
    jwks(made.jwks);
    store(made.store);
    api(made.api);
    rest(made);
    return made;
  }

private:
  // Null when a required table is missing, which has been said.
  section const* the(std::string_view table) const {
    auto const found = from_.find(table);
    return found == from_.end() || found->second.empty() ? nullptr : &found->second.front();
  }

  void say(section const& in, std::string_view key, std::string what, std::string mend) {
    found_.push_back({file_, in.line(key), in.name_of(key), std::move(what), std::move(mend)});
  }

  void say(section const& in, std::string_view key, failure const& why) { say(in, key, why.detail, ""); }

  static std::size_t size(section const& in, std::string_view key) { return static_cast<std::size_t>(in.number(key)); }

  static std::chrono::seconds seconds(section const& in, std::string_view key) {
    return std::chrono::seconds(in.number(key));
  }

  std::string resolve(std::string const& path) const {
    std::filesystem::path const given(path);
    return path.empty() || given.is_absolute() ? path : (folder_ / given).lexically_normal().string();
  }

  // The path of a file that must be there; empty when the key is absent.
  std::string file(section const& in, std::string_view key) {
    if (!in.given(key)) {
      return {};
    }
    auto path = resolve(in.text(key));
    if (check_ == named_files::checked) {
      if (auto const text = read_file(path); !text) {
        say(in, key, text.error());
      }
    }
    return path;
  }

  secret_place secret_file(section const& in, std::string_view key) {
    if (!in.given(key)) {
      return {};
    }
    auto const text = in.text(key);
    auto place = is_credential(text) ? text : resolve(text);
    if (check_ == named_files::checked) {
      if (auto const read = read_secret(place); !read) {
        say(in, key, read.error());
      }
    }
    return place;
  }

  void exactly_one(section const& in, std::string_view one, std::string_view other) {
    if (in.given(one) && in.given(other)) {
      say(in, other, "stands beside " + std::string(one), "keep one of the two");
    } else if (!in.mentioned(one) && !in.mentioned(other)) {
      say(in, one, "is missing, and so is " + std::string(other), "give one of the two");
    }
  }

  // `issuer` is where discovery begins when neither key is given.
  jwks_place key_set(section const& in, std::string const& issuer) {
    if (in.given("jwks_file") && in.given("jwks_url")) {
      say(in, "jwks_url", "stands beside jwks_file", "keep one of the two");
    } else if (!in.mentioned("jwks_file") && !in.mentioned("jwks_url") && !is_https_url(issuer, url_query::refused)) {
      say(in, "jwks_url", "is missing, and so is jwks_file", "give one of the two: only an https issuer can be asked");
    }
    if (in.given("jwks_url") && !is_https_url(in.text("jwks_url"), url_query::allowed)) {
      say(in, "jwks_url", "is no https URL", "keys count only when they come over TLS: https://host/path");
    }
    return {file(in, "jwks_file"), in.text("jwks_url")};
  }

  void hub(hub_settings& to) {
    auto const* const in = the("hub");
    if (in == nullptr) {
      return;
    }
    to.line = in->line();
    to.listen = listeners(*in, "listen");
    to.listen_proxied = listeners(*in, "listen_proxied");
    if (!in->mentioned("listen") && !in->mentioned("listen_proxied")) {
      say(*in, "listen", "is missing", "say where deliveries come in");
    }
    to.socket_mode = socket_mode(*in, "socket_mode");
    if (in->given("socket_group") && check_ == named_files::checked) {
      to.socket_group = group(*in, "socket_group");
    }
    client_certificates_of(*in, to);
    to.sources = in->texts("sources");
    to.path = in->text("path");
    bool const sound = std::ranges::all_of(to.path, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!to.path.starts_with('/') || !sound || to.path.find_first_of("?#") != std::string::npos) {
      say(*in, "path", "is not the path of a URL", "begin it with a slash; no query, fragment or spaces");
    }
    to.certificate = file(*in, "certificate");
    to.private_key = secret_file(*in, "private_key");
    to.acknowledge_status = static_cast<unsigned>(in->number("acknowledge_status"));
    to.max_body_bytes = size(*in, "max_body_bytes");
    to.max_header_bytes = size(*in, "max_header_bytes");
    to.max_connections = size(*in, "max_connections");
    to.handshake_timeout = seconds(*in, "handshake_timeout_seconds");
    to.idle_timeout = seconds(*in, "idle_timeout_seconds");
    to.header_timeout = seconds(*in, "header_timeout_seconds");
    to.body_timeout = seconds(*in, "body_timeout_seconds");
    to.write_timeout = seconds(*in, "write_timeout_seconds");
  }

  std::vector<endpoint> listeners(section const& in, std::string_view key) {
    std::vector<endpoint> all;
    for (auto const& text : in.texts(key)) {
      auto where = text.starts_with('/') ? parse_unix_endpoint(text) : parse_tcp_endpoint(text);
      if (where) {
        all.push_back(std::move(*where));
      } else {
        say(in, key, '"' + text + "\": " + where.error().detail,
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
    to.client_ca_file = file(in, "client_ca_file");
    to.client_crl_file = file(in, "client_crl_file");
    if (to.client_certificates != client_certificates::none && !in.mentioned("client_ca_file")) {
      say(in, "client_ca_file", "is missing", "name the roots of the certificates that clients show");
    }
  }

  void senders(std::vector<sender_settings>& to) {
    for (auto const& in : all("sender")) {
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
    auto const& in = *the("proxies");
    to.addresses = in.texts("addresses");
    to.unix_socket = in.boolean("unix_socket");
    to.forwarding_header = in.text("forwarding_header");
    to.certificate_header = in.text("certificate_header");
    to.certificate_form =
        in.text("certificate_form") == "escaped-pem" ? certificate_form::escaped_pem : certificate_form::client_cert;
    if (in.given("forwarding_header") && to.forwarding_header != "X-Forwarded-For" &&
        to.forwarding_header != "Forwarded") {
      say(in, "forwarding_header", "is neither X-Forwarded-For nor Forwarded", "name the one that your proxies write");
    }
    for (std::string_view const key : {"forwarding_header", "certificate_header"}) {
      if (in.given(key) && to.addresses.empty() && !to.unix_socket) {
        say(in, key, "has nobody who may write it",
            "name your proxies in proxies.addresses, or set proxies.unix_socket");
      }
    }
  }

  // What one table says of another. Nothing is said of tables that are missing: that was said before.
  void who_may_send(settings const& made) {
    auto const* const in = the("hub");
    if (in == nullptr) {
      return;
    }
    bool const certificates =
        made.hub.client_certificates != client_certificates::none || !made.proxies.certificate_header.empty();
    if (!made.senders.empty() && !certificates) {
      say(all("sender").front(), "organization", "is never looked at: clients are asked for no certificate",
          "set hub.client_certificates, or proxies.certificate_header");
    }
    if (!made.hub.listen_proxied.empty() && made.proxies.addresses.empty()) {
      say(*in, "listen_proxied", "has nobody who may send a PROXY header", "name your proxies in proxies.addresses");
    }
    auto const* const bearer = the("bearer");
    if (bearer != nullptr && made.bearer.mode != bearer_mode::required && made.senders.empty() &&
        made.hub.sources.empty()) {
      say(*bearer, "mode", "lets anybody send", R"(write "required", or name senders or hub.sources)");
    }
  }

  void bearer(bearer_settings& to) {
    auto const* const in = the("bearer");
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
    to.jwks = key_set(*in, to.issuer);
    to.distrusted_kids = in->texts("distrust_kids");
  }

  void events(events_settings& to) {
    auto const* const in = the("events");
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
    for (auto const& in : all("decryption_key")) {
      exactly_one(in, "certificate", "kid");
      decryption_key_settings key{secret_file(in, "private_key"), file(in, "certificate"), in.text("kid"), in.line()};
      if (in.given("private_key") && !files.insert(key.private_key).second) {
        say(in, "private_key", "is the key of another [[decryption_key]] too", "name each key once");
      }
      if (in.given("kid") && !kids.insert(key.kid).second) {
        say(in, "kid", "is the kid of another [[decryption_key]] too", "a kid must lead to one key");
      }
      to.push_back(std::move(key));
    }
  }

  void issuers(std::vector<issuer_settings>& to) {
    std::set<std::string> ids;
    for (auto const& in : all("issuer")) {
      auto const id = in.text("id");
      issuer_settings issuer{id, key_set(in, id), in.texts("distrust_kids"), in.line()};
      if (in.given("id") && !is_https_url(issuer.id, url_query::refused)) {
        say(in, "id", "is no https URL, or has a query or fragment", "write it exactly as the issuer's events do");
      } else if (in.given("id") && !ids.insert(issuer.id).second) {
        say(in, "id", "is the id of another [[issuer]] too", "name each issuer once");
      }
      to.push_back(std::move(issuer));
    }
  }

  void jwks(jwks_settings& to) {
    auto const& in = *the("jwks");
    to.ca_file = file(in, "ca_file");
    to.hosts = in.texts("hosts");
    to.allow_private_addresses = in.boolean("allow_private_addresses");
    proxy(in, to);
    if (in.mentioned("client_certificate") != in.mentioned("client_private_key")) {
      say(in, in.mentioned("client_certificate") ? "client_private_key" : "client_certificate", "is missing",
          "give both or neither");
    }
    to.client_certificate = file(in, "client_certificate");
    to.client_private_key = secret_file(in, "client_private_key");
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
      say(in, "proxy", place.error().detail, "write http://host:port");
      return;
    }
    to.proxy_host = place->host;
    to.proxy_port = place->port;
  }

  void store(store_settings& to) {
    auto const* const in = the("store");
    if (in == nullptr) {
      return;
    }
    to.path = resolve(in->text("path"));
    if (in->given("path") && check_ == named_files::checked) {
      store_path(*in, to.path);
    }
    to.inbox_rows = size(*in, "inbox_rows");
    to.inbox_bytes = size(*in, "inbox_bytes");
    to.held_rows = size(*in, "held_rows");
    to.waiting_rows = size(*in, "waiting_rows");
    to.quarantine_rows = size(*in, "quarantine_rows");
  }

  void store_path(section const& in, std::filesystem::path const& path) {
    std::error_code ignored;
    auto const folder = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
    if (!std::filesystem::is_directory(folder, ignored)) {
      say(in, "path", "no such folder: " + folder.string(), "create it, owned by the daemon's user");
    } else if (std::filesystem::is_directory(path, ignored)) {
      say(in, "path", "a folder: " + path.string(), "give the path of the database file in it");
    }
  }

  void api(api_settings& to) {
    auto const* const in = the("api");
    if (in == nullptr) {
      return;
    }
    if (in->given("socket")) {
      auto const text = in->text("socket");
      if (auto where = parse_unix_endpoint(text.starts_with("systemd:") ? text : resolve(text))) {
        to.socket = std::move(*where);
      } else {
        say(*in, "socket", where.error().detail, "write a shorter path or systemd:NAME");
      }
    }
    socket_access(*in, to);
    to.max_connections = size(*in, "max_connections");
    to.max_streams = size(*in, "max_streams");
    to.max_body_bytes = size(*in, "max_body_bytes");
  }

  mode_t socket_mode(section const& in, std::string_view key) {
    auto const text = in.text(key);
    mode_t mode = 0;
    auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, 8);
    if (error != std::errc() || end != text.data() + text.size() || (mode & ~mode_t{0770}) != 0) {
      say(in, key, "is not an octal mode of owner and group", R"(write "0660"; others may not connect: name a group)");
    }
    return mode;
  }

  void socket_access(section const& in, api_settings& to) {
    to.mode = socket_mode(in, "mode");
    if (std::holds_alternative<inherited_endpoint>(to.socket)) {
      for (std::string_view const key : {"mode", "group"}) {
        if (in.given(key)) {
          say(in, key, "has no effect on a socket of systemd's",
              "take it out; SocketMode= and SocketGroup= are in its unit");
        }
      }
    } else if (in.given("group") && check_ == named_files::checked) {
      to.group = group(in, "group");
    }
  }

  std::optional<gid_t> group(section const& in, std::string_view key) {
    auto const name = in.text(key);
    gid_t number = 0;
    auto const [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error == std::errc() && end == name.data() + name.size()) {
      return number;
    }
    ::group entry{};
    ::group* found = nullptr;
    std::vector<char> room(std::size_t{1024} * 1024); // a group lists its members
    ::getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
    if (found == nullptr) {
      say(in, key, "no such group: " + name, "create it (groupadd --system), or mend the name");
      return std::nullopt;
    }
    return found->gr_gid;
  }

  void rest(settings& to) {
    auto const& operations = *the("operations");
    if (operations.given("listen")) {
      auto where = parse_tcp_endpoint(operations.text("listen"));
      if (!where) {
        say(operations, "listen", where.error().detail, "write address:port or systemd:NAME");
      } else if (std::holds_alternative<tcp_endpoint>(*where) && !is_loopback(*where)) {
        say(operations, "listen", "is not a loopback address",
            "metrics are served without TLS or a password: 127.0.0.1:9443, with a proxy in front to reach it from "
            "afar");
      } else {
        to.operations.listen = std::move(*where);
      }
    }
    auto const& process = *the("process");
    to.process.io_threads = static_cast<unsigned>(process.number("io_threads"));
    to.process.crypto_threads = static_cast<unsigned>(process.number("crypto_threads"));
    to.process.drain = seconds(process, "drain_seconds");
    auto const& log = *the("log");
    constexpr std::array levels{std::pair{"debug", severity::debug}, std::pair{"info", severity::info},
                                std::pair{"warning", severity::warning}, std::pair{"error", severity::error}};
    auto const level = log.text("level");
    to.log.level = std::ranges::find(levels, level, &std::pair<char const*, severity>::first)->second;
    to.log.format = log.text("format") == "json" ? log_format::json : log_format::text;
  }

  std::vector<section> const& all(std::string_view table) const { return from_.find(table)->second; }

  sections const& from_;
  std::string const& file_;
  std::filesystem::path folder_;
  named_files check_;
  problems& found_;
};

} // namespace

settings interpret(sections const& from, std::string const& file, named_files check, problems& found) {
  return interpreter(from, file, check, found).run();
}

} // namespace consentd::config
