#include "hub/https_get.hpp"
#include "hub/issuer_keys.hpp"

#include "tests/support/jose_maker.hpp"
#include "tests/support/process.hpp"
#include "tests/unit/hub/key_server.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_future.hpp>
#include <boost/test/unit_test.hpp>

#include <condition_variable>
#include <set>

namespace {

using namespace consentd;
namespace asio = boost::asio;

tests::certificate_authority const& authority() {
  static tests::certificate_authority const one;
  return one;
}

tests::rsa_key const& signing_key() {
  static auto const one = tests::rsa_key::generate();
  return one;
}

std::string set_with(std::string const& kid) {
  return tests::jwk_set_of({signing_key().public_jwk(kid)});
}

std::shared_ptr<jose::jwk_set const> parsed(std::string const& kid) {
  return std::make_shared<jose::jwk_set const>(jose::jwk_set::parse(set_with(kid)).value());
}

std::shared_ptr<asio::ssl::context> trusting(std::string const& certificate) {
  tests::temporary_folder const folder;
  tests::write_text(folder / "ca.crt", certificate);
  return hub::make_client_context(folder / "ca.crt").value();
}

result<std::string> get(std::string const& url, std::shared_ptr<asio::ssl::context> trust,
                        hub::fetch_limits limits = {}) {
  asio::io_context context;
  auto got = asio::co_spawn(context, hub::https_get(url, std::move(trust), limits), asio::use_future);
  context.run();
  return got.get();
}

std::string name_of(result<std::shared_ptr<jose::verification_key const>> const& found) {
  return found ? "found" : std::string(to_string(found.error().code));
}

// Refreshing runs in a thread; arrivals are waited for.
struct refreshing {
  asio::io_context context{1};
  std::mutex guard;
  std::condition_variable changed;
  std::multiset<std::string> arrived;
  hub::issuer_keys keys;
  std::thread thread;

  refreshing(std::vector<hub::key_origin> origins, hub::refresh_settings how)
      : keys(context.get_executor(), std::move(origins), how, trusting(authority().certificate()), silent_log(),
             [this](std::string const& issuer) {
               std::lock_guard const lock(guard);
               arrived.insert(issuer);
               changed.notify_all();
             }) {
    keys.start();
    thread = std::thread([this] { context.run(); });
  }
  ~refreshing() {
    asio::co_spawn(context, keys.stop(), asio::use_future).get();
    thread.join();
  }
  void wait_for(std::string const& issuer) {
    std::unique_lock lock(guard);
    BOOST_REQUIRE(changed.wait_for(lock, std::chrono::seconds(60), [&] { return arrived.count(issuer) != 0; }));
  }
};

} // namespace

BOOST_AUTO_TEST_SUITE(https_get)

BOOST_AUTO_TEST_CASE(a_document_comes_over_verified_tls) {
  tests::key_server server(authority().issue());
  server.answer(200, "{}");
  BOOST_TEST(get(server.url(), trusting(authority().certificate())).value() == "{}");
}

