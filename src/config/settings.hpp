// The settings as values: what config/consentd.toml says once it has been checked. schema.cpp holds names, bounds and
// defaults.
#ifndef CONSENTD_CONFIG_SETTINGS_HPP
#define CONSENTD_CONFIG_SETTINGS_HPP

#include "base/log.hpp"
#include "base/time.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>
#include <variant>
#include <vector>

namespace consentd::config {

// A line of the settings file, for messages; 0 when the whole file is meant.
using line_number = unsigned;

struct tcp_endpoint {
  std::string address;    // an IPv4 or IPv6 address without brackets, never a name
  std::uint16_t port = 0; // 0: any free one
  friend bool operator==(tcp_endpoint const&, tcp_endpoint const&) = default;
};

struct unix_endpoint {
  std::string path; // absolute, or relative to the working directory; short enough for sockaddr_un
  friend bool operator==(unix_endpoint const&, unix_endpoint const&) = default;
};

// A socket that systemd hands over under this FileDescriptorName= (sd_listen_fds_with_names(3)).
struct inherited_endpoint {
  std::string name;
  friend bool operator==(inherited_endpoint const&, inherited_endpoint const&) = default;
};

// As it is written in the file: "127.0.0.1:8443", "[::1]:8443", "systemd:hub", or a path.
using endpoint = std::variant<tcp_endpoint, unix_endpoint, inherited_endpoint>;
std::string describe(endpoint const& where);

// Where a secret is: a path, or "credential:NAME", which read_secret() (files.hpp) looks for in $CREDENTIALS_DIRECTORY.
using secret_place = std::string;

enum class client_certificates : std::uint8_t { none, request, require };

// When a delivery is acknowledged (contract section 7).
enum class acknowledgement : std::uint8_t { stored, verified };

// [hub]: the listener that the Hub's deliveries come to.
struct hub_settings {
  std::vector<endpoint> listen; // at least one in this and the next
  std::vector<endpoint> listen_proxied;
  mode_t socket_mode = 0; // of unix endpoints
  std::optional<gid_t> socket_group;
  std::string path;
  std::string certificate; // a path: PEM, the server's certificate first, then its intermediates
  secret_place private_key;
  acknowledgement acknowledge{};
  unsigned acknowledge_status = 0; // 202 or 204
  std::chrono::seconds outcome_timeout{};
  config::client_certificates client_certificates{};
  std::string client_ca_file;  // a path; there unless nobody is asked for a certificate
  std::string client_crl_file; // a path; empty: none
  std::vector<std::string> sources;
  std::size_t max_body_bytes = 0;
  std::size_t max_header_bytes = 0;
  std::size_t max_connections = 0;
  std::chrono::seconds handshake_timeout{};
  std::chrono::seconds idle_timeout{};
  std::chrono::seconds header_timeout{};
  std::chrono::seconds body_timeout{};
  std::chrono::seconds write_timeout{};
  line_number line = 0;
};

// [[sender]]: whose client certificate may send.
struct sender_settings {
  std::string organization;
  std::string organizational_unit;
  std::string issuer;  // of the authorization JWT
  std::string subject; // likewise
};

enum class certificate_form : std::uint8_t { client_cert, escaped_pem };

// [proxies]: whose word counts about others.
struct proxies_settings {
  std::vector<std::string> addresses;
  bool unix_socket = false;
  std::string forwarding_header;  // empty: none
  std::string certificate_header; // empty: none
  config::certificate_form certificate_form{};
};

enum class bearer_mode : std::uint8_t { required, if_present, off };

// Where a set of verification keys comes from: at most one of the two is there, and without both it is the issuer's
// discovery document that says.
struct jwks_place {
  std::string file; // a path
  std::string url;  // https
  bool is_discovered() const noexcept { return file.empty() && url.empty(); }
};

// [bearer]: what the authorization JWT must say (contract section 2).
struct bearer_settings {
  bearer_mode mode{};
  std::string issuer;
  std::string subject; // empty: any
  std::string audience;
  std::chrono::seconds leeway{};
  std::chrono::seconds max_lifetime{};
  jwks_place jwks;
  std::vector<std::string> distrusted_kids;
  line_number line = 0;
};

// What becomes of an event for a consent that nobody announced.
enum class unknown_consents : std::uint8_t { hold, bind };

// [events]: what an event must say (contract section 4).
struct events_settings {
  std::vector<std::string> audiences;
  std::chrono::seconds leeway{};
  std::chrono::days max_expiry{};
  config::unknown_consents unknown_consents = config::unknown_consents::hold;
  bool allow_rsa_oaep_sha1 = false;
  std::chrono::seconds behind_after{};
};

// [[decryption_key]]: a private key that events are encrypted to, and the `kid` that senders give it.
struct decryption_key_settings {
  secret_place private_key;
  std::string certificate; // a path; empty: `kid` is given
  std::string kid;         // empty: the certificate's x5t#S256
  std::optional<timestamp> not_after;
  line_number line = 0;
};

// [[issuer]]: a financial institution whose events count.
struct issuer_settings {
  std::string id;
  jwks_place jwks;
  std::vector<std::string> distrusted_kids;
  line_number line = 0;
};

// [errors]: how error bodies are signed.
struct errors_settings {
  secret_place private_key; // empty: they are not, and the next three are empty too
  std::string kid;
  std::string issuer;
  std::string audience;
  std::chrono::seconds lifetime{};
  std::size_t max_per_second = 0;
  line_number line = 0;
};

// [jwks]: how key sets are fetched and how long they serve.
struct jwks_settings {
  std::string ca_file;            // empty: the system's certificate authorities
  std::vector<std::string> hosts; // that may be asked: those of every URL above, and those named here
  bool allow_private_addresses = false;
  std::string proxy_host; // empty: no proxy
  std::string proxy_port;
  std::string client_certificate; // a path; empty: none is shown
  secret_place client_private_key;
  std::chrono::seconds fresh{};
  std::chrono::seconds stale_for{};
  std::chrono::seconds timeout{};
  std::size_t max_bytes = 0;
  std::size_t max_keys = 0;
};

// [store]
struct store_settings {
  std::string path;
  std::uint64_t inbox_rows = 0;
  std::uint64_t inbox_bytes = 0;
  std::uint64_t held_rows = 0;
  std::uint64_t waiting_rows = 0;
  std::uint64_t quarantine_rows = 0;
  std::uint64_t operation_rows = 0; // of each user
  std::chrono::days evidence_for{}; // 0: none is kept
  std::uint64_t evidence_bytes = 0;
  std::chrono::days history_for{};
  std::chrono::days ended_consents_for{};
  friend bool operator==(store_settings const&, store_settings const&) = default;
};

enum class api_right : std::uint8_t { read, registers, operate };

// [[access]]. Of user and group exactly one.
struct access_settings {
  std::optional<uid_t> user;
  std::optional<gid_t> group;
  api_right right = api_right::read;
  friend bool operator==(access_settings const&, access_settings const&) = default;
};

// A Unix socket of the local API: that of [api], or [[api_socket]].
struct api_socket_settings {
  endpoint where; // unix or inherited
  mode_t mode = 0;
  std::optional<gid_t> group; // absent: the daemon's own
  api_right at_most = api_right::operate;
  friend bool operator==(api_socket_settings const&, api_socket_settings const&) = default;
};

// [api] and [[api_socket]].
struct api_settings {
  std::vector<api_socket_settings> sockets; // that of [api] first
  std::size_t max_connections = 0;
  std::size_t max_connections_per_user = 0;
  std::size_t max_streams = 0;
  std::size_t max_streams_per_user = 0;
  std::size_t max_consumers = 0;
  std::size_t max_consumers_per_user = 0;
  std::chrono::days consumers_for{};
  std::chrono::seconds consumer_lease{};
  std::size_t max_body_bytes = 0;
  friend bool operator==(api_settings const&, api_settings const&) = default;
};

// [operations]: metrics and health.
struct operations_settings {
  std::optional<endpoint> listen; // tcp on loopback, or inherited; absent: no such listener
};

// [process]
struct process_settings {
  unsigned io_threads = 0;     // of the Hub's listeners
  unsigned api_threads = 0;    // of the local API's
  unsigned crypto_threads = 0; // 0: as many as the machine has cores
  std::chrono::seconds drain{};
  friend bool operator==(process_settings const&, process_settings const&) = default;
};

enum class log_format : std::uint8_t { text, json };

// [log]
struct log_settings {
  severity level = severity::info;
  log_format format = log_format::text;
};

// Made by load() alone, which fills in every default. Relative paths have been resolved against the file's folder.
struct settings {
  std::string file; // as load() was told; begins every message about it
  hub_settings hub;
  std::vector<sender_settings> senders;
  proxies_settings proxies;
  bearer_settings bearer;
  events_settings events;
  std::vector<decryption_key_settings> decryption_keys; // at least one
  std::vector<issuer_settings> issuers;                 // at least one; no id twice
  errors_settings errors;
  jwks_settings jwks;
  store_settings store;
  api_settings api;
  std::vector<access_settings> access;
  operations_settings operations;
  process_settings process;
  log_settings log;
};

} // namespace consentd::config

#endif
