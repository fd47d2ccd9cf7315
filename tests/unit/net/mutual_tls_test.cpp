// Client certificates on a TLS listener, shown by OpenSSL's own client.
#include "net/origin/certificate_subject.hpp"
#include "net/origin/openssl.hpp"
#include "net/tls_handle.hpp"
#include "tests/support/certificates.hpp"
#include "tests/unit/net/tls_client.hpp"

#include <boost/test/data/monomorphic.hpp>
#include <boost/test/data/test_case.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <openssl/pem.h>

using namespace consentd;
using namespace consentd::tests;
using policy = net::client_certificates::policy;

namespace data = boost::unit_test::data;

namespace {

certificate_authority const& authority() {
  static certificate_authority const made{"Hub Root"};
  return made;
}

net::tls_identity const& own() {
  static auto const made = [] {
    auto const key = certificate_authority{}.issue();
    return net::tls_identity{key.certificate, key.private_key};
  }();
  return made;
}

leaf_options hub_leaf() {
  leaf_options leaf;
  leaf.subject = {"hub", "Open Finance", "unit"};
  return leaf;
}

certified_key const& good() {
  static auto const made = authority().issue(hub_leaf());
  return made;
}

net::client_certificates clients(policy ask, std::string revocations = "") {
  net::client_certificates made;
  made.ask = ask;
  made.authorities = authority().certificate();
  made.revocations = std::move(revocations);
  return made;
}

// Answers with the O and OU of the client's certificate, or "nobody".
asio::awaitable<void> name_client(net::exchange& request) {
  auto const& shown = request.head().peer.certificate;
  std::string text = "nobody";
  if (shown != nullptr) {
    auto const subject = net::read_subject(*shown);
    text = subject ? subject->organization + "/" + subject->organizational_unit : describe(subject.error());
  }
  auto done = answer(200, std::move(text));
  co_await request.send(std::move(done));
}

struct scene {
  explicit scene(net::client_certificates const& how)
      : context{net::tls_context::make(own(), how).value()}, to{name_client, {.tls = context}} {}

  // What the client gets: the answer's body, or "" for a failed handshake.
  std::string ask(certified_key const& shown = {}, int version = TLS1_3_VERSION, std::string const& chain = "") {
    tls_client client{to, {.version = version, .identity = shown, .chain = chain}};
    auto const all = client.ask();
    auto const body = all.find("\r\n\r\n");
    return body == std::string::npos ? all : all.substr(body + 4);
  }
  // A failed handshake with this in its line of the log, which may come after the client knows.
  bool saw_problem(std::string const& words) {
    auto const end = std::chrono::steady_clock::now() + long_enough;
    while (std::chrono::steady_clock::now() < end) {
      auto const lines = to.log().lines();
      auto const found = std::any_of(lines.begin(), lines.end(), [&words](std::string const& line) {
        return line.starts_with("tls handshake failed") && line.find(" problem=" + words) != std::string::npos;
      });
      if (found) {
        return true;
      }
      std::this_thread::yield();
    }
    for (auto const& line : to.log().lines()) {
      BOOST_TEST_MESSAGE(line);
    }
    return false;
  }

  std::shared_ptr<net::tls_context> context;
  server to;
};

// The handshake fails for this reason, and right beside it one with a good certificate succeeds.
void check_refused(net::client_certificates const& how, certified_key const& shown, std::string const& why,
                   std::string const& chain = "") {
  scene with{how};
  BOOST_TEST(with.ask(good()) == "Open Finance/unit");
  for (auto const version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    BOOST_TEST(with.ask(shown, version, chain) == "");
  }
  BOOST_TEST(with.saw_problem(why), why);
  BOOST_TEST(with.ask(good()) == "Open Finance/unit");
}

constexpr auto versions = {TLS1_2_VERSION, TLS1_3_VERSION};
constexpr auto asking = {0, 1};

policy asked(int which) {
  return which == 0 ? policy::request : policy::require;
}

} // namespace

BOOST_AUTO_TEST_SUITE(mutual_tls)

