// Deliveries through the pipeline: real cryptography, the real store, a clock of the test's.
#include "pipeline/processor.hpp"
#include "pipeline/verdict.hpp"

#include "tests/unit/jose/parties.hpp"
#include "tests/unit/store/store_fixture.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <boost/test/unit_test.hpp>

#include <atomic>
#include <latch>

namespace {

using namespace consentd;

std::string seconds_of(timestamp when) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(when.time_since_epoch()).count());
}

std::string sealed(std::string const& claims, std::string const& kid) {
  auto const inner = tests::sign(jose::bank_key(), R"({"alg":"PS256","kid":")" + kid + "\"}", claims);
  return tests::encrypt(jose::receiver_key(), R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":"tpp-1"})", inner);
}

// `id`: the member of Meta that names what the event is about.
std::string event_body(std::string const& issuer, std::string const& data, std::string const& id,
                       std::string const& event_time = "2026-03-01T11:00:00Z", std::string const& kid = "bank-1") {
  return sealed(R"({"iss":")" + issuer + R"(","aud":"tpp","exp":)" +
                    seconds_of(test::noon() + std::chrono::minutes(5)) + R"(,"message":{"Data":)" + data +
                    R"(,"Meta":{"EventDateTime":")" + event_time +
                    R"(","EventResource":"/x","EventType":"Resource.Updated",)" + id + "}}}",
                kid);
}

std::string delivery_body(std::string const& consent_id, std::string const& status, std::string const& issuer,
                          std::string const& status_time, std::string const& kid = "bank-1",
                          std::string const& data_consent_id = "") {
  return event_body(issuer,
                    R"({"ConsentId":")" + (data_consent_id.empty() ? consent_id : data_consent_id) + R"(","Status":")" +
                        status +
                        R"(","Permissions":["ReadBalances"],"CreationDateTime":"2026-03-01T10:00:00Z",)"
                        R"("StatusUpdateDateTime":")" +
                        status_time + R"(","ExpirationDateTime":"2026-12-01T00:00:00Z"})",
                    R"("ConsentId":")" + consent_id + "\"", status_time, kid);
}

struct pipeline_fixture : test::store_fixture {
  std::shared_ptr<jose::key_ring const> ring =
      std::make_shared<jose::key_ring const>(jose::ring_of(jose::receiver_key()));
  jose::known_issuers issuers;
  jose::event_policy policy;
  std::string const bank{test::bank};

  pipeline_fixture() {
    policy.audiences = {"tpp"};
    issuers.add(bank, tests::jwk_set_of({jose::bank_key().public_jwk("bank-1")}));
    issuers.add_without_keys("https://late.example");
    open();
  }
  pipeline::trust trust() const { return {ring, issuers, policy}; }

  store::pending_delivery pending(std::string body) const {
    return {.delivery = 1, .interaction_id = "i", .received = test::noon(), .body = std::move(body)};
  }

  // Runs a processor until nothing is pending.
  void process_all() { process_all(trust()); }
  void process_all(pipeline::trust const& by) {
    pipeline::settings how;
    how.threads = 2;
    pipeline::processor processor(io.get_executor(), *store, by, log, counters, how);
    store->on_ready([&processor] { processor.arrived(); });
    processor.start();
    boost::asio::co_spawn(
        io,
        [](store::event_store* of, pipeline::processor* working) -> boost::asio::awaitable<void> {
          while ((co_await of->count()).value().pending != 0) {
            co_await boost::asio::post(boost::asio::use_awaitable); // the counts are there at once: others have a turn
          }
          co_await working->stop();
        }(store.get(), &processor),
        [](std::exception_ptr const& thrown) {
          if (thrown) {
            std::rethrow_exception(thrown);
          }
        });
    io.restart();
    io.run();
    store->on_ready([] {});
  }
};

// The first key that is asked for is found only once `others` more have been asked for: the first delivery is the last
// one to be judged, however the threads run.
class first_comes_last final : public jose::key_source {
public:
  first_comes_last(jose::key_source const& keys, int others) : keys_(keys), others_(others) {}

