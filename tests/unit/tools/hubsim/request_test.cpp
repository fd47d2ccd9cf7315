#include "base/base64url.hpp"
#include "tests/unit/tools/hubsim/scratch_deployment.hpp"
#include "tests/unit/tools/hubsim/verdict.hpp"
#include "tools/hubsim/saved_request.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::hubsim;

namespace {

request make(event_spec const& spec, char const* issuer = "bank-a") {
  auto const& by = scratch_deployment();
  return make_request(plan_request(by, *by.find(issuer), spec, scratch_now(), "interaction"));
}

constexpr family all_families[] = {family::account_access, family::payment, family::insurance};

} // namespace

BOOST_AUTO_TEST_SUITE(requests)

BOOST_AUTO_TEST_CASE(daemon_reads_from_every_version_and_family_what_was_meant) {
  for (auto const version : {version::v1_2, version::v2_0, version::v2_1}) {
    for (auto const of : all_families) {
      BOOST_TEST_CONTEXT(to_string(of) << " of version " << static_cast<int>(version)) {
        auto spec = scratch_event(of);
        spec.version = version;
        spec.status = "Revoked";
        spec.revoked_by = "TPP.InitiatedByUser";
        spec.base_consent_id = "consent-0";
        auto const read = judge_event(scratch_deployment(), make(spec), scratch_now());
        BOOST_REQUIRE(read.has_value());
        auto const& report = read->report;
        BOOST_TEST(report.consent_id == "consent-1");
        BOOST_TEST(report.issuer == scratch_deployment().find("bank-a")->id);
        BOOST_REQUIRE(report.kind.has_value());
        BOOST_TEST(consent::to_string(*report.kind) == to_string(of));
        BOOST_TEST((report.status == consent::status::revoked));
        BOOST_TEST((report.status_time == scratch_now()));
        BOOST_TEST((report.expiry == spec.expiry));
        BOOST_TEST(report.revoked_by.value_or("") == "TPP.InitiatedByUser");
        BOOST_TEST(report.base_consent_id.value_or("") == "consent-0");
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(deletion_goes_without_its_resource) {
  auto spec = scratch_event(family::payment);
  spec.event_type = "Resource.Deleted";
  auto const made = make(spec);
  BOOST_TEST(made.claims.find("\"Data\"") == std::string::npos);
  auto const read = judge_event(scratch_deployment(), made, scratch_now());
  BOOST_REQUIRE(read.has_value());
  BOOST_TEST((read->report.what == consent::change::deleted));
}

BOOST_AUTO_TEST_CASE(older_versions_have_their_own_content_type_and_audience) {
  auto spec = scratch_event(family::payment);
  BOOST_TEST(make(spec).content_type == "application/jwe");
  BOOST_TEST(make(spec).claims.find(R"("aud":["tpp-client-1"])") != std::string::npos);
  spec.version = version::v1_2;
  BOOST_TEST(make(spec).content_type == "application/jwt");
  BOOST_TEST(make(spec).claims.find(R"("aud":"tpp-client-1")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bodies_have_the_size_of_real_ones) {
  for (auto const of : all_families) {
    auto const size = make(scratch_event(of)).body.size();
    BOOST_TEST_MESSAGE(to_string(of) << ": " << size << " bytes");
    BOOST_TEST(size > 3000);
    BOOST_TEST(size < 8000);
  }
}

BOOST_AUTO_TEST_CASE(encryption_names_the_first_certificate_by_its_fingerprint) {
  auto const header = make(scratch_event(family::payment)).body;
  auto const text = decode_base64url(std::string_view(header).substr(0, header.find('.'))).value();
  BOOST_TEST(text == R"({"alg":"RSA-OAEP-256","enc":"A256GCM","kid":")" + scratch_deployment().recipients[0].kid +
                         R"(","cty":"JWT"})");
}

BOOST_AUTO_TEST_CASE(two_makings_of_one_event_differ_in_every_secret_part) {
  auto const spec = scratch_event(family::payment);
  auto const first = make(spec);
  auto const second = make(spec);
  BOOST_TEST(first.claims == second.claims);
  BOOST_TEST(first.jws != second.jws);
  BOOST_TEST(first.body != second.body);
  BOOST_TEST(*first.bearer != *second.bearer);
}

BOOST_AUTO_TEST_CASE(saved_request_is_the_same_byte_for_byte) {
  auto first = make(scratch_event(family::insurance), "insurer");
  auto second = first;
  first.method = "PUT";
  first.path_suffix = "/x";
  first.body = "quote \" and\nline";
  second.bearer.reset();
  auto const loaded = load_requests(save_request(first) + save_request(second)).value();
  BOOST_REQUIRE_EQUAL(loaded.size(), 2);
  BOOST_TEST(*loaded[0].bearer == *first.bearer);
  BOOST_TEST(loaded[0].method == "PUT");
  BOOST_TEST(loaded[0].path_suffix == "/x");
  BOOST_TEST(loaded[0].content_type == first.content_type);
  BOOST_TEST(loaded[0].accept == first.accept);
  BOOST_TEST(loaded[0].interaction_id == first.interaction_id);
  BOOST_TEST(loaded[0].body == first.body);
  BOOST_TEST(!loaded[1].bearer.has_value());
  BOOST_TEST(loaded[1].body == second.body);
}

BOOST_AUTO_TEST_CASE(damaged_saved_request_is_refused_with_its_line) {
  auto const good = save_request(make(scratch_event(family::payment)));
  auto const loaded = load_requests(good + "{\"method\":\"POST\"}\n");
  BOOST_REQUIRE(loaded.has_error());
  BOOST_TEST(loaded.error().detail.starts_with("line 2: "), loaded.error().detail);
}

BOOST_AUTO_TEST_SUITE_END()
