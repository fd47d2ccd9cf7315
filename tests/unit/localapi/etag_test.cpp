// Answers that need not be sent again.
#include "tests/unit/localapi/fixture.hpp"

#include <boost/test/unit_test.hpp>

namespace consentd::localapi::testing {

BOOST_FIXTURE_TEST_SUITE(etags, fixture)

BOOST_AUTO_TEST_CASE(caller_who_has_it_is_not_sent_it_again) {
  announce("c");
  event("c", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  auto const whole = get("/v1/consents/c");
  auto const tag = whole.fields.at("etag");
  for (auto const& known : {tag, "W/" + tag, "\"other\", " + tag, std::string("*")}) {
    auto const spared = get("/v1/consents/c", {"If-None-Match: " + known});
    BOOST_TEST(spared.status == 304);
    BOOST_TEST(spared.body.empty());
    BOOST_TEST(spared.fields.at("etag") == tag);
  }
  // The connection goes on in step.
  BOOST_TEST(get("/v1/consents/c", {"If-None-Match: \"other\""}).body == whole.body);
}

BOOST_AUTO_TEST_CASE(every_change_changes_it) {
  announce("c");
  auto tag = get("/v1/consents/c").fields.at("etag");
  auto const changed = [&] {
    auto const answer = get("/v1/consents/c", {"If-None-Match: " + tag});
    auto const now = answer.fields.at("etag");
    bool const other = answer.status == 200 && now != tag;
    tag = now;
    return other;
  };
  BOOST_TEST(!changed());
  event("c", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  BOOST_TEST(changed());
  event("c", consent::status::suspended, at("2026-03-27T11:01:00Z"));
  BOOST_TEST(changed());
  // It moves nothing but what is recorded beside: the same place, and nothing else to see.
  event("c", consent::status::authorized, at("2026-03-27T11:00:30Z"), R"({"Status":"y"})");
  BOOST_TEST(!changed());
  // A base consent that turns out to be of another kind unlinks it without an entry of its own.
  store::announcement renewal;
  renewal.consent_id = "r";
  renewal.kind = consent::kind::account_access;
  renewal.issuer = issuer_a;
  renewal.base_consent_id = "b";
  run(store().announce(std::move(renewal)));
  auto const before = get("/v1/consents/r").fields.at("etag");
  announce("b", consent::kind::payment);
  BOOST_TEST(get("/v1/consents/r", {"If-None-Match: " + before}).status == 200);
}

BOOST_AUTO_TEST_CASE(history_has_one_which_each_entry_changes) {
  announce("c");
  event("c", consent::status::authorized, at("2026-03-27T11:00:00Z"));
  auto const tag = get("/v1/consents/c/history").fields.at("etag");
  BOOST_TEST(get("/v1/consents/c/history", {"If-None-Match: " + tag}).status == 304);
  event("c", consent::status::authorized, at("2026-03-27T10:00:00Z")); // moves nothing, and is recorded
  auto const longer = get("/v1/consents/c/history", {"If-None-Match: " + tag});
  BOOST_TEST(longer.status == 200);
  BOOST_TEST(longer.fields.at("etag") != tag);
  BOOST_TEST(get("/v1/consents/c/history?limit=1").fields.at("etag") != longer.fields.at("etag"));
}

BOOST_AUTO_TEST_CASE(errors_and_lists_have_none) {
  BOOST_TEST(!get("/v1/consents/c").fields.contains("etag"));
  BOOST_TEST(!get("/v1/consents").fields.contains("etag"));
  announce("c");
  BOOST_TEST(!get("/v1/consents/c/usable").fields.contains("etag"));
  BOOST_TEST(get("/v1/consents/c/usable").fields.at("cache-control") == "no-store");
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::localapi::testing
