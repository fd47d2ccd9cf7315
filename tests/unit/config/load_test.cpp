#include "config/load.hpp"

#include "config/schema.hpp"
#include "tests/unit/config/scratch.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <filesystem>
#include <string>
#include <sys/stat.h>

namespace consentd::config {
namespace {

using testing::scratch;

// Everything required and nothing else; one line a key, so that a test can change one.
std::string const smallest = R"([hub]
listen = ["127.0.0.1:8443"]
certificate = "tls.crt"
private_key = "tls.key"
[bearer]
issuer = "hub"
audience = "us"
jwks_file = "hub.jwks"
[events]
audiences = ["client"]
[[decryption_key]]
private_key = "enc.key"
kid = "k1"
[[issuer]]
id = "https://bank.example"
jwks_file = "bank.jwks"
[store]
path = "consentd.db"
[api]
socket = "api.sock"
)";

std::string with(std::string text, std::string_view old, std::string_view fresh) {
  auto const at = text.find(old);
  BOOST_REQUIRE_MESSAGE(at != std::string::npos, "no such text in the file: " << old);
  return text.replace(at, old.size(), fresh);
}

problems wrong(std::string_view text) {
  auto const read = parse(text, "/etc/consentd/consentd.toml", named_files::left_alone);
  return read ? problems() : read.error();
}

// The one message about `text`.
std::string complaint(std::string_view text) {
  auto const found = wrong(text);
  std::string all;
  for (auto const& one : found) {
    all += describe(one) + '\n';
  }
  BOOST_CHECK_MESSAGE(found.size() == 1, "not one problem:\n" << all);
  return all;
}

bool says(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

void check_line(std::string_view text, std::string_view start, std::string_view part = "") {
  auto const line = complaint(text);
  BOOST_CHECK_MESSAGE(line.starts_with(start) && says(line, part),
                      line << "should begin: " << start << "\nand have: " << part);
}

settings made(std::string_view text) {
  auto read = parse(text, "/etc/consentd/consentd.toml", named_files::left_alone);
  if (!read) {
    BOOST_FAIL(complaint(text));
  }
  return std::move(*read);
}

} // namespace

BOOST_AUTO_TEST_SUITE(settings_file)

BOOST_AUTO_TEST_CASE(smallest_file_gets_every_default) {
  auto const read = made(smallest);
  BOOST_TEST(read.hub.path == "/webhook");
  BOOST_TEST((read.hub.acknowledge == acknowledgement::stored));
  BOOST_TEST(read.hub.acknowledge_status == 202U);
  BOOST_TEST(read.hub.outcome_timeout.count() == 5);
  BOOST_TEST(read.errors.private_key.empty());
  BOOST_TEST(read.hub.max_body_bytes == 262144U);
  BOOST_TEST(read.hub.idle_timeout.count() == 60);
  BOOST_TEST(read.bearer.subject.empty());
  BOOST_TEST(read.bearer.leeway.count() == 10);
  BOOST_TEST(read.events.max_expiry.count() == 30);
  BOOST_TEST((read.events.unknown_consents == unknown_consents::hold));
  BOOST_TEST(!read.events.allow_rsa_oaep_sha1);
  BOOST_TEST(read.jwks.stale_for.count() == 21600);
  BOOST_TEST(read.store.inbox_bytes == 1073741824U);
  BOOST_TEST(read.api.sockets.front().mode == 0660U);
  BOOST_TEST(!read.api.sockets.front().group.has_value());
  BOOST_TEST(!read.operations.listen.has_value());
  BOOST_TEST(read.process.drain.count() == 20);
  BOOST_TEST((read.log.level == severity::info));
  BOOST_TEST((read.log.format == log_format::text));
}

BOOST_AUTO_TEST_CASE(given_values_replace_defaults) {
  auto const text = smallest + R"(mode = "600"
[operations]
listen = "[::1]:9443"
[process]
crypto_threads = 3
[log]
level = "warning"
format = "json"
)";
  auto const read =
      made(with(text, "audiences = [\"client\"]", "audiences = [\"client\", \"two\"]\nunknown_consents = \"bind\""));
  BOOST_TEST(read.api.sockets.front().mode == 0600U);
  BOOST_TEST(describe(read.operations.listen.value()) == "[::1]:9443");
  BOOST_TEST(read.process.crypto_threads == 3U);
  BOOST_TEST((read.log.level == severity::warning));
  BOOST_TEST((read.log.format == log_format::json));
  BOOST_TEST((read.events.unknown_consents == unknown_consents::bind));
  BOOST_TEST(read.events.audiences.size() == 2U);
}

