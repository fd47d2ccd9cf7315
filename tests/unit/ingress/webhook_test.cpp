// What the door answers where the store behind it fails; all that goes well is in tests/integration.
#include "ingress/webhook.hpp"

#include "jose/open.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/jose/parties.hpp"
#include "tests/unit/net/raw_client.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <stdexcept>

namespace {

using namespace consentd;

// A store with a mistake in it.
class broken_inbox final : public store::inbox {
public:
  store::async_result<store::appended> append(store::new_delivery) override {
    throw std::logic_error("the marker of a mistake");
  }
  store::async_result<std::vector<store::pending_delivery>> take(std::size_t) override { co_return unused(); }
  store::async_result<store::outcome> settle(store::settlement) override { co_return unused(); }
  store::async_result<store::outcome> settle(store::resource_settlement) override { co_return unused(); }
  store::async_result<store::outcome> settle(store::unknown_settlement) override { co_return unused(); }
  store::async_result<void> set_aside(store::refusal) override { co_return unused(); }
  store::async_result<void> wait_for_keys(std::int64_t, std::string, std::optional<std::string>) override {
    co_return unused();
  }
  store::async_result<std::size_t> keys_arrived(std::string) override { co_return unused(); }
  void on_ready(std::function<void()>) override {}
  void on_outcome(std::function<void(std::vector<std::int64_t> const&)>) override {}

private:
  static failure unused() { return {reason::storage, ""}; }
};

// A door in front of `inbox`, on a plain socket.
struct door {
  door(store::inbox& inbox, ingress::outcomes* verdicts)
      : webhook{{.acknowledge_status = 204},
                {.issuer = "hub", .subject = std::nullopt, .audience = "tpp"},
                hub,
                [](std::chrono::milliseconds) -> boost::asio::awaitable<ingress::asked> {
                  co_return ingress::asked::failed;
                },
                inbox,
                {.verdicts = verdicts, .errors = &errors},
                now,
                log,
                silent_telemetry()} {
    hub.add("hub", tests::jwk_set_of({jose::other_bank_key().public_jwk("hub-1")}));
  }

  test::manual_clock now{timestamp(std::chrono::seconds(1'800'000'000))};
  jose::known_issuers hub;
  tests::recording_log log;
  ingress::error_bodies errors{jose::signing_key::from_pem(jose::bank_key().private_pem(), "tpp").value(),
                               {.issuer = "tpp", .audience = "hub", .patience = std::chrono::minutes(1)},
                               now};
  ingress::webhook webhook;
  tests::server server{
      [this](net::exchange& request) -> boost::asio::awaitable<void> { co_await webhook.serve(request); }};

  tests::raw_client::reply post(std::string const& text) {
    tests::raw_client client{server};
    client.send(text);
    return client.read_reply();
  }
};

// A delivery that is good as far as the door can see.
std::string request() {
  auto const bearer = tests::sign(jose::other_bank_key(), R"({"alg":"PS256","typ":"JWT","kid":"hub-1"})",
                                  R"({"iss":"hub","sub":"hub","aud":"tpp","iat":1800000000,"exp":1800000030})");
  auto const body = tests::encrypt(jose::receiver_key(), R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"a"})", "text");
  return "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Type: application/jwe\r\nAuthorization: Bearer " + bearer +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// The claims of a signed body.
std::string said(std::string const& body) {
  auto const token = jose::compact_jws::parse(body, {});
  BOOST_REQUIRE(token.has_value());
  auto const verified = jose::verify(*token, *jose::public_half(jose::bank_key()));
  BOOST_REQUIRE(verified.has_value());
  return verified->bytes();
}

bool has(std::string const& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

} // namespace

BOOST_AUTO_TEST_SUITE(webhook)

BOOST_AUTO_TEST_CASE(mistake_of_ours_is_answered_with_500_and_an_id_and_says_nothing_of_itself) {
  broken_inbox inbox;
  door to(inbox, nullptr);
  auto const reply = to.post(request());
  BOOST_TEST(reply.status == 500U);
  BOOST_TEST(reply.has("x-fapi-interaction-id: "));
  BOOST_TEST(reply.has("Content-Type: application/jwt\r\n"));
  BOOST_TEST(has(said(reply.body), R"("Code":"GenericError")"));
  BOOST_TEST(!has(said(reply.body), "marker"));
  BOOST_TEST(to.log.saw("delivery refused"));
}

// Nobody opens what is in this inbox.
BOOST_FIXTURE_TEST_CASE(delivery_that_is_not_decided_in_time_gets_503_and_is_answered_when_it_comes_again,
                        test::store_fixture) {
  open();
  ingress::outcomes verdicts(*store, {.patience = std::chrono::milliseconds(1)});
  door to(*store, &verdicts);
  auto const delivery = request();
  auto const late = to.post(delivery);
  BOOST_TEST(late.status == 503U);
  BOOST_TEST(late.has("Retry-After: "));
  BOOST_TEST(late.has("x-fapi-interaction-id: "));
  BOOST_TEST(has(said(late.body), R"("Code":"GenericRecoverableError")"));
  BOOST_TEST(count().pending == 1U);

  announce("c-1");
  auto const ids = take_ids();
  BOOST_REQUIRE(ids.size() == 1U);
  BOOST_REQUIRE(
      await(store->settle(test::settlement_of(ids.front(), test::report_of("c-1", consent::status::authorized, 0)))));
  auto const again = to.post(delivery);
  BOOST_TEST(again.status == 204U);
  BOOST_TEST(count().pending == 0U);
  // The store ends before the context of those who asked it.
  to.server.stop();
  store.reset();
}

BOOST_AUTO_TEST_SUITE_END()