  result<std::shared_ptr<jose::verification_key const>> find(std::string_view issuer, std::string_view kid,
                                                             timestamp received) const override {
    if (asked_.fetch_add(1) == 0) {
      others_.wait();
    } else {
      others_.count_down();
    }
    return keys_.find(issuer, kid, received);
  }

private:
  jose::key_source const& keys_;
  mutable std::atomic<int> asked_{0};
  mutable std::latch others_;
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(pipeline_suite, pipeline_fixture)

BOOST_AUTO_TEST_CASE(a_good_delivery_is_judged_to_be_settled) {
  auto const verdict =
      pipeline::judge(pending(delivery_body("c-1", "Authorized", bank, "2026-03-01T11:00:00Z")), trust());
  auto const* event = std::get_if<store::settlement>(&verdict);
  BOOST_REQUIRE(event != nullptr);
  BOOST_TEST(event->report.consent_id == "c-1");
  BOOST_TEST(event->token.issuer == bank);
  BOOST_TEST(event->token.jws_kid == "bank-1");
  BOOST_TEST(event->token.jwe_kid == "tpp-1");
  BOOST_TEST(!event->expired);
}

BOOST_AUTO_TEST_CASE(events_of_every_family_are_processed_and_an_unknown_one_is_passed_on) {
  announce("c-1", bank, consent::kind::payment);
  append(event_body(bank,
                    R"({"PaymentId":"p-1","ConsentId":"c-1","Status":"Pending",)"
                    R"("StatusUpdateDateTime":"2026-03-01T11:00:00Z"})",
                    R"("ConsentId":"c-1")"));
  append(event_body(bank, R"({"QuoteStatus":"PolicyIssued"})", R"("QuoteId":"q-1")"));
  append(event_body(bank, R"({"QuoteStatus":"Available"})", R"("FxQuoteId":"f-1")"));
  append(event_body(bank, R"({"OpeningStatus":"Pending"})", R"("AccountId":"a-1")"));
  append(event_body(bank, R"({"LoanStatus":"Granted"})", R"("LoanId":"l-1")"));
  process_all();
  BOOST_TEST(count().quarantined == 0U);
  std::string types;
  for (auto const& entry : told()) {
    types += std::to_string(static_cast<int>(entry.type)) + " ";
  }
  BOOST_TEST(types == "1 3 4 5 6 7 ");
  auto const quote = await(store->find(store::resource_key{bank, consent::resource_family::insurance_quote, "q-1"}));
  BOOST_TEST((quote->value().state.status == consent::resource_status::policy_issued));
}

BOOST_AUTO_TEST_CASE(expiry_is_judged_by_the_time_of_receipt_not_of_processing) {
  auto late = pending(delivery_body("c-1", "Authorized", bank, "2026-03-01T11:00:00Z"));
  late.received = test::noon() + std::chrono::minutes(5) - std::chrono::seconds(1);
  auto const in_time = pipeline::judge(late, trust());
  BOOST_TEST(!std::get<store::settlement>(in_time).expired);
  late.received += std::chrono::seconds(1);
  auto const expired = pipeline::judge(late, trust());
  BOOST_TEST(std::get<store::settlement>(expired).expired);
}

BOOST_AUTO_TEST_CASE(a_refusal_names_the_issuer_that_was_claimed) {
  auto const verdict =
      pipeline::judge(pending(delivery_body("c-1", "Authorized", bank, "2026-03-01T11:00:00Z", "other")), trust());
  auto const& refused = std::get<store::refusal>(verdict);
  BOOST_TEST(to_string(refused.why.code) == "unknown-signing-key");
  BOOST_TEST(refused.issuer == bank);
}

BOOST_AUTO_TEST_CASE(refusal_of_a_verified_end_carries_what_it_says_of_the_end) {
  auto const refused = [this](std::string const& status, std::string const& kid = "bank-1") {
    // An id in `Data` that is not `Meta`'s: the first ConsentId is that of `Data`.
    auto const verdict =
        pipeline::judge(pending(delivery_body("c-1", status, bank, "2026-03-01T11:00:00Z", kid, "other")), trust());
    return std::get<store::refusal>(verdict);
  };
  auto const ended = refused("Revoked");
  BOOST_TEST(to_string(ended.why.code) == "id-mismatch");
  BOOST_REQUIRE(ended.end.has_value());
  BOOST_TEST(ended.end->consent_id == "c-1");
  BOOST_TEST(ended.end->issuer == bank);
  BOOST_TEST(!refused("Authorized").end.has_value());
  // Unverified, it says nothing.
  BOOST_TEST(!refused("Revoked", "unknown-key").end.has_value());
}

BOOST_AUTO_TEST_CASE(our_lack_of_keys_is_no_refusal) {
  auto const verdict = pipeline::judge(
      pending(delivery_body("c-1", "Authorized", "https://late.example", "2026-03-01T11:00:00Z")), trust());
  BOOST_TEST(std::get<pipeline::awaits_keys>(verdict).issuer == "https://late.example");
}

BOOST_AUTO_TEST_CASE(what_the_inbox_holds_at_the_start_is_processed) {
  announce("c-1");
  append(delivery_body("c-1", "Authorized", bank, "2026-03-01T11:00:00Z"));
  append(delivery_body("c-1", "Revoked", bank, "2026-03-01T11:30:00Z"));
  append("not.a.jwe");
  append(delivery_body("c-2", "Authorized", "https://late.example", "2026-03-01T11:00:00Z"));
  append(delivery_body("c-3", "Authorized", bank, "2026-03-01T11:00:00Z"));
  reopen();
  process_all();
  BOOST_TEST(*find("c-1")->state.status == consent::status::revoked);
  auto const left = count();
  BOOST_TEST(left.pending == 0U);
  BOOST_TEST(left.quarantined == 1U);
  BOOST_TEST(left.waiting_for_keys == 1U);
  BOOST_TEST(left.waiting_for_consent == 1U);
}

BOOST_AUTO_TEST_CASE(more_deliveries_than_fit_into_a_hand_are_all_processed) {
  announce("c-1");
  // One body many times: without a jti each is a duplicate of the first, which is an outcome too.
  auto const body = delivery_body("c-1", "Authorized", bank, "2026-03-01T11:00:00Z");
  for (int number = 0; number < 200; ++number) {
    append(body);
  }
  process_all();
  BOOST_TEST(count().pending == 0U);
  BOOST_TEST(counters.of("decided applied") == 1U);
  BOOST_TEST(counters.of("decided duplicate") == 199U);
}

BOOST_AUTO_TEST_CASE(outcomes_are_recorded_in_the_order_of_the_deliveries_however_long_each_took_to_open) {
  announce("c-1");
  constexpr int others = 20;
  for (int minute = 10; minute <= 10 + others; ++minute) {
    append(delivery_body("c-1", minute % 2 == 0 ? "Authorized" : "Suspended", bank,
                         "2026-03-01T11:" + std::to_string(minute) + ":00Z"));
  }
  first_comes_last const slow_first(issuers, others);
  process_all({ring, slow_first, policy});
  BOOST_TEST(counters.of("decided applied") == static_cast<unsigned>(others) + 1);
  BOOST_TEST(counters.of("decided stale") == 0U);
}

BOOST_AUTO_TEST_CASE(waiting_events_are_processed_once_their_keys_are_there) {
  announce("c-2", "https://late.example");
  append(delivery_body("c-2", "Authorized", "https://late.example", "2026-03-01T11:00:00Z"));
  process_all();
  BOOST_TEST(count().waiting_for_keys == 1U);
  issuers.add("https://late.example", tests::jwk_set_of({jose::bank_key().public_jwk("bank-1")}));
  BOOST_TEST(await(store->keys_arrived("https://late.example")).value() == 1U);
  process_all();
  BOOST_TEST(*find("c-2")->state.status == consent::status::authorized);
}

BOOST_AUTO_TEST_SUITE_END()