BOOST_AUTO_TEST_CASE(a_certificate_of_another_authority_is_not_trusted) {
  tests::key_server server(authority().issue());
  server.answer(200, "{}");
  tests::certificate_authority const other("Other Root");
  BOOST_TEST(!get(server.url(), trusting(other.certificate())));
  BOOST_TEST(server.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(a_certificate_for_another_host_is_not_trusted) {
  tests::leaf_options elsewhere;
  elsewhere.dns_names = {"elsewhere.example"};
  elsewhere.ip_addresses = {};
  tests::key_server server(authority().issue(elsewhere));
  server.answer(200, "{}");
  BOOST_TEST(!get(server.url(), trusting(authority().certificate())));
  BOOST_TEST(server.asked() == 0U);
}

BOOST_AUTO_TEST_CASE(redirects_and_errors_are_no_documents) {
  tests::key_server server(authority().issue());
  for (unsigned const status : {301U, 302U, 307U, 404U, 500U, 204U}) {
    server.answer(status, status == 204U ? "" : "{}", {{"Location", server.url()}});
    BOOST_TEST(!get(server.url(), trusting(authority().certificate())));
  }
  BOOST_TEST(server.asked() == 6U);
}

BOOST_AUTO_TEST_CASE(a_document_is_bounded) {
  tests::key_server server(authority().issue());
  hub::fetch_limits limits;
  limits.max_bytes = 1000;
  server.answer(200, std::string(1000, ' '));
  BOOST_TEST(get(server.url(), trusting(authority().certificate()), limits).value().size() == 1000U);
  server.answer(200, std::string(1001, ' '));
  BOOST_TEST(!get(server.url(), trusting(authority().certificate()), limits));
}

BOOST_AUTO_TEST_CASE(only_https_is_asked) {
  for (auto const* url :
       {"http://localhost/jwks", "ftp://localhost/", "localhost", "https://", "https://a@localhost/", ""}) {
    auto const got = get(url, trusting(authority().certificate()));
    BOOST_REQUIRE(!got);
    BOOST_TEST(to_string(got.error().code) == "bad-setting");
  }
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(issuer_keys)

BOOST_AUTO_TEST_CASE(a_key_is_known_by_issuer_and_kid_together) {
  asio::io_context context;
  hub::issuer_keys const keys(context.get_executor(),
                              {{"https://a.example", parsed("one")}, {"https://b.example", parsed("two")}}, {}, nullptr,
                              silent_log(), [](std::string const&) {});
  BOOST_TEST(name_of(keys.find("https://a.example", "one")) == "found");
  BOOST_TEST(name_of(keys.find("https://a.example", "two")) == "unknown-signing-key");
  BOOST_TEST(name_of(keys.find("https://b.example", "one")) == "unknown-signing-key");
  BOOST_TEST(name_of(keys.find("https://c.example", "one")) == "unknown-issuer");
  BOOST_TEST(name_of(keys.find("https://a.example/", "one")) == "unknown-issuer");
}

BOOST_AUTO_TEST_CASE(an_issuer_without_a_set_lacks_keys_until_they_arrive) {
  tests::key_server server(authority().issue());
  server.answer(503, "");
  refreshing live({{"https://a.example", server.url()}, {"https://b.example", parsed("two")}}, {});
  BOOST_TEST(name_of(live.keys.find("https://a.example", "one")) == "keys-unavailable");
  // Another issuer is not touched by that.
  BOOST_TEST(name_of(live.keys.find("https://b.example", "two")) == "found");
  server.answer(200, set_with("one"));
  live.wait_for("https://a.example");
  BOOST_TEST(name_of(live.keys.find("https://a.example", "one")) == "found");
}

BOOST_AUTO_TEST_CASE(the_last_good_set_serves_on_while_refreshing_fails) {
  tests::key_server server(authority().issue());
  server.answer(200, set_with("one"));
  hub::refresh_settings often;
  often.fresh = std::chrono::seconds(0);
  refreshing live({{"https://a.example", server.url()}}, often);
  live.wait_for("https://a.example");
  for (auto const* broken : {"", "{}", "not json", R"({"keys":7})"}) {
    server.answer(200, broken);
    auto const before = server.asked();
    while (server.asked() < before + 2) {
      std::this_thread::yield();
    }
    BOOST_TEST(name_of(live.keys.find("https://a.example", "one")) == "found");
  }
}

BOOST_AUTO_TEST_CASE(a_set_that_is_too_old_is_no_longer_in_force) {
  tests::key_server server(authority().issue());
  server.answer(200, set_with("one"));
  hub::refresh_settings brief;
  brief.fresh = std::chrono::seconds(0);
  brief.stale_for = std::chrono::seconds(0);
  refreshing live({{"https://a.example", server.url()}}, brief);
  live.wait_for("https://a.example");
  server.answer(500, "");
  auto const before = server.asked();
  while (server.asked() < before + 2) {
    std::this_thread::yield();
  }
  BOOST_TEST(name_of(live.keys.find("https://a.example", "one")) == "keys-unavailable");
}

BOOST_AUTO_TEST_CASE(an_unknown_kid_has_the_set_asked_for_again_at_once) {
  tests::key_server server(authority().issue());
  server.answer(200, set_with("one"));
  refreshing live({{"https://a.example", server.url()}}, {});
  live.wait_for("https://a.example");
  BOOST_TEST(server.asked() == 1U);
  server.answer(200, set_with("two"));
  BOOST_TEST(name_of(live.keys.find("https://a.example", "two")) == "unknown-signing-key");
  while (name_of(live.keys.find("https://a.example", "two")) != "found") {
    std::this_thread::yield();
  }
  // Once in `early`, however many unknown kids come.
  for (int turn = 0; turn < 100; ++turn) {
    BOOST_TEST(name_of(live.keys.find("https://a.example", "three")) == "unknown-signing-key");
  }
  BOOST_TEST(server.asked() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