BOOST_DATA_TEST_CASE(hands_on_the_verified_certificate, data::make(versions) * data::make(asking), version, which) {
  scene with{clients(asked(which))};
  BOOST_TEST(with.ask(good(), version) == "Open Finance/unit");
}

BOOST_AUTO_TEST_CASE(hands_on_the_certificate_itself) {
  std::promise<std::string> seen;
  auto const context = net::tls_context::make(own(), clients(policy::require)).value();
  server to{[&seen](net::exchange& request) -> asio::awaitable<void> {
              seen.set_value(*request.head().peer.certificate);
              auto done = answer(200);
              co_await request.send(std::move(done));
            },
            {.tls = context}};
  tls_client{to, {.identity = good()}}.ask();
  auto const source = net::open_text(good().certificate);
  net::x509_ptr const sent{PEM_read_bio_X509(source.get(), nullptr, nullptr, nullptr)};
  BOOST_TEST((seen.get_future().get() == net::der_of(*sent)));
}

BOOST_DATA_TEST_CASE(does_not_ask_where_it_is_off, data::make(versions), version) {
  scene with{{}};
  BOOST_TEST(with.ask(good(), version) == "nobody");
  tls_client client{with.to, {.version = version, .identity = good()}};
  client.ask();
  BOOST_TEST(!client.was_asked_for_certificate());
}

BOOST_DATA_TEST_CASE(lets_a_client_without_one_in_only_where_none_is_required, data::make(versions), version) {
  scene requested{clients(policy::request)};
  BOOST_TEST(requested.ask({}, version) == "nobody");
  scene required{clients(policy::require)};
  BOOST_TEST(required.ask({}, version) == "");
  BOOST_TEST(required.saw_problem("peer did not return a certificate"));
  BOOST_TEST(required.ask(good(), version) == "Open Finance/unit");
}

BOOST_AUTO_TEST_CASE(names_the_authorities_that_it_accepts) {
  scene const with{clients(policy::require)};
  tls_client const client{with.to, {.identity = good()}};
  BOOST_TEST(client.was_asked_for_certificate());
  BOOST_TEST(client.accepted_authorities() == 1);
}

BOOST_DATA_TEST_CASE(refuses_a_certificate_of_another_authority, data::make(asking), which) {
  certificate_authority const other{"Other Root"};
  check_refused(clients(asked(which)), other.issue(hub_leaf()), "unable to get local issuer certificate");
  // Bringing the root along does not make it trusted.
  check_refused(clients(asked(which)), other.issue(hub_leaf()), "self-signed certificate in certificate chain",
                other.certificate());
}

// The name of the root is not what is trusted.
BOOST_DATA_TEST_CASE(refuses_a_certificate_of_an_authority_of_the_same_name, data::make(asking), which) {
  certificate_authority const other{"Hub Root"};
  check_refused(clients(asked(which)), other.issue(hub_leaf()), "");
}

BOOST_DATA_TEST_CASE(refuses_a_certificate_at_a_wrong_time, data::make(asking), which) {
  auto leaf = hub_leaf();
  leaf.not_after = -60;
  check_refused(clients(asked(which)), authority().issue(leaf), "certificate has expired");
  leaf = hub_leaf();
  leaf.not_before = 3600;
  check_refused(clients(asked(which)), authority().issue(leaf), "certificate is not yet valid");
}

BOOST_DATA_TEST_CASE(refuses_a_certificate_for_servers, data::make(asking), which) {
  auto leaf = hub_leaf();
  leaf.extended_key_usage = "serverAuth";
  check_refused(clients(asked(which)), authority().issue(leaf), "unsuitable certificate purpose");
}

BOOST_DATA_TEST_CASE(refuses_a_weak_key, data::make(asking), which) {
  auto leaf = hub_leaf();
  leaf.kind = key_kind::rsa_1024;
  check_refused(clients(asked(which)), authority().issue(leaf), "EE certificate key too weak");
}

BOOST_DATA_TEST_CASE(refuses_a_revoked_certificate, data::make(asking), which) {
  auto const revoked = authority().issue(hub_leaf());
  auto const list = authority().revoke({revoked.certificate});
  check_refused(clients(asked(which), list), revoked, "certificate revoked");
  // Without a list nobody asks.
  scene unasking{clients(asked(which))};
  BOOST_TEST(unasking.ask(revoked) == "Open Finance/unit");
}

