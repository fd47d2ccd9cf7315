#include "tests/support/certificates.hpp"
#include "tests/support/http_client.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/net/server.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <openssl/err.h>

using namespace consentd;
using namespace consentd::tests;

namespace consentd::tests {

static std::ostream& operator<<(std::ostream& out, key_kind kind) {
  return out << (kind == key_kind::p256 ? "ECDSA" : "RSA");
}

} // namespace consentd::tests

namespace {

certificate_authority const& server_authority() {
  static certificate_authority const made;
  return made;
}

certified_key const& identity(key_kind kind) {
  static auto const issue = [](key_kind which) {
    leaf_options leaf;
    leaf.kind = which;
    return server_authority().issue(leaf);
  };
  static certified_key const ecdsa = issue(key_kind::p256);
  static certified_key const rsa = issue(key_kind::rsa_2048);
  return kind == key_kind::p256 ? ecdsa : rsa;
}

std::shared_ptr<net::tls_context> context(key_kind kind) {
  auto const& key = identity(kind);
  return net::tls_context::make({key.certificate + server_authority().certificate(), key.private_key}).value();
}

struct tls_scene {
  explicit tls_scene(key_kind kind) : to{echo, {.tls = context(kind)}} {
    write_text(folder / "ca.pem", server_authority().certificate());
  }

  // What `openssl s_client` says to a connection with these options; its standard input is `input`.
  finished connect(std::string const& options, std::string const& input = "") const {
    return run({"/bin/sh", "-c",
                "printf '" + input + "' | openssl s_client -connect 127.0.0.1:" + std::to_string(to.port()) +
                    " -CAfile " + folder / "ca.pem" + " -verify_return_error -ign_eof " + options});
  }

  temporary_folder folder;
  server to;
};

constexpr auto ask_and_close = R"(GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n)";
constexpr auto both = {key_kind::p256, key_kind::rsa_2048};

} // namespace

BOOST_AUTO_TEST_SUITE(tls)

BOOST_DATA_TEST_CASE(serves_requests_of_a_stranger_over_one_connection, boost::unit_test::data::make(both), kind) {
  tls_scene const scene{kind};
  http_client client{{.ca_file = scene.folder / "ca.pem", .unix_socket = {}}};
  for (std::size_t const size : {0U, 1U, 6000U, 16384U, 16385U, 500000U}) {
    std::string const body(size, 'x');
    auto const reply = client.request("POST", scene.to.url() + "/a", {}, body);
    BOOST_TEST(reply.status == 200, reply.error);
    BOOST_TEST((reply.body == (body.empty() ? "POST /a" : "POST /a " + body)));
  }
  BOOST_TEST(scene.to.sessions() == 1U);
}

BOOST_DATA_TEST_CASE(accepts_tls_1_3_and_ends_with_close_notify, boost::unit_test::data::make(both), kind) {
  tls_scene const scene{kind};
  auto const said = scene.connect("-tls1_3", ask_and_close);
  BOOST_TEST(said.status == 0, said.output);
  BOOST_TEST(said.output.find("Cipher is TLS_AES_") != std::string::npos);
  BOOST_TEST(said.output.find("GET /a") != std::string::npos);
  BOOST_TEST(said.output.find("GET /aclosed") != std::string::npos);
  // A session ticket would be a key that unlocks more than one connection.
  BOOST_TEST(said.output.find("New Session Ticket") == std::string::npos);
  BOOST_TEST(said.output.find("Compression: NONE") != std::string::npos);
}

BOOST_DATA_TEST_CASE(accepts_tls_1_2_with_forward_secrecy_and_gcm, boost::unit_test::data::make(both), kind) {
  tls_scene const scene{kind};
  std::string const name = kind == key_kind::p256 ? "ECDSA" : "RSA";
  for (std::string const cipher : {"AES128-GCM-SHA256", "AES256-GCM-SHA384"}) {
    auto const said = scene.connect("-tls1_2 -cipher ECDHE-" + name + "-" + cipher, ask_and_close);
    BOOST_TEST(said.status == 0, said.output);
    BOOST_TEST(said.output.find("GET /a") != std::string::npos);
    BOOST_TEST(said.output.find("TLS session ticket") == std::string::npos);
    BOOST_TEST(said.output.find("Session-ID: \n") != std::string::npos);
  }
}