BOOST_AUTO_TEST_CASE(acknowledgement_has_the_status_of_its_version_unless_another_is_given) {
  auto const verified = with(smallest, "[bearer]", "acknowledge = \"verified\"\n[bearer]");
  BOOST_TEST((made(verified).hub.acknowledge == acknowledgement::verified));
  BOOST_TEST(made(verified).hub.acknowledge_status == 204U);
  BOOST_TEST(made(with(verified, "[bearer]", "acknowledge_status = 202\n[bearer]")).hub.acknowledge_status == 202U);
  auto const stored = with(smallest, "[bearer]", "acknowledge_status = 204\n[bearer]");
  BOOST_TEST((made(stored).hub.acknowledge == acknowledgement::stored));
  BOOST_TEST(made(stored).hub.acknowledge_status == 204U);
}

BOOST_AUTO_TEST_CASE(errors_are_signed_with_all_that_it_takes_or_not_at_all) {
  std::string const key = "private_key = \"sign.key\"\n";
  std::string const rest = "kid = \"k\"\nissuer = \"us\"\naudience = \"hub\"\n";
  auto const read = made(smallest + "[errors]\n" + key + rest + "max_per_second = 3\n");
  BOOST_TEST(read.errors.private_key == "/etc/consentd/sign.key");
  BOOST_TEST(read.errors.kid == "k");
  BOOST_TEST(read.errors.issuer == "us");
  BOOST_TEST(read.errors.audience == "hub");
  BOOST_TEST(read.errors.lifetime.count() == 300);
  BOOST_TEST(read.errors.max_per_second == 3U);
  BOOST_TEST(made(smallest + "[errors]\nlifetime_seconds = 7\n").errors.lifetime.count() == 7);
  BOOST_TEST(made(smallest + "[errors]\nprivate_key = \"credential:sign\"\n" + rest).errors.private_key ==
             "credential:sign");
  auto const line = complaint(smallest + "[errors]\n" + rest);
  BOOST_TEST(says(line, "errors.private_key: is missing"), line);
  BOOST_TEST(wrong(smallest + "[errors]\n" + key).size() == 3U);
}

BOOST_AUTO_TEST_CASE(relative_paths_count_from_the_files_folder) {
  auto const read = made(with(smallest, "\"tls.crt\"", "\"../tls/a.crt\""));
  BOOST_TEST(read.hub.certificate == "/etc/tls/a.crt");
  BOOST_TEST(read.hub.private_key == "/etc/consentd/tls.key");
  BOOST_TEST(describe(read.api.sockets.front().where) == "/etc/consentd/api.sock");
  BOOST_TEST(read.store.path == "/etc/consentd/consentd.db");
  BOOST_TEST(made(with(smallest, "\"tls.key\"", "\"credential:tls\"")).hub.private_key == "credential:tls");
}

BOOST_AUTO_TEST_CASE(sockets_of_systemd_are_named) {
  auto const text =
      with(with(smallest, "\"127.0.0.1:8443\"", "\"systemd:hub\", \"[::1]:8443\""), "\"api.sock\"", "\"systemd:api\"");
  auto const read = made(text + "[operations]\nlisten = \"systemd:operations\"\n");
  BOOST_TEST(describe(read.hub.listen.at(0)) == "systemd:hub");
  BOOST_TEST(describe(read.hub.listen.at(1)) == "[::1]:8443");
  BOOST_TEST(std::get<inherited_endpoint>(read.api.sockets.front().where).name == "api");
  BOOST_TEST(std::get<inherited_endpoint>(*read.operations.listen).name == "operations");
  check_line(text + "mode = \"0600\"\n", "/etc/consentd/consentd.toml:21: api.mode: has no effect");
}

BOOST_AUTO_TEST_CASE(unknown_key_names_the_nearest_valid_one) {
  check_line(with(smallest, "certificate =", "certifcate = \"a\"\ncertificate ="),
             "/etc/consentd/consentd.toml:3: hub.certifcate: no such key: did you mean certificate?");
  check_line(with(smallest, "\nid =", "\ninbox_rows = 1\nid ="),
             "/etc/consentd/consentd.toml:15: issuer[1].inbox_rows: no such key", "it belongs in [store]");
  check_line(with(smallest, "[bearer]", "colour = \"blue\"\n[bearer]"),
             "/etc/consentd/consentd.toml:5: hub.colour: no such key", "write_timeout_seconds");
}

