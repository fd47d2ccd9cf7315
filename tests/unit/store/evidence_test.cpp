// Signed originals: kept, destroyed by age and for room, erased.
#include "tests/unit/store/store_fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <fstream>
#include <iterator>

using namespace consentd;
using namespace consentd::test;
using consent::status;

namespace {

constexpr char const* header = "eyJhbGciOiJQUzI1NiJ9";

std::string jws_of(std::string const& payload) {
  return std::string(header) + "." + payload + ".c2ln";
}

struct evidence_fixture : store_fixture {
  evidence_fixture() {
    settings.evidence_bytes = 1024ULL * 1024;
    settings.evidence_for = std::chrono::days(10);
    open();
  }

  // The delivery's number.
  std::int64_t accept(consent::report const& event, std::string const& payload) {
    auto made = settlement_of(append("a body"), event);
    auto const id = made.delivery;
    BOOST_REQUIRE(take_ids(1) == std::vector{id});
    made.token.original = {jws_of(payload), R"({"kid":"k"})"};
    settle(std::move(made));
    return id;
  }
  std::int64_t refuse(std::string const& claimed, std::string const& payload) {
    store::refusal made;
    made.delivery = append("another body");
    BOOST_REQUIRE(take_ids(1) == std::vector{made.delivery});
    made.why = {reason::signature, "no"};
    made.issuer = bank;
    made.consent_id = claimed;
    made.jws_kid = "their-key";
    made.original = {jws_of(payload), {}};
    auto const id = made.delivery;
    BOOST_REQUIRE(await(store->set_aside(std::move(made))));
    return id;
  }
  std::optional<store::evidence> evidence_of(std::int64_t delivery) {
    auto found = await(store->find_evidence(delivery));
    BOOST_REQUIRE(found);
    return std::move(*found);
  }
  std::optional<store::erased> erase(std::string const& id) {
    auto done = await(store->erase(id, 1000));
    BOOST_REQUIRE(done);
    return *done;
  }
  bool holds(std::string const& suffix, std::string_view bytes) const {
    std::ifstream file(settings.path + suffix, std::ios::binary);
    std::string const all((std::istreambuf_iterator<char>(file)), {});
    return all.find(bytes) != std::string::npos;
  }
  std::int64_t counted() {
    return raw_database(settings.path).integer("SELECT value FROM meta WHERE name = 'evidence_bytes'");
  }
  std::int64_t stored() {
    return raw_database(settings.path).integer("SELECT coalesce(sum(length(jws)), 0) FROM evidence");
  }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(originals, evidence_fixture)

BOOST_AUTO_TEST_CASE(original_of_an_accepted_event_is_kept_with_its_key_and_its_verdict) {
  announce("c");
  auto const delivery = accept(report_of("c", status::authorized, 0), "cGF5bG9hZA");
  reopen();
  auto const kept = evidence_of(delivery);
  BOOST_REQUIRE(kept);
  BOOST_TEST(kept->original.jws == jws_of("cGF5bG9hZA"));
  BOOST_TEST(kept->original.jwk == R"({"kid":"k"})");
  BOOST_TEST(kept->of.jws_kid == "their-key");
  BOOST_TEST((kept->of.disposition == consent::disposition::applied));
  BOOST_TEST(!kept->erased.has_value());
}

BOOST_AUTO_TEST_CASE(original_of_a_refused_event_is_kept_with_its_reason_and_no_key) {
  auto const kept = evidence_of(refuse("c", "cGF5bG9hZA"));
  BOOST_REQUIRE(kept);
  BOOST_TEST((kept->of.why == reason::signature));
  BOOST_TEST(kept->of.jws_kid == "their-key");
  BOOST_TEST(kept->original.jwk.empty());
}

BOOST_AUTO_TEST_CASE(what_never_was_a_jws_leaves_no_evidence) {
  store::refusal made;
  made.delivery = append("not a jwe");
  take_ids(1);
  made.why = {reason::decryption, "no"};
  auto const id = made.delivery;
  BOOST_REQUIRE(await(store->set_aside(std::move(made))));
  BOOST_TEST(!evidence_of(id));
}

BOOST_AUTO_TEST_CASE(evidence_is_destroyed_after_its_time_and_not_before) {
  announce("c");
  auto const delivery = accept(report_of("c", status::authorized, 0), "cGF5bG9hZA");
  now.advance(std::chrono::days(10));
  announce("d");
  auto const later = accept(report_of("d", status::authorized, 0), "cGF5bG9hZA");
  BOOST_TEST(evidence_of(delivery).has_value());
  now.advance(std::chrono::seconds(1));
  announce("e");
  accept(report_of("e", status::authorized, 0), "cGF5bG9hZA");
  BOOST_TEST(!evidence_of(delivery).has_value());
  // Its time of receipt is noon as well: the clock of the test moves, deliveries are all of noon.
  BOOST_TEST(!evidence_of(later).has_value());
  close();
  BOOST_TEST(counted() == stored());
}

BOOST_AUTO_TEST_CASE(evidence_beyond_its_bytes_goes_oldest_first_and_is_counted_over_restarts) {
  close();
  settings.evidence_bytes = 3 * jws_of(std::string(1000, 'a')).size();
  open();
  announce("c");
  std::vector<std::int64_t> all;
  for (int i = 0; i < 5; ++i) {
    all.push_back(accept(report_of("c", status::authorized, i), std::string(1000, 'a')));
    reopen();
  }
  BOOST_TEST(!evidence_of(all.at(1)).has_value());
  BOOST_TEST(evidence_of(all.at(2)).has_value());
  BOOST_TEST(evidence_of(all.at(4)).has_value());
  close();
  BOOST_TEST(counted() == stored());
}

BOOST_AUTO_TEST_CASE(no_evidence_is_kept_where_the_settings_keep_none) {
  close();
  settings.evidence_bytes = 0;
  open();
  announce("c");
  BOOST_TEST(!evidence_of(accept(report_of("c", status::authorized, 0), "cGF5bG9hZA")).has_value());
}

BOOST_AUTO_TEST_CASE(erasure_takes_the_data_and_leaves_the_status_and_what_the_signature_holds_with) {
  announce("c");
  auto const delivery = accept(report_of("c", status::revoked, 0), "c2VjcmV0");
  auto const before = find("c");
  auto const done = erase("c");
  BOOST_REQUIRE(done);
  BOOST_TEST(done->resources == 1U);
  BOOST_TEST(done->originals == 1U);
  auto const after = find("c");
  BOOST_TEST((after->state.status == status::revoked));
  BOOST_TEST(after->state.resource.empty());
  BOOST_TEST((after->state.resource_digest == before->state.resource_digest));
  auto const kept = evidence_of(delivery);
  BOOST_TEST(kept->original.jws == jws_of(""));
  BOOST_TEST((kept->signing_input_digest == sha256(std::string(header) + ".c2VjcmV0")));
  BOOST_TEST((kept->erased == noon()));
  auto const heard = told();
  BOOST_TEST((heard.back().type == store::entry_type::erased));
  BOOST_TEST(heard.back().uid.value() == 1000U);
  for (auto const& entry : heard) {
    BOOST_TEST(entry.resource.empty());
  }
  close();
  BOOST_TEST(counted() == stored());
}

BOOST_AUTO_TEST_CASE(erased_bytes_are_in_no_file_of_the_database) {
  announce("c");
  auto event = report_of("c", status::revoked, 0);
  event.resource = R"({"Name":"PERSONALDATA"})";
  accept(event, "UEVSU09OQUxEQVRB");
  erase("c");
  for (auto const* suffix : {"", "-wal"}) {
    BOOST_TEST(!holds(suffix, "PERSONALDATA"), suffix);
    BOOST_TEST(!holds(suffix, "UEVSU09OQUxEQVRB"), suffix);
  }
}

BOOST_AUTO_TEST_CASE(erased_bytes_that_a_reader_kept_are_gone_with_the_first_write_after_it) {
  announce("c");
  auto event = report_of("c", status::revoked, 0);
  event.resource = R"({"Name":"PERSONALDATA"})";
  accept(event, "UEVSU09OQUxEQVRB");
  raw_database reader(settings.path);
  reader.execute("BEGIN; SELECT count(*) FROM meta");
  erase("c");
  append("while it reads");
  BOOST_TEST(holds("-wal", "PERSONALDATA"));
  reader.execute("COMMIT");
  append("afterwards");
  for (auto const* suffix : {"", "-wal"}) {
    BOOST_TEST(!holds(suffix, "PERSONALDATA"), suffix);
    BOOST_TEST(!holds(suffix, "UEVSU09OQUxEQVRB"), suffix);
  }
}

BOOST_AUTO_TEST_CASE(redelivery_after_an_erasure_brings_no_resource_back) {
  announce("c");
  auto const event = report_of("c", status::revoked, 0);
  accept(event, "c2VjcmV0");
  erase("c");
  accept(event, "c2VjcmV0");
  BOOST_TEST(find("c")->state.resource.empty());
  close();
  BOOST_TEST(raw_database(settings.path).integer("SELECT count(*) FROM documents") == 0);
}

BOOST_AUTO_TEST_CASE(erasure_reaches_refused_events_that_claim_the_consent_and_nobody_elses) {
  announce("c");
  announce("d");
  auto const other = accept(report_of("d", status::authorized, 0), "b3RoZXI");
  auto const refused = refuse("c", "c2VjcmV0");
  auto const done = erase("c");
  BOOST_TEST(done->originals == 1U);
  BOOST_TEST(done->quarantined == 1U);
  BOOST_TEST(evidence_of(refused)->original.jws == jws_of(""));
  BOOST_TEST(evidence_of(other)->original.jws == jws_of("b3RoZXI"));
  BOOST_TEST(!find("d")->state.resource.empty());
  BOOST_TEST(count().quarantined == 0U);
}

BOOST_AUTO_TEST_CASE(nothing_is_erased_of_a_consent_that_nobody_knows) {
  BOOST_TEST(!erase("nobody"));
  BOOST_TEST(store->extent().last == 0U);
}

BOOST_AUTO_TEST_SUITE_END()
