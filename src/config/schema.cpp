#include "config/schema.hpp"

#include <algorithm>
#include <array>

namespace consentd::config {
namespace {

constexpr std::int64_t kibi = 1024;
constexpr std::int64_t mebi = 1024 * kibi;
constexpr std::int64_t gibi = 1024 * mebi;
constexpr std::int64_t path_bytes = 4095;
constexpr std::int64_t claim_bytes = 512; // what jose::read_claims admits

constexpr key_description must(std::string_view name, std::int64_t most, std::string_view meaning) {
  return {name, value_type::text, true, "", 1, most, "", meaning};
}

constexpr key_description may(std::string_view name, std::int64_t most, std::string_view meaning) {
  return {name, value_type::text, false, "", 1, most, "", meaning};
}

constexpr key_description number(std::string_view name, std::string_view fallback, std::int64_t least,
                                 std::int64_t most, std::string_view meaning) {
  return {name, value_type::number, false, fallback, least, most, "", meaning};
}

constexpr key_description choice(std::string_view name, std::string_view fallback, std::string_view choices,
                                 std::string_view meaning) {
  return {name, value_type::text, false, fallback, 1, 32, choices, meaning};
}

constexpr key_description list(std::string_view name, std::int64_t most, std::string_view meaning) {
  return {name, value_type::texts, true, "", 1, most, "", meaning};
}

constexpr key_description optional_list(std::string_view name, std::int64_t most, std::string_view meaning) {
  return {name, value_type::texts, false, "", 1, most, "", meaning};
}

constexpr key_description moment(std::string_view name, std::string_view meaning) {
  return {name, value_type::time, false, "", 0, 0, "", meaning};
}

constexpr key_description flag(std::string_view name, std::string_view meaning) {
  return {name, value_type::boolean, false, "false", 0, 0, "", meaning};
}

constexpr key_description distrusted_kids{
    "distrust_kids",
    value_type::texts,
    false,
    "",
    1,
    64,
    "",
    "Key ids that count no longer, whatever the key set says: for a key that leaked and is still published."};

constexpr std::array hub_keys{
    optional_list(
        "listen", 16,
        "Where deliveries come in: over TLS at address:port with an IPv4 or bracketed IPv6 address, or at "
        "systemd:NAME for the socket that systemd hands over under that FileDescriptorName; without TLS at the "
        "absolute path of a Unix socket, for a reverse proxy on the same machine."),
    optional_list(
        "listen_proxied", 16,
        "The same for listeners whose connections begin with a PROXY header, version 1 or 2. [proxies] names who "
        "may send one."),
    key_description{"socket_mode", value_type::text, false, R"("0660")", 3, 4, "",
                    "The permissions of Unix sockets, octal. None for others: who may connect can send deliveries."},
    may("socket_group", 256, "Their group, by name or number; without this key the daemon's own."),
    key_description{"path", value_type::text, false, R"("/webhook")", 1, 1024, "",
                    "The path of the webhook's URL, as registered at the Hub."},
    must("certificate", path_bytes, "PEM file: the listener's certificate, then its intermediates. RSA or ECDSA."),
    must("private_key", path_bytes,
         "PEM file of its private key, or credential:NAME. No secret file may be readable by every user."),
    choice(
        "acknowledge", R"("stored")", "stored verified",
        "When a delivery is acknowledged: stored, as soon as it is on disk (v2.1 of the standard), or verified, once "
        "it is decided or held as well, with a refusal for what does not hold (v1.2 and v2.0)."),
    key_description{"acknowledge_status", value_type::number, false, "", 202, 204, "202 204",
                    "The answer then: 202 (v2.1) or 204 (v1.2 and v2.0). Without this key 202 for stored, 204 for "
                    "verified."},
    number("outcome_timeout_seconds", "5", 1, 60,
           "How long an answer waits for a delivery to be decided; then it is 503, and the delivery is kept."),
    choice("client_certificates", R"("none")", "none request require",
           "Mutual TLS: ask clients for no certificate, for one that they may withhold, or demand it."),
    may("client_ca_file", path_bytes, "PEM file of the roots at which clients' certificates must end."),
    may("client_crl_file", path_bytes,
        "PEM file of revocation lists; with it a certificate passes only with a current list of its issuer."),
    optional_list(
        "sources", 256,
        "Addresses and networks (192.0.2.0/24) that deliveries may come from; others get a 403. Without this key "
        "from anywhere."),
    number("max_body_bytes", "262144", kibi, 16 * mebi, "A larger body is refused with 413."),
    number("max_header_bytes", "16384", kibi, mebi, "A larger header section is refused with 431."),
    number("max_connections", "1024", 1, 65536, "Connections at once, on each socket; more wait until one ends."),
    number("handshake_timeout_seconds", "10", 1, 600, "The TLS handshake."),
    number("idle_timeout_seconds", "60", 1, 3600, "Between two requests of one connection."),
    number("header_timeout_seconds", "10", 1, 600, "From a request's first byte to the end of its header section."),
    number("body_timeout_seconds", "30", 1, 600, "The whole body."),
    number("write_timeout_seconds", "30", 1, 600, "One write of an answer."),
};

constexpr std::array sender_keys{
    must("organization", claim_bytes, "The O of the certificate's subject."),
    must("organizational_unit", claim_bytes, "Its OU."),
    may("issuer", claim_bytes, "The iss of the authorization JWT that this client sends; without this key its O."),
    may("subject", claim_bytes, "The sub; without this key its OU."),
};

constexpr std::array proxies_keys{
    optional_list("addresses", 256, "Addresses and networks of your own reverse proxies and load balancers."),
    flag("unix_socket", "Whoever connects to a Unix socket of [hub] is a proxy of yours."),
    may("forwarding_header", 32, "Where they name the client: X-Forwarded-For or Forwarded. Without this key nowhere."),
    may("certificate_header", 64,
        "Where they pass on the client's certificate, such as Client-Cert. They must remove it from what clients "
        "send."),
    choice("certificate_form", R"("client-cert")", "client-cert escaped-pem",
           "How: as RFC 9440 has it, or URL-encoded PEM (nginx's $ssl_client_escaped_cert)."),
};

constexpr std::array bearer_keys{
    choice(
        "mode", R"("required")", "required if-present off",
        "Whether an authorization JWT must come. Anything but required needs client certificates with a [[sender]], or "
        "hub.sources: your encryption key is public, so anybody could send."),
    must("issuer", claim_bytes, "Its iss: the organisation in the Hub's client certificate, or the Hub's issuer URL."),
    may("subject", claim_bytes,
        "Its sub: the organisational unit of that certificate. Without this key any sub will do."),
    must("audience", claim_bytes, "Must be in its aud: the identifier that the Hub gave you."),
    number("leeway_seconds", "10", 0, 300, "How far the Hub's clock and this one may differ."),
    number("max_lifetime_seconds", "60", 1, 3600, "The longest time from iat to exp."),
    may("jwks_file", path_bytes, "File of the Hub's public keys (JWK set). Either this or jwks_url."),
    may("jwks_url", claim_bytes,
        "Where the Hub publishes its public keys, https. Without this and jwks_file the discovery document of an https "
        "issuer is asked."),
    distrusted_kids,
};

constexpr std::array events_keys{
    list("audiences", 64, "Your client ids at the Hub; an event's aud must contain one of them."),
    number("leeway_seconds", "10", 0, 300, "How far the issuers' clocks and this one may differ."),
    number("max_expiry_days", "30", 1, 365, "An event that expires later than this after its receipt is quarantined."),
    choice(
        "unknown_consents", R"("hold")", "hold bind",
        "An event for a consent that nobody announced: hold keeps it until somebody does, bind ties the consent to the "
        "issuer of the first verified event."),
    key_description{"allow_rsa_oaep_sha1", value_type::boolean, false, "false", 0, 0, "",
                    "Accept RSA-OAEP with SHA-1, which older versions of the standard encrypt with."},
    number("behind_after_seconds", "60", 1, 86400,
           "While a delivery older than this is unopened, no consent counts as usable."),
};

constexpr std::array decryption_keys{
    must("private_key", path_bytes,
         "PEM file of an RSA private key (PKCS#8 or PKCS#1, unencrypted), or credential:NAME."),
    may("certificate", path_bytes,
        "PEM file of its certificate, whose x5t#S256 is the kid that senders name. Either this or kid."),
    may("kid", claim_bytes, "The kid itself. Either this or certificate."),
    moment("not_after",
           "Until when it serves, judged by the time of receipt: for a retired key. Without this key it has no end."),
};

constexpr std::array issuer_keys{
    must("id", claim_bytes, "The issuer, exactly as its events name it: an https URL without query or fragment."),
    may("jwks_file", path_bytes, "File of its public keys (JWK set). Either this or jwks_url."),
    may("jwks_url", claim_bytes,
        "Where it publishes its public keys, https. Without this and jwks_file its discovery document is asked."),
    distrusted_kids,
};

constexpr std::array errors_keys{
    may("private_key", path_bytes,
        "PEM file of the RSA private key that error bodies are signed with (PKCS#8 or PKCS#1, unencrypted), or "
        "credential:NAME. Without this key they are empty."),
    may("kid", claim_bytes, "Its kid in your published key set."),
    may("issuer", claim_bytes, "The iss of error bodies: your identifier at the Hub."),
    may("audience", claim_bytes, "Their aud: the Hub's identifier."),
    number("lifetime_seconds", "300", 1, 3600, "From their iat to their exp."),
    number("max_per_second", "20", 1, 1000, "Bodies signed in any one second; errors beyond it have none."),
};

constexpr std::array jwks_keys{
    may("ca_file", path_bytes,
        "PEM file of the certificate authorities that the key servers are checked against; without this key the "
        "system's."),
    key_description{"hosts", value_type::texts, false, "", 1, 64, "",
                    "Hosts that may be asked besides those in the URLs above: the key store that discovery documents "
                    "name."},
    key_description{"allow_private_addresses", value_type::boolean, false, "false", 0, 0, "",
                    "Ask also where a name leads to a private, link-local or loopback address. With a proxy the proxy "
                    "has to see to that."},
    may("proxy", 512, "The HTTP proxy to ask through: http://host:port. Without this key none."),
    may("client_certificate", path_bytes,
        "PEM file of the certificate to show to key servers that ask for one. With client_private_key."),
    may("client_private_key", path_bytes, "PEM file of its private key, or credential:NAME."),
    number("fresh_seconds", "600", 1, 86400, "How long a fetched set is used before it is fetched again."),
    number("stale_for_seconds", "21600", 0, 86400,
           "How much longer the last good set serves when fetching fails. Not above a day."),
    number("timeout_seconds", "5", 1, 60, "One fetch as a whole."),
    number("max_bytes", "262144", kibi, mebi, "A larger key set is refused."),
    number("max_keys", "64", 1, 1024, "A key set with more keys is refused."),
};

constexpr std::array store_keys{
    must("path", path_bytes, "The database file; made at the first start, readable by the daemon alone."),
    number("inbox_rows", "100000", 1, 100'000'000, "Acknowledged deliveries that wait to be opened; more get a 429."),
    number("inbox_bytes", "1073741824", mebi, 1024 * gibi, "The same in bytes of their bodies."),
    number("held_rows", "100000", 1, 100'000'000, "Events that wait for their consent to be announced."),
    number("waiting_rows", "10000", 1, 100'000'000,
           "Events that wait for keys of their issuer, for each issuer; more wait in quarantine."),
    number("quarantine_rows", "100000", 1, 100'000'000, "Deliveries kept aside with the reason for their refusal."),
    number(
        "operation_rows", "10000", 1, 100'000'000,
        "Changes of deliveries, consumers and settings of which is kept who asked for them, for each user; beyond it "
        "the oldest go."),
    number(
        "evidence_days", "1826", 0, 36525,
        "How long the signed originals of events are kept, accepted and refused; then they are destroyed. 0 for none."),
    number("evidence_bytes", "10737418240", mebi, 1024 * gibi,
           "The most bytes of signed originals; beyond it the oldest are destroyed."),
    number("history_days", "1826", 1, 36525,
           "How long the journal is kept, the record of what became of each delivery, and of who asked for what. A "
           "subscriber that was away for longer is told what it missed by a reset."),
    number("ended_consent_days", "1826", 1, 36525,
           "How long a consent is kept after it has ended and nothing has come of it since. Then a tombstone alone "
           "stays, so "
           "that no old event brings it back."),
};

constexpr std::array api_keys{
    must("socket", path_bytes, "The Unix socket of the local API, or systemd:NAME."),
    key_description{"mode", value_type::text, false, R"("0660")", 3, 4, "",
                    "The socket's permissions, octal. None for others."},
    may("group", 256, "The socket's group, by name or number; without this key the daemon's own."),
    number("max_connections", "256", 1, 65536, "Connections at once, on each socket; more wait until one ends."),
    number("max_connections_per_user", "128", 1, 65536, "The same of one user; one more is closed."),
    number("max_streams", "128", 1, 65536, "Event streams at once; more are refused."),
    number("max_streams_per_user", "64", 1, 65536, "The same of one user."),
    number("max_consumers", "1000", 0, 100000, "Durable consumers; one more is refused."),
    number("max_consumers_per_user", "100", 0, 100000, "The same of one user."),
    number("consumer_days", "30", 1, 36525, "A durable consumer that nothing is heard of for so long is forgotten."),
    number(
        "consumer_lease_seconds", "30", 1, 86400,
        "How long the one connection that follows a durable consumer may take to acknowledge before another gets it."),
    number("max_body_bytes", "65536", kibi, 16 * mebi, "A larger request body is refused."),
};

constexpr std::array access_keys{
    may("user", 256, "The user who is at the other end, by name or number. Either user or group."),
    may("group", 256, "A group of theirs, by name or number."),
    choice("right", R"("read")", "read register operate",
           "read: queries, streams, consumers. register: also announce consents. operate: also decide, erase, retry, "
           "reload, and see who did."),
};

constexpr std::array api_socket_keys{
    must("path", path_bytes, "The Unix socket, or systemd:NAME."),
    key_description{"mode", value_type::text, false, R"("0660")", 3, 4, "", "Its permissions, as in [api]."},
    may("group", 256, "Its group, as in [api]."),
    choice("at_most", R"("read")", "read register operate", "The highest right that anybody has there."),
};

constexpr std::array operations_keys{
    may("listen", 256,
        "Where /metrics, /livez and /readyz are served, without TLS: address:port on loopback, or systemd:NAME. "
        "Without this "
        "key nowhere."),
};

constexpr std::array process_keys{
    number("io_threads", "1", 1, 64, "Threads for the Hub's connections."),
    number("api_threads", "1", 1, 64, "Threads for the local API's connections."),
    number("crypto_threads", "0", 0, 256, "Threads that open deliveries; 0 for as many as the machine has cores."),
    number("drain_seconds", "20", 1, 600,
           "How long SIGTERM waits for what is under way. Keep it below TimeoutStopSec."),
};

constexpr std::array log_keys{
    choice("level", R"("info")", "debug info warning error", "The least severity that is written."),
    choice("format", R"("text")", "text json", "Lines for people and the journal, or one JSON object a line."),
};

constexpr std::array tables{
    table_description{"hub", table_description::times::once, hub_keys},
    table_description{"sender", table_description::times::any_number, sender_keys},
    table_description{"proxies", table_description::times::once, proxies_keys},
    table_description{"bearer", table_description::times::once, bearer_keys},
    table_description{"events", table_description::times::once, events_keys},
    table_description{"decryption_key", table_description::times::at_least_one, decryption_keys},
    table_description{"issuer", table_description::times::at_least_one, issuer_keys},
    table_description{"errors", table_description::times::once, errors_keys},
    table_description{"jwks", table_description::times::once, jwks_keys},
    table_description{"store", table_description::times::once, store_keys},
    table_description{"api", table_description::times::once, api_keys},
    table_description{"access", table_description::times::any_number, access_keys},
    table_description{"api_socket", table_description::times::any_number, api_socket_keys},
    table_description{"operations", table_description::times::once, operations_keys},
    table_description{"process", table_description::times::once, process_keys},
    table_description{"log", table_description::times::once, log_keys},
};

} // namespace

key_description const* table_description::find(std::string_view key) const noexcept {
  auto const found = std::ranges::find(keys, key, &key_description::name);
  return found == keys.end() ? nullptr : &*found;
}

bool table_description::required() const noexcept {
  return occurs != times::any_number && std::ranges::any_of(keys, &key_description::required);
}

std::span<table_description const> schema() noexcept {
  return tables;
}

} // namespace consentd::config