// Fail closed: a list that is outdated, forged or somebody else's says nothing about who was revoked since.
BOOST_AUTO_TEST_CASE(refuses_everybody_without_a_current_revocation_list) {
  certificate_authority const other{"Other Root"};
  certificate_authority const forger{"Hub Root"};
  struct sample {
    std::string list;
    std::string why;
  };
  for (auto const& each : {sample{authority().revoke({}, -60), "CRL has expired"},
                           sample{other.revoke({}), "unable to get certificate CRL"},
                           sample{forger.revoke({}), "CRL signature failure"}}) {
    scene with{clients(policy::require, each.list)};
    BOOST_TEST(with.ask(good()) == "");
    BOOST_TEST(with.saw_problem(each.why), each.why);
  }
  scene with{clients(policy::require, other.revoke({}) + authority().revoke({}))};
  BOOST_TEST(with.ask(good()) == "Open Finance/unit");
}

BOOST_AUTO_TEST_CASE(heeds_replaced_authorities_and_lists_at_the_next_handshake) {
  scene with{clients(policy::require, authority().revoke({}))};
  BOOST_TEST(with.ask(good()) == "Open Finance/unit");
  auto const revoked = clients(policy::require, authority().revoke({good().certificate}));
  with.context->replace(std::move(*net::tls_context::make(own(), revoked).value()));
  BOOST_TEST(with.ask(good()) == "");
  with.context->replace(std::move(*net::tls_context::make(own(), clients(policy::none, "")).value()));
  BOOST_TEST(with.ask(good()) == "nobody");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(tls_sessions)

// Taking up an earlier session would skip everything that a handshake checks, such as a certificate revoked since.
BOOST_DATA_TEST_CASE(are_never_taken_up_again, data::make(versions) * data::make(asking), version, which) {
  scene const with{clients(asked(which))};
  tls_client first{with.to, {.version = version, .identity = good()}};
  BOOST_TEST(first.ask().find("Open Finance/unit") != std::string::npos);
  BOOST_TEST(SSL_SESSION_is_resumable(first.session().get()) == 0);
  BOOST_TEST(SSL_SESSION_has_ticket(first.session().get()) == 0);
  unsigned size = 0;
  SSL_SESSION_get_id(first.session().get(), &size);
  BOOST_TEST(size == 0U);
}

namespace {

// A server with our key whose tickets allow early data, and a client, in one thread and without a socket.
class generous_server {
public:
  generous_server() : context_{SSL_CTX_new(TLS_server_method())}, client_{SSL_CTX_new(TLS_client_method())} {
    auto const chain = net::open_text(own().certificate_chain);
    net::x509_ptr const certificate{PEM_read_bio_X509(chain.get(), nullptr, nullptr, nullptr)};
    auto const secret = net::open_text(own().private_key);
    net::key_ptr const key{PEM_read_bio_PrivateKey(secret.get(), nullptr, nullptr, nullptr)};
    BOOST_REQUIRE(SSL_CTX_use_certificate(context_.get(), certificate.get()) == 1);
    BOOST_REQUIRE(SSL_CTX_use_PrivateKey(context_.get(), key.get()) == 1);
    SSL_CTX_set_max_early_data(context_.get(), 16384);
  }

  // The session of one connection, in which `early` is sent, when it is not empty, with an earlier one. Tells whether
  // early data was accepted.
  std::shared_ptr<SSL_SESSION> connect(SSL_SESSION* earlier, std::string const& early, bool& accepted) {
    net::ssl_ptr const server{SSL_new(context_.get())};
    net::ssl_ptr const client{SSL_new(client_.get())};
    BIO* near = nullptr;
    BIO* far = nullptr;
    BOOST_REQUIRE(BIO_new_bio_pair(&near, 32768, &far, 32768) == 1);
    SSL_set_bio(server.get(), near, near);
    SSL_set_bio(client.get(), far, far);
    std::array<char, 1000> bytes{};
    std::size_t size = 0;
    if (earlier != nullptr) {
      BOOST_REQUIRE(SSL_set_session(client.get(), earlier) == 1);
      BOOST_REQUIRE(SSL_write_early_data(client.get(), early.data(), early.size(), &size) == 1);
      SSL_read_early_data(server.get(), bytes.data(), bytes.size(), &size);
    }
    for (int step = 0; step < 10; ++step) {
      SSL_connect(client.get());
      SSL_accept(server.get());
    }
    SSL_read(client.get(), bytes.data(), 1); // the tickets
    accepted = SSL_get_early_data_status(client.get()) == SSL_EARLY_DATA_ACCEPTED;
    // A connection that does not end well takes its session with it.
    for (auto* const end : {client.get(), server.get()}) {
      SSL_set_shutdown(end, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    }
    ERR_clear_error();
    return {SSL_get1_session(client.get()), SSL_SESSION_free};
  }

private:
  net::ssl_context_ptr context_;
  net::ssl_context_ptr client_;
};

} // namespace

// A node before ours with the same key, or a thief of tickets. Early data can be sent again by whoever saw it.
BOOST_AUTO_TEST_CASE(of_another_server_and_early_data_are_not_taken) {
  std::string const early = "GET /early HTTP/1.1\r\nHost: a\r\n\r\n";
  generous_server generous;
  bool accepted = false;
  auto const first = generous.connect(nullptr, "", accepted);
  BOOST_REQUIRE(SSL_SESSION_is_resumable(first.get()) == 1);
  BOOST_REQUIRE(SSL_SESSION_get_max_early_data(first.get()) == 16384U);
  auto const second = generous.connect(first.get(), early, accepted);
  BOOST_TEST(accepted);
  scene with{{}};
  tls_client client{with.to, {.session = second, .early = early}};
  BOOST_TEST(client.ask().ends_with("\r\n\r\nnobody"));
  BOOST_TEST(client.early_data() == SSL_EARLY_DATA_REJECTED);
  BOOST_TEST(!client.resumed());
  // Nor does it stand in for a certificate.
  scene required{clients(policy::require)};
  tls_client without{required.to, {.session = second}};
  BOOST_TEST(without.ask() == "");
  BOOST_TEST(required.saw_problem("peer did not return a certificate"));
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(client_authorities)

namespace {

void check_bad(std::string authorities, std::string revocations, std::string const& words) {
  auto how = clients(policy::require);
  how.authorities = std::move(authorities);
  how.revocations = std::move(revocations);
  auto const made = net::tls_context::make(own(), how);
  BOOST_REQUIRE(!made.has_value());
  BOOST_TEST((made.error().code == reason::bad_key));
  BOOST_TEST(made.error().detail.find(words) != std::string::npos, made.error().detail);
  BOOST_TEST(ERR_peek_error() == 0U);
}

std::string repeated(std::string const& text, int times) {
  std::string all;
  for (int each = 0; each < times; ++each) {
    all += text;
  }
  return all;
}

} // namespace

BOOST_AUTO_TEST_CASE(must_be_there_and_be_authorities) {
  auto const root = authority().certificate();
  check_bad("", "", "client authority 1");
  check_bad("nonsense", "", "client authority 1");
  check_bad(good().certificate, "", "client authority 1: not the certificate of an authority");
  check_bad(root + good().certificate, "", "client authority 2: not the certificate of an authority");
  check_bad(root + root.substr(0, 100), "", "client authority 2");
  check_bad(good().private_key, "", "client authority 1");
}

BOOST_AUTO_TEST_CASE(come_with_revocation_lists_that_can_be_read) {
  auto const root = authority().certificate();
  auto const list = authority().revoke({});
  check_bad(root, "nonsense", "revocation list 1");
  check_bad(root, root, "revocation list 1");
  check_bad(root, list + list.substr(0, 100), "revocation list 2");
}

BOOST_AUTO_TEST_CASE(are_taken_up_to_their_bound) {
  auto how = clients(policy::require);
  how.authorities = repeated(authority().certificate(), 64);
  BOOST_TEST(net::tls_context::make(own(), how).has_value());
  check_bad(how.authorities + authority().certificate(), "", "client authority: more than 64");
}

BOOST_AUTO_TEST_SUITE_END()