BOOST_DATA_TEST_CASE(refuses_old_versions_and_weak_ciphers, boost::unit_test::data::make(both), kind) {
  tls_scene const scene{kind};
  for (std::string const old : {"-tls1_1", "-tls1"}) {
    auto const said = scene.connect(old + " -cipher DEFAULT@SECLEVEL=0");
    BOOST_TEST(said.status != 0);
    BOOST_TEST(said.output.find("alert protocol version") != std::string::npos, said.output);
  }
  for (std::string const cipher :
       {"ECDHE-ECDSA-AES128-SHA256:ECDHE-RSA-AES128-SHA256", "ECDHE-ECDSA-AES256-SHA:ECDHE-RSA-AES256-SHA",
        "AES128-GCM-SHA256:AES256-GCM-SHA384", "DHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305"}) {
    auto const said = scene.connect("-tls1_2 -cipher " + cipher);
    BOOST_TEST(said.status != 0);
    BOOST_TEST(said.output.find("alert handshake failure") != std::string::npos, said.output);
  }
}

BOOST_AUTO_TEST_CASE(agrees_on_x25519_and_p256_alone) {
  tls_scene const scene{key_kind::p256};
  BOOST_TEST(scene.connect("-tls1_3 -groups X25519", ask_and_close).output.find("X25519") != std::string::npos);
  BOOST_TEST(scene.connect("-tls1_3 -groups P-256", ask_and_close).output.find("prime256v1") != std::string::npos);
  BOOST_TEST(scene.connect("-tls1_3 -groups P-384").status != 0);
}

BOOST_AUTO_TEST_CASE(refuses_to_renegotiate) {
  tls_scene const scene{key_kind::rsa_2048};
  // A line "R" asks s_client to renegotiate; without -ign_eof, which would send it as text.
  auto const said = run(
      {"/bin/sh", "-c",
       "printf 'R\\n' | openssl s_client -no_ign_eof -tls1_2 -connect 127.0.0.1:" + std::to_string(scene.to.port())});
  BOOST_TEST(said.output.find("RENEGOTIATING") != std::string::npos);
  BOOST_TEST(said.output.find("no renegotiation") != std::string::npos, said.output);
}

BOOST_AUTO_TEST_CASE(resumes_no_session) {
  tls_scene const scene{key_kind::rsa_2048};
  auto const said = run(
      {"/bin/sh", "-c",
       "openssl s_client -tls1_2 -reconnect -connect 127.0.0.1:" + std::to_string(scene.to.port()) + " </dev/null"});
  BOOST_TEST(said.output.find("New, TLSv1.2") != std::string::npos);
  BOOST_TEST(said.output.find("Reused") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(early_answer_reaches_a_client_that_sends_five_megabytes) {
  temporary_folder const folder;
  write_text(folder / "ca.pem", server_authority().certificate());
  net::limits bounds;
  bounds.drain_bytes = std::size_t{8} * 1024 * 1024;
  server to{[](net::exchange& request) -> asio::awaitable<void> {
              auto refused = answer(401, "no");
              refused.fields.push_back({"Connection-Test", "x"});
              co_await request.send(std::move(refused));
            },
            {.bounds = bounds, .tls = context(key_kind::p256)}};
  std::string const body(5'000'000, 'x');
  for (std::string const framing : {"X: y", "Transfer-Encoding: chunked"}) {
    for (int each = 0; each < 10; ++each) {
      http_client client{{.ca_file = folder / "ca.pem", .unix_socket = {}}};
      auto const reply = client.request("POST", to.url() + "/", {framing}, body);
      BOOST_TEST(reply.status == 401, reply.error);
      BOOST_TEST(reply.body == "no");
    }
  }
}

BOOST_AUTO_TEST_CASE(replaced_identity_serves_the_next_connection) {
  auto const tls = context(key_kind::p256);
  server to{echo, {.tls = tls}};
  certificate_authority const next{"Next Root"};
  temporary_folder const folder;
  write_text(folder / "old.pem", server_authority().certificate());
  write_text(folder / "new.pem", next.certificate());
  http_client old{{.ca_file = folder / "old.pem", .unix_socket = {}}};
  BOOST_TEST(old.get(to.url() + "/").status == 200);
  auto const key = next.issue();
  tls->replace(std::move(*net::tls_context::make({key.certificate, key.private_key}).value()));
  http_client fresh{{.ca_file = folder / "new.pem", .unix_socket = {}}};
  BOOST_TEST(fresh.get(to.url() + "/").status == 200);
  BOOST_TEST(old.get(to.url() + "/").status == 200);
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_identity)

namespace {

// bad_key with `words` in its text, and nothing left behind on the thread.
void check_refused(std::string const& certificate, std::string const& key, std::string const& words) {
  auto const made = net::tls_context::make({certificate, key});
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().code == reason::bad_key));
  BOOST_TEST(made.error().detail.find(words) != std::string::npos, made.error().detail);
  BOOST_TEST(ERR_peek_error() == 0U);
}

} // namespace

