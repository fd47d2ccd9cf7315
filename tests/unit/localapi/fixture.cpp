#include "tests/unit/localapi/fixture.hpp"

#include "store/sqlite/connection.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdio>
#include <unistd.h>

namespace consentd::localapi::testing {

namespace {

daemon_facts facts() {
  return {.version = "0.1.0-test",
          .started = at("2026-03-27T11:00:00Z"),
          .keys = {{"decryption-key", "kid-1", at("2027-01-01T00:00:00Z")}, {"jwks", issuer_a, std::nullopt}}};
}

boost::asio::awaitable<reload_report> reload_nothing() {
  co_return reload_report{};
}

} // namespace

fixture::fixture(settings const& how, std::optional<access_rules> who, right at_most) {
  store::sqlite::settings where;
  where.path = database();
  where.consumers_for = std::chrono::days(36500); // tests of old journals are not about old consumers
  store_ = store::sqlite::open(where, clock_, silent_log(), silent_telemetry());
  access_rules const mine({{.user = ::geteuid(), .group = {}, .allows = right::operate}});
  api_ = std::make_unique<api>(context_.get_executor(), *store_, clock_, silent_log(), how, who.value_or(mine),
                               api::daemon_calls{.facts = facts, .reload = reload_nothing});
  door_ = std::make_unique<door>(*api_, at_most);
  auto bound = net::bound_socket::unix_path(socket(), {});
  BOOST_REQUIRE(bound.has_value());
  net::limits bounds;
  listener_ = net::listener::make(context_.get_executor(), std::move(*bound), nullptr, bounds, *door_, silent_log());
  listener_->start();
  for (int i = 0; i < 2; ++i) {
    threads_.emplace_back([this] { context_.run(); });
  }
  client_ = std::make_unique<tests::http_client>(tests::http_client::where{.ca_file = {}, .unix_socket = socket()});
}

fixture::~fixture() {
  client_.reset();
  boost::asio::co_spawn(context_, listener_->stop(std::chrono::seconds(20)), boost::asio::use_future).get();
  work_.reset();
  for (auto& thread : threads_) {
    thread.join();
  }
  listener_.reset();
  store_.reset();
}

tests::http_answer fixture::call(std::string const& method, std::string const& target,
                                 std::vector<std::string> const& fields, std::string const& body) {
  return client_->request(method, "http://localhost" + target, fields, body);
}

json::document fixture::json_of(tests::http_answer const& from, long status) {
  BOOST_TEST_REQUIRE(from.status == status, from.status << " " << from.body << " " << from.error);
  BOOST_TEST(from.fields.at("content-type") == "application/json");
  BOOST_TEST(from.fields.at("cache-control") == (from.fields.contains("etag") ? "private, no-cache" : "no-store"));
  auto read = json::document::parse(from.body, {});
  BOOST_TEST_REQUIRE(read.has_value());
  return std::move(*read);
}

std::string fixture::field_of_problem(tests::http_answer const& from, long status, std::string const& name) {
  BOOST_TEST_REQUIRE(from.status == status, from.status << " " << from.body << " " << from.error);
  BOOST_TEST(from.fields.at("content-type") == "application/problem+json");
  auto const read = json::document::parse(from.body, {});
  BOOST_TEST_REQUIRE(read.has_value());
  auto const root = read->root();
  BOOST_TEST(root.find_string("type").value_or("none") == "urn:consentd:problem:" + name);
  BOOST_TEST(root.find("status")->integer().value_or(0) == status);
  BOOST_TEST(root.find_string("title").has_value());
  return std::string(root.find_string("field").value_or(""));
}

void fixture::announce(std::string const& id, consent::kind kind, std::string const& issuer) {
  store::announcement what;
  what.consent_id = id;
  what.kind = kind;
  what.issuer = issuer;
  what.expiry = at("2026-12-31T00:00:00Z");
  run(store_->announce(std::move(what)));
}

void fixture::crowd(int count) const {
  store::sqlite::connection on(database(), store::sqlite::access::read_write);
  on.execute("PRAGMA busy_timeout = 60000");
  // Piece by piece: the store waits less long than it would for all.
  constexpr int at_once = 1000;
  for (int from = 0; from < count; from += at_once) {
    on.execute("WITH RECURSIVE n(i) AS (SELECT " + std::to_string(from) + " UNION ALL SELECT i + 1 FROM n WHERE i < " +
               std::to_string(std::min(from + at_once, count) - 1) +
               ") INSERT INTO consents (id, issuer, kind, bound, flags, resource_digest, sequence, created, updated) "
               "SELECT printf('k-%06d', i), '" +
               issuer_a + "', 1, 1, 0, zeroblob(32), 1, 1, 1 FROM n");
  }
}

std::string fixture::new_interaction_id() {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012u", ++deliveries_);
  return text.data();
}

std::int64_t fixture::deliver(std::string const& interaction_id, std::string const& body) {
  store::new_delivery delivery;
  delivery.interaction_id = interaction_id;
  delivery.received = clock_.now();
  delivery.body = body;
  auto const kept = run(store_->append(std::move(delivery)));
  auto const taken = run(store_->take(100));
  BOOST_TEST_REQUIRE(taken.size() == 1U);
  return kept.delivery;
}

std::int64_t fixture::event(std::string const& id, consent::status status, timestamp when,
                            std::string const& resource) {
  store::settlement what;
  what.delivery = deliver(new_interaction_id());
  what.token.issuer = issuer_a;
  what.token.expires = when + std::chrono::hours(1);
  what.token.message_digest = sha256(id + std::string(to_string(status)) + format_date_time(when));
  what.report.consent_id = id;
  what.report.issuer = issuer_a;
  what.report.kind = consent::kind::account_access;
  what.report.status = status;
  what.report.status_time = when;
  what.report.event_time = when;
  what.report.expiry = at("2026-12-31T00:00:00Z");
  what.report.resource = resource;
  what.report.resource_digest = sha256(resource);
  auto const delivery = what.delivery;
  auto const outcome = run(store_->settle(std::move(what)));
  BOOST_TEST_REQUIRE(std::holds_alternative<store::decided>(outcome));
  return delivery;
}

void fixture::quarantine(std::int64_t delivery, failure why, std::string const& issuer, std::string const& consent_id) {
  store::refusal what;
  what.delivery = delivery;
  what.why = std::move(why);
  what.issuer = issuer;
  what.consent_id = consent_id;
  auto done = boost::asio::co_spawn(context_, store_->set_aside(std::move(what)), boost::asio::use_future).get();
  BOOST_TEST_REQUIRE(done.has_value());
}

} // namespace consentd::localapi::testing