BOOST_AUTO_TEST_CASE(unknown_table_names_the_nearest_valid_one) {
  check_line(smallest + "[operation]\n",
             "/etc/consentd/consentd.toml:21: operation: no such table: did you mean [operations]?");
  check_line(smallest + "[[isuer]]\n",
             "/etc/consentd/consentd.toml:21: isuer: no such table: did you mean [[issuer]]?");
  check_line("inbox_rows = 1\n" + smallest, "/etc/consentd/consentd.toml:1: inbox_rows: no such key outside of a table",
             "it belongs in [store]");
}

BOOST_AUTO_TEST_CASE(wrong_types_are_named_with_an_example) {
  check_line(with(smallest, "[\"127.0.0.1:8443\"]", "\"127.0.0.1:8443\""),
             "/etc/consentd/consentd.toml:2: hub.listen: is a string, not a list of strings");
  check_line(with(smallest, "[\"client\"]", "[\"client\", 3]"),
             "/etc/consentd/consentd.toml:10: events.audiences: is a list");
  check_line(smallest + "[process]\nio_threads = 1.0\n",
             "/etc/consentd/consentd.toml:22: process.io_threads: is a number with a fraction", "io_threads = 1");
  check_line(with(smallest, "[events]", "[events]\nallow_rsa_oaep_sha1 = \"no\""),
             "/etc/consentd/consentd.toml:10: events.allow_rsa_oaep_sha1: is a string, not true or false");
  check_line(smallest + "[log]\nlevel = 2026-01-01\n", "/etc/consentd/consentd.toml:22: log.level: is a date or time");
}

BOOST_AUTO_TEST_CASE(tables_in_the_place_of_others_are_named) {
  check_line(with(smallest, "[[issuer]]", "[issuer]"),
             "/etc/consentd/consentd.toml:14: issuer: is not a list of tables", "[[issuer]]");
  check_line(with(smallest, "[store]", "[[store]]"), "/etc/consentd/consentd.toml:17: store: is a list, not one table");
  check_line("jwks = 3\n" + smallest, "/etc/consentd/consentd.toml:1: jwks: is a whole number, not one table");
  check_line("log = []\n" + smallest, "/etc/consentd/consentd.toml:1: log: is a list");
}

