// What the door answers where the store behind it fails; all that goes well is in tests/integration.
#include "ingress/webhook.hpp"

#include "jose/open.hpp"
#include "tests/support/manual_clock.hpp"
#include "tests/unit/jose/parties.hpp"
#include "tests/unit/net/raw_client.hpp"

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
  store::async_result<void> set_aside(store::refusal) override { co_return unused(); }
  store::async_result<void> wait_for_keys(std::int64_t, std::string) override { co_return unused(); }
  store::async_result<std::size_t> keys_arrived(std::string) override { co_return unused(); }
  void on_ready(std::function<void()>) override {}
  void on_outcome(std::function<void(std::vector<std::int64_t> const&)>) override {}

private:
  static failure unused() { return {reason::storage, ""}; }
};

struct door_fixture {
  test::manual_clock now{timestamp(std::chrono::seconds(1'800'000'000))};
  jose::known_issuers hub;
  broken_inbox inbox;
  tests::recording_log log;
  ingress::error_bodies errors{jose::signing_key::from_pem(jose::bank_key().private_pem(), "tpp").value(),
                               {.issuer = "tpp", .audience = "hub"},
                               now};
  ingress::webhook webhook{
      {},
      {.issuer = "hub", .subject = std::nullopt, .audience = "tpp"},
      hub,
      [](std::chrono::milliseconds) -> boost::asio::awaitable<ingress::asked> { co_return ingress::asked::failed; },
      inbox,
      {.errors = &errors},
      now,
      log,
      silent_telemetry()};
  tests::server server{
      [this](net::exchange& request) -> boost::asio::awaitable<void> { co_await webhook.serve(request); }};

  door_fixture() { hub.add("hub", tests::jwk_set_of({jose::other_bank_key().public_jwk("hub-1")})); }

  std::string request(std::string const& body) const {
    auto const bearer = tests::sign(jose::other_bank_key(), R"({"alg":"PS256","typ":"JWT","kid":"hub-1"})",
                                    R"({"iss":"hub","sub":"hub","aud":"tpp","iat":1800000000,"exp":1800000030})");
    return "POST /webhook HTTP/1.1\r\nHost: a\r\nContent-Type: application/jwe\r\nAuthorization: Bearer " + bearer +
           "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(webhook, door_fixture)

BOOST_AUTO_TEST_CASE(mistake_of_ours_is_answered_with_500_and_an_id_and_says_nothing_of_itself) {
  tests::raw_client client{server};
  auto const body = tests::encrypt(jose::receiver_key(), R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"a"})", "text");
  client.send(request(body));
  auto const reply = client.read_reply();
  BOOST_TEST(reply.status == 500U);
  BOOST_TEST(reply.has("x-fapi-interaction-id: "));
  BOOST_TEST(reply.has("Content-Type: application/jwt\r\n"));
  auto const token = jose::compact_jws::parse(reply.body, {});
  jose::check_holds(token);
  auto const verified = jose::verify(*token, *jose::public_half(jose::bank_key()));
  jose::check_holds(verified);
  BOOST_TEST((verified->bytes().find(R"("Code":"GenericError")") != std::string::npos));
  BOOST_TEST((verified->bytes().find("marker") == std::string::npos));
  BOOST_TEST(log.saw("delivery refused"));
}

BOOST_AUTO_TEST_SUITE_END()