BOOST_AUTO_TEST_CASE(of_rsa_or_ecdsa_is_taken) {
  for (auto const kind : both) {
    auto const& key = identity(kind);
    BOOST_TEST(net::tls_context::make({key.certificate, key.private_key}).has_value());
    BOOST_TEST(
        net::tls_context::make({key.certificate + server_authority().certificate(), key.private_key}).has_value());
    BOOST_TEST(ERR_peek_error() == 0U);
  }
}

BOOST_AUTO_TEST_CASE(whose_parts_do_not_belong_together_is_refused) {
  auto const& ecdsa = identity(key_kind::p256);
  auto const& rsa = identity(key_kind::rsa_2048);
  auto const other = server_authority().issue();
  check_refused(ecdsa.certificate, rsa.private_key, "does not belong");
  check_refused(ecdsa.certificate, other.private_key, "does not belong");
  check_refused(server_authority().certificate() + ecdsa.certificate, ecdsa.private_key, "does not belong");
}

BOOST_AUTO_TEST_CASE(with_an_encrypted_key_is_refused) {
  auto const& key = identity(key_kind::p256);
  check_refused(key.certificate, encrypt_private_key(key.private_key, "secret"), "private key: it is encrypted");
}

BOOST_AUTO_TEST_CASE(of_garbage_is_refused_saying_which) {
  auto const& key = identity(key_kind::p256);
  check_refused(key.certificate, "", "private key");
  check_refused(key.certificate, "garbage", "private key");
  check_refused(key.certificate, key.certificate, "private key");
  check_refused("", key.private_key, "certificate chain: certificate 1");
  check_refused("garbage", key.private_key, "certificate chain: certificate 1");
  check_refused(key.private_key, key.private_key, "certificate chain: certificate 1");
  auto cut = server_authority().certificate();
  cut.resize(cut.size() / 2);
  check_refused(key.certificate + cut, key.private_key, "certificate chain: certificate 2");
}

BOOST_AUTO_TEST_CASE(with_a_weak_or_foreign_key_is_refused) {
  leaf_options leaf;
  leaf.kind = key_kind::rsa_1024;
  auto const weak = server_authority().issue(leaf);
  check_refused(weak.certificate, weak.private_key, "key too small");
  leaf.kind = key_kind::ed25519;
  auto const foreign = server_authority().issue(leaf);
  check_refused(foreign.certificate, foreign.private_key, "neither RSA nor ECDSA");
}

BOOST_AUTO_TEST_CASE(with_more_certificates_than_a_chain_has_is_refused) {
  auto const& key = identity(key_kind::p256);
  auto chain = key.certificate;
  for (int each = 0; each < 9; ++each) {
    chain += server_authority().certificate();
  }
  BOOST_TEST(net::tls_context::make({chain, key.private_key}).has_value());
  check_refused(chain + server_authority().certificate(), key.private_key, "more than 10");
}

BOOST_AUTO_TEST_SUITE_END()