// Every number of the schema, at its bounds and one beyond.
BOOST_AUTO_TEST_CASE(numbers_are_held_to_their_bounds) {
  for (auto const& table : schema()) {
    for (auto const& key : table.keys) {
      if (key.type != value_type::number) {
        continue;
      }
      auto const file = [&](std::int64_t number) {
        auto const line = std::string(key.name) + " = " + std::to_string(number) + '\n';
        auto const header = '[' + std::string(table.name) + "]\n";
        auto const at = smallest.find(header);
        return at == std::string::npos ? smallest + header + line : with(smallest, header, header + line);
      };
      BOOST_TEST_CONTEXT(table.name << '.' << key.name) {
        BOOST_TEST(wrong(file(key.least)).empty());
        BOOST_TEST(wrong(file(key.most)).empty());
        BOOST_TEST(says(complaint(file(key.least - 1)), key.name));
        BOOST_TEST(says(complaint(file(key.most + 1)), key.name));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(stale_key_sets_never_serve_for_more_than_a_day) {
  BOOST_TEST(made(smallest + "[jwks]\nstale_for_seconds = 86400\n").jwks.stale_for.count() == 86400);
  check_line(smallest + "[jwks]\nstale_for_seconds = 86401\n",
             "/etc/consentd/consentd.toml:22: jwks.stale_for_seconds: is 86401", "from 0 to 86400");
}

BOOST_AUTO_TEST_CASE(acknowledgement_is_202_or_204) {
  check_line(with(smallest, "[bearer]", "acknowledge_status = 203\n[bearer]"),
             "/etc/consentd/consentd.toml:5: hub.acknowledge_status: is 203", "202 204");
}

BOOST_AUTO_TEST_CASE(stop_leaves_time_for_answers_that_wait_for_their_outcome) {
  auto const verified =
      with(smallest, "[bearer]", "acknowledge = \"verified\"\noutcome_timeout_seconds = 20\n[bearer]");
  auto const line = complaint(verified + "[process]\ndrain_seconds = 20\n");
  BOOST_TEST(says(line, "process.drain_seconds: is not above hub.outcome_timeout_seconds"));
  BOOST_TEST(wrong(verified + "[process]\ndrain_seconds = 21\n").empty());
  auto const stored = with(smallest, "[bearer]", "outcome_timeout_seconds = 20\n[bearer]");
  BOOST_TEST(wrong(stored + "[process]\ndrain_seconds = 20\n").empty());
}

BOOST_AUTO_TEST_CASE(choices_are_listed) {
  check_line(
      smallest + "[log]\nlevel = \"warn\"\n",
      "/etc/consentd/consentd.toml:22: log.level: is \"warn\": one of \"debug\", \"info\", \"warning\", \"error\"");
  check_line(smallest + "[log]\nlevel = \"warnings\"\n", "/etc/consentd/consentd.toml:22: log.level",
             "did you mean \"warning\"?");
}

BOOST_AUTO_TEST_CASE(missing_required_keys_are_named_with_their_meaning) {
  for (auto const& table : schema()) {
    for (auto const& key : table.keys) {
      if (!key.required || !table.required()) {
        continue;
      }
      auto const header = '[' + std::string(table.name) + ']';
      auto const start = smallest.find('\n' + std::string(key.name) + " = ", smallest.find(header));
      BOOST_REQUIRE(start != std::string::npos);
      auto text = smallest;
      text.erase(start, text.find('\n', start + 1) - start);
      auto const line = complaint(text);
      BOOST_TEST(says(line, '.' + std::string(key.name) + ": is missing: "), line);
    }
  }
}

BOOST_AUTO_TEST_CASE(missing_keys_of_a_table_that_may_be_left_out_are_named) {
  auto const line =
      complaint(with(smallest, "[hub]\n", "[hub]\nclient_certificates = \"require\"\nclient_ca_file = \"a\"\n") +
                "[[sender]]\norganization = \"O\"\n");
  BOOST_TEST(says(line, "sender[1].organizational_unit: is missing: "), line);
}

BOOST_AUTO_TEST_CASE(missing_tables_are_named_with_what_they_need) {
  auto const line = complaint(smallest.substr(0, smallest.find("[api]")));
  BOOST_TEST(line == "/etc/consentd/consentd.toml: api: the table [api] is missing: add it with at least socket\n");
  auto const found = wrong("[log]\n");
  BOOST_TEST(found.size() == 7U);
  BOOST_TEST(std::ranges::count(found, "the table [[decryption_key]] is missing", &problem::what) == 1);
}

BOOST_AUTO_TEST_CASE(lists_are_neither_empty_nor_repetitive) {
  check_line(with(smallest, "[\"client\"]", "[]"),
             "/etc/consentd/consentd.toml:10: events.audiences: is an empty list");
  check_line(with(smallest, "[\"client\"]", "[\"\"]"),
             "/etc/consentd/consentd.toml:10: events.audiences: has an empty entry");
  check_line(with(smallest, "[\"client\"]", "[\"a\", \"b\", \"a\"]"),
             "/etc/consentd/consentd.toml:10: events.audiences: names \"a\" twice");
}

BOOST_AUTO_TEST_CASE(texts_are_visible_and_bounded) {
  check_line(with(smallest, "\"us\"", "\"\""), "/etc/consentd/consentd.toml:7: bearer.audience: is empty");
  check_line(with(smallest, "\"us\"", "\"a\\nb\""), "/etc/consentd/consentd.toml:7: bearer.audience: has a line break");
  BOOST_TEST(wrong(with(smallest, "\"us\"", '"' + std::string(512, 'a') + '"')).empty());
  check_line(with(smallest, "\"us\"", '"' + std::string(513, 'a') + '"'),
             "/etc/consentd/consentd.toml:7: bearer.audience: is 513 bytes long");
}

BOOST_AUTO_TEST_CASE(key_written_into_the_file_is_refused_and_not_repeated) {
  auto const line = complaint(with(smallest, "\"tls.key\"", "\"-----BEGIN PRIVATE KEY----- c2VjcmV0\""));
  BOOST_TEST(says(line, "hub.private_key: holds a key or certificate itself: write it to a file"), line);
  BOOST_TEST(!says(line, "c2VjcmV0"), line);
}

BOOST_AUTO_TEST_CASE(exactly_one_source_of_keys) {
  check_line(with(smallest, "jwks_file = \"hub.jwks\"", "jwks_file = \"hub.jwks\"\njwks_url = \"https://a\""),
             "/etc/consentd/consentd.toml:9: bearer.jwks_url: stands beside jwks_file");
  check_line(with(smallest, "kid = \"k1\"", "kid = \"k1\"\ncertificate = \"c\""),
             "/etc/consentd/consentd.toml:13: decryption_key[1].kid: stands beside");
  check_line(with(smallest, "kid = \"k1\"\n", ""),
             "/etc/consentd/consentd.toml:11: decryption_key[1].certificate: is missing");
}

BOOST_AUTO_TEST_CASE(issuer_without_a_key_set_is_discovered_when_it_can_be) {
  BOOST_TEST(!made(smallest).issuers.at(0).jwks.is_discovered());
  BOOST_TEST(made(with(smallest, "jwks_file = \"bank.jwks\"\n", "")).issuers.at(0).jwks.is_discovered());
  auto const hub = with(smallest, "jwks_file = \"hub.jwks\"\n", "");
  check_line(with(hub, "issuer = \"hub\"", "issuer = \"Hub Operator\""),
             "/etc/consentd/consentd.toml:5: bearer.jwks_url: is missing");
  BOOST_TEST(made(with(hub, "issuer = \"hub\"", "issuer = \"https://hub.example\"")).bearer.jwks.is_discovered());
}

BOOST_AUTO_TEST_CASE(whom_to_ask_for_keys_is_checked) {
  auto const jwks = [](std::string_view lines) { return smallest + "[jwks]\n" + std::string(lines); };
  auto const full = made(jwks("hosts = [\"keys.example\"]\nproxy = \"http://[2001:db8::1]:3128\"\n"));
  BOOST_TEST(full.jwks.hosts == std::vector<std::string>{"keys.example"});
  BOOST_TEST(full.jwks.proxy_host == "2001:db8::1");
  BOOST_TEST(full.jwks.proxy_port == "3128");
  BOOST_TEST(!full.jwks.allow_private_addresses);
  for (auto const* const proxy :
       {"proxy:3128", "https://proxy:3128", "http://proxy", "http://user@proxy:1", "http://proxy:3128/path",
        "http://proxy:3128?x", "http://:3128", "http://proxy:0", "http://proxy:99999"}) {
    check_line(jwks("proxy = \"" + std::string(proxy) + "\"\n"), "/etc/consentd/consentd.toml:", "jwks.proxy: ");
  }
  check_line(jwks("client_certificate = \"a\"\n"),
             "/etc/consentd/consentd.toml:", "jwks.client_private_key: is missing");
  check_line(jwks("client_private_key = \"a\"\n"),
             "/etc/consentd/consentd.toml:", "jwks.client_certificate: is missing");
}

BOOST_AUTO_TEST_CASE(anybody_who_may_send_without_a_token_is_named) {
  auto const off = with(smallest, "[bearer]\n", "[bearer]\nmode = \"off\"\n");
  check_line(off, "/etc/consentd/consentd.toml:6: bearer.mode: lets anybody send");
  auto const sources = with(off, "[hub]\n", "[hub]\nsources = [\"192.0.2.0/24\"]\n");
  BOOST_TEST((made(sources).bearer.mode == bearer_mode::off));
  auto const sender = off + "[[sender]]\norganization = \"O\"\norganizational_unit = \"OU\"\n";
  check_line(sender, "/etc/consentd/consentd.toml:", "sender[1].organization: is never looked at");
  auto const mutual =
      made(with(sender, "[hub]\n", "[hub]\nclient_certificates = \"require\"\nclient_ca_file = \"ca.crt\"\n"));
  BOOST_TEST((mutual.hub.client_certificates == client_certificates::require));
  BOOST_TEST(mutual.senders.at(0).issuer == "O");
  BOOST_TEST(mutual.senders.at(0).subject == "OU");
}

BOOST_AUTO_TEST_CASE(proxies_are_named_where_their_word_counts) {
  check_line(with(smallest, "[hub]\n", "[hub]\nclient_certificates = \"request\"\n"),
             "/etc/consentd/consentd.toml:", "hub.client_ca_file: is missing");
  check_line(with(smallest, "[hub]\n", "[hub]\nlisten_proxied = [\"127.0.0.1:1\"]\n"),
             "/etc/consentd/consentd.toml:", "hub.listen_proxied: has nobody");
  auto const header = [](std::string_view line) { return smallest + "[proxies]\n" + std::string(line) + '\n'; };
  check_line(header("forwarding_header = \"Forwarded\""),
             "/etc/consentd/consentd.toml:", "has nobody who may write it");
  check_line(header("certificate_header = \"Client-Cert\""),
             "/etc/consentd/consentd.toml:", "has nobody who may write it");
  check_line(header("addresses = [\"10.0.0.1\"]\nforwarding_header = \"X-Real-IP\""),
             "/etc/consentd/consentd.toml:", "is neither X-Forwarded-For nor Forwarded");
  auto const full = made(header("unix_socket = true\nforwarding_header = \"Forwarded\""));
  BOOST_TEST(full.proxies.unix_socket);
}

BOOST_AUTO_TEST_CASE(listener_may_be_a_unix_socket) {
  auto const at = made(with(smallest, "\"127.0.0.1:8443\"", "\"/run/consentd/hub.sock\"")).hub.listen.at(0);
  BOOST_TEST((at == endpoint(unix_endpoint{"/run/consentd/hub.sock"})));
  check_line(with(smallest, "listen = [\"127.0.0.1:8443\"]\n", ""),
             "/etc/consentd/consentd.toml:", "hub.listen: is missing");
}

BOOST_AUTO_TEST_CASE(keys_come_over_https_alone) {
  auto const from = [](std::string_view url) {
    return with(smallest, "jwks_file = \"bank.jwks\"", "jwks_url = \"" + std::string(url) + '"');
  };
  BOOST_TEST(made(from("https://keys.example:8443/a?b=c")).issuers.at(0).jwks.url == "https://keys.example:8443/a?b=c");
  for (auto const* const url : {"http://keys.example/a", "https://", "https://user@keys.example/", "https://a b/",
                                "https://a:0/", "ftp://a", "https://a/#b", "HTTPS://a", "https://[::g]/"}) {
    check_line(from(url), "/etc/consentd/consentd.toml:16: issuer[1].jwks_url: is no https URL");
  }
}

BOOST_AUTO_TEST_CASE(issuers_are_https_urls_each_once) {
  auto const second = "[[issuer]]\nid = \"https://bank.example\"\njwks_file = \"b\"\n";
  check_line(smallest + second, "/etc/consentd/consentd.toml:22: issuer[2].id: is the id of another [[issuer]] too");
  BOOST_TEST(made(smallest + with(second, "bank.example", "bank.example/")).issuers.size() == 2U);
  check_line(with(smallest, "https://bank.example", "http://bank.example"),
             "/etc/consentd/consentd.toml:15: issuer[1].id: is no https URL");
  check_line(with(smallest, "https://bank.example", "https://bank.example?x"),
             "/etc/consentd/consentd.toml:15: issuer[1].id: is no https URL");
}

BOOST_AUTO_TEST_CASE(decryption_keys_are_named_once) {
  check_line(smallest + "[[decryption_key]]\nprivate_key = \"b\"\nkid = \"k1\"\n",
             "/etc/consentd/consentd.toml:23: decryption_key[2].kid: is the kid of another");
  check_line(smallest + "[[decryption_key]]\nprivate_key = \"./enc.key\"\nkid = \"k2\"\n",
             "/etc/consentd/consentd.toml:22: decryption_key[2].private_key: is the key of another");
}

BOOST_AUTO_TEST_CASE(end_of_a_decryption_key_is_a_time_of_a_known_zone) {
  auto const until = [](std::string const& text) {
    return with(smallest, "kid = \"k1\"", "kid = \"k1\"\nnot_after = " + text);
  };
  BOOST_TEST(!made(smallest).decryption_keys.front().not_after.has_value());
  auto const noon = parse_date_time("2027-03-31T12:00:00Z");
  BOOST_TEST((made(until("2027-03-31T12:00:00Z")).decryption_keys.front().not_after == noon));
  BOOST_TEST((made(until("2027-03-31 16:00:00.0+04:00")).decryption_keys.front().not_after == noon));
  check_line(until("2027-03-31T12:00:00"),
             "/etc/consentd/consentd.toml:14: decryption_key[1].not_after: is 2027-03-31T12:00:00",
             "say of which zone: 2027-03-31T12:00:00Z for UTC");
  check_line(until("1969-12-31T23:59:59Z"),
             "/etc/consentd/consentd.toml:14: decryption_key[1].not_after: is 1969-12-31T23:59:59Z", "from 1970");
  check_line(until("2027-03-31"),
             "/etc/consentd/consentd.toml:14: decryption_key[1].not_after: is a date or time, not a date and time",
             "write not_after = 2027-03-31T00:00:00Z");
  check_line(until("\"2027-03-31T12:00:00Z\""),
             "/etc/consentd/consentd.toml:14: decryption_key[1].not_after: is a string, not a date and time");
}

BOOST_AUTO_TEST_CASE(addresses_are_literal) {
  for (auto const* const address :
       {"localhost:8443", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", "::1:8443", "[127.0.0.1]:1",
        "[::1]", ":8443", "*:8443", "systemd:", "systemd:a b", "127.0.0.1:8443 "}) {
    check_line(with(smallest, "127.0.0.1:8443", address),
               "/etc/consentd/consentd.toml:2: hub.listen: \"" + std::string(address) + "\": ");
  }
  BOOST_TEST(wrong(with(smallest, "127.0.0.1:8443", "127.0.0.1:65535")).empty());
  BOOST_TEST(wrong(with(smallest, "127.0.0.1:8443", "0.0.0.0:0")).empty());
}

BOOST_AUTO_TEST_CASE(operations_listen_on_loopback_alone) {
  for (auto const* const address :
       {"0.0.0.0:9443", "10.0.0.1:9443", "[::]:9443", "128.0.0.1:9443", "[::ffff:127.0.0.1]:1"}) {
    check_line(smallest + "[operations]\nlisten = \"" + address + "\"\n",
               "/etc/consentd/consentd.toml:22: operations.listen: is not a loopback address");
  }
  BOOST_TEST(wrong(smallest + "[operations]\nlisten = \"127.255.0.1:0\"\n").empty());
}

BOOST_AUTO_TEST_CASE(api_socket_lets_nobody_else_in) {
  for (auto const* const mode : {"0666", "0661", "1660", "9999", "rw-rw----", "66 0"}) {
    BOOST_TEST(says(complaint(smallest + "mode = \"" + mode + "\"\n"), "toml:21: api.mode: "), mode);
  }
  BOOST_TEST(made(smallest + "mode = \"0770\"\n").api.sockets.front().mode == 0770U);
}

BOOST_AUTO_TEST_CASE(api_socket_path_fits_the_kernels_address) {
  auto const path = [](std::size_t size) {
    return with(smallest, "\"api.sock\"", "\"/" + std::string(size - 1, 'a') + '"');
  };
  BOOST_TEST(wrong(path(107)).empty());
  check_line(path(108), "/etc/consentd/consentd.toml:20: api.socket: the path of a socket has 1 to 107 bytes");
}

BOOST_AUTO_TEST_CASE(webhook_path_is_a_path) {
  for (auto const* const path : {"webhook", "/a?b", "/a#b", "/a b"}) {
    check_line(with(smallest, "[bearer]", "path = \"" + std::string(path) + "\"\n[bearer]"),
               "/etc/consentd/consentd.toml:5: hub.path: is not the path");
  }
}

BOOST_AUTO_TEST_CASE(all_problems_are_found_in_the_order_of_lines) {
  auto text = with(smallest, "\"127.0.0.1:8443\"", "\"nowhere\", \"[::1\"");
  text = with(text, "issuer = \"hub\"", "isuer = \"hub\"");
  text = with(text, "https://bank.example", "bank");
  auto const found = wrong(text + "mode = 3\n[log]\nlevel = \"x\"\n");
  std::vector<unsigned> lines;
  std::ranges::transform(found, std::back_inserter(lines), &problem::line);
  std::vector<unsigned> const expected{2, 2, 5, 6, 15, 21, 23};
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(text_that_is_not_toml_is_one_problem_with_its_line) {
  check_line(with(smallest, "kid = \"k1\"", "kid = k1"), "/etc/consentd/consentd.toml:13: not TOML: ");
  check_line(with(smallest, "issuer = \"hub\"", "issuer = \"hub\"\nissuer = \"hub\""),
             "/etc/consentd/consentd.toml:7: not TOML: ");
  BOOST_TEST(!wrong("a = " + std::string(100000, '[')).empty());
  BOOST_TEST(!wrong(std::string_view("a = \"\0\"", 8)).empty());
}

BOOST_AUTO_TEST_CASE(messages_are_one_line_without_control_characters) {
  auto const line = complaint(smallest + "\"a\\u001b[2J\\nb\" = 1\n");
  BOOST_TEST(std::ranges::none_of(line.substr(0, line.size() - 1),
                                  [](char c) { return static_cast<unsigned char>(c) < 0x20; }));
}

BOOST_AUTO_TEST_CASE(values_of_a_refused_file_cannot_be_had_unnoticed) {
  auto const read = parse("", "x.toml", named_files::left_alone);
  BOOST_TEST(!read.has_value());
  BOOST_CHECK_THROW(read.value(), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()

namespace {

// A folder in which `smallest` finds its files.
struct furnished : scratch {
  furnished() {
    for (auto const* const name : {"tls.crt", "hub.jwks", "bank.jwks"}) {
      write(name, "x", 0644);
    }
    write("tls.key", "x");
    write("enc.key", "x", 0640);
    write("consentd.toml", smallest);
  }
  std::string complain() const {
    auto const read = config::load(path("consentd.toml"));
    BOOST_REQUIRE(!read.has_value());
    BOOST_TEST(read.error().size() == 1U);
    return describe(read.error().front());
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(named_files_checked, furnished)

BOOST_AUTO_TEST_CASE(file_with_everything_in_place_loads) {
  auto const read = config::load(path("consentd.toml"));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->hub.private_key == path("tls.key"));
  BOOST_TEST(read->file == path("consentd.toml"));
}

BOOST_AUTO_TEST_CASE(absent_files_are_named) {
  for (auto const* const name : {"tls.crt", "tls.key", "hub.jwks", "enc.key", "bank.jwks"}) {
    std::filesystem::rename(path(name), path("away"));
    auto const line = complain();
    BOOST_TEST(says(line, "no such file: " + path(name) + ": create it"), line);
    BOOST_TEST(!config::load(path("consentd.toml"), named_files::left_alone).has_error());
    std::filesystem::rename(path("away"), path(name));
  }
}

BOOST_AUTO_TEST_CASE(private_keys_that_everybody_can_read_are_refused) {
  for (mode_t const mode : {0644U, 0604U, 0602U, 0620U}) {
    ::chmod(path("enc.key").c_str(), mode);
    auto const line = complain();
    BOOST_TEST(says(line, "toml:12: decryption_key[1].private_key: a secret that others may read or write: " +
                              path("enc.key")),
               line);
  }
}

BOOST_AUTO_TEST_CASE(folders_pipes_and_empty_files_are_no_files) {
  std::filesystem::remove(path("tls.key"));
  std::filesystem::create_directory(path("tls.key"));
  BOOST_TEST(says(complain(), "hub.private_key: not a regular file: "));
  std::filesystem::remove(path("tls.key"));
  BOOST_REQUIRE(::mkfifo(path("tls.key").c_str(), 0600) == 0);
  BOOST_TEST(says(complain(), "hub.private_key: not a regular file: "));
  std::filesystem::remove(path("tls.key"));
  write("tls.key", "");
  BOOST_TEST(says(complain(), "hub.private_key: an empty file: "));
}

BOOST_AUTO_TEST_CASE(stores_folder_must_be_there) {
  write("consentd.toml", with(smallest, "\"consentd.db\"", "\"away/consentd.db\""));
  BOOST_TEST(says(complain(), "store.path: no such folder: " + path("away")));
  write("consentd.toml", with(smallest, "\"consentd.db\"", "\".\""));
  BOOST_TEST(says(complain(), "store.path: a folder: "));
}

BOOST_AUTO_TEST_CASE(unknown_group_is_refused) {
  write("consentd.toml", smallest + "group = \"no-such-group-here\"\n");
  BOOST_TEST(says(complain(), "api.group: no such group: no-such-group-here"));
  write("consentd.toml", smallest + "group = \"1234\"\n");
  BOOST_TEST(config::load(path("consentd.toml"))->api.sockets.front().group.value() == 1234U);
  write("consentd.toml", smallest + "group = \"root\"\n");
  BOOST_TEST(config::load(path("consentd.toml"))->api.sockets.front().group.value() == 0U);
}

BOOST_AUTO_TEST_CASE(settings_file_itself_must_be_readable) {
  auto const read = config::load(path("absent.toml"));
  BOOST_TEST_REQUIRE(!read.has_value());
  BOOST_TEST(describe(read.error().front()) ==
             path("absent.toml") + ": no such file: " + path("absent.toml") + ": create it, or mend the path");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::config
