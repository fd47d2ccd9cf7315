#include "localapi/cloudevent.hpp"

#include "tests/unit/localapi/fixture.hpp"
#include "json/document.hpp"

#include <boost/test/unit_test.hpp>

using namespace consentd;
using namespace consentd::localapi;
using consentd::localapi::testing::at;

namespace {

store::journal_entry entry() {
  store::journal_entry made;
  made.sequence = 42;
  made.type = store::entry_type::status;
  made.recorded = at("2026-03-27T12:00:01Z");
  made.consent_id = "c-1";
  made.issuer = "https://bank-a.example";
  made.kind = consent::kind::payment;
  made.disposition = consent::disposition::applied;
  made.status = consent::status::revoked;
  made.previous = consent::status::authorized;
  made.status_time = at("2026-03-27T12:00:00.5Z");
  made.expiry = at("2026-12-31T00:00:00Z");
  made.revoked_by = "LFI";
  made.interaction_id = "00000000-0000-4000-8000-000000000001";
  made.resource = "{\"Amount\": 1.50000000000000000000,\r\n \"Status\":\"Revoked\"}";
  return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(cloudevents)

BOOST_AUTO_TEST_CASE(all_attributes_stand_where_they_belong) {
  BOOST_TEST(to_cloudevent(entry(), "e1") ==
             R"({"specversion":"1.0","id":"e1-42","source":"https://bank-a.example",)"
             R"("type":"ae.openfinance.consent.status","subject":"c-1","time":"2026-03-27T12:00:00.5Z",)"
             R"("datacontenttype":"application/json","sequence":"00000000000000000042",)"
             R"("interactionid":"00000000-0000-4000-8000-000000000001","disposition":"applied",)"
             R"("data":{"consentId":"c-1","kind":"payment","status":"Revoked","previousStatus":"Authorized",)"
             R"("revokedBy":"LFI","statusUpdateDateTime":"2026-03-27T12:00:00.5Z",)"
             R"("expirationDateTime":"2026-12-31T00:00:00Z","flags":[],)"
             R"("resource":{"Amount": 1.50000000000000000000,   "Status":"Revoked"}}})");
}

BOOST_AUTO_TEST_CASE(it_is_one_line_whatever_the_resource_looks_like) {
  BOOST_TEST(to_cloudevent(entry(), "e1").find_first_of("\r\n") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(attributes_without_a_value_are_absent_and_data_members_are_null) {
  store::journal_entry bare;
  bare.sequence = 1;
  bare.type = store::entry_type::announced;
  bare.recorded = at("2026-03-27T12:00:01Z");
  bare.consent_id = "c-1";
  bare.issuer = "i";
  auto const read = json::document::parse(to_cloudevent(bare, "e1"), {});
  auto const root = read->root();
  BOOST_TEST(root.find_string("type").value() == "ae.openfinance.consent.announced");
  BOOST_TEST(root.find_string("time").value() == "2026-03-27T12:00:01Z");
  BOOST_TEST(!root.find("interactionid").has_value());
  BOOST_TEST(!root.find("disposition").has_value());
  for (auto const* name :
       {"status", "previousStatus", "revokedBy", "statusUpdateDateTime", "expirationDateTime", "resource"}) {
    BOOST_TEST((root.find("data")->find(name)->type() == json::type::null), name);
  }
}

BOOST_AUTO_TEST_CASE(sequences_order_as_text) {
  auto first = entry();
  auto second = entry();
  first.sequence = 9;
  second.sequence = 10;
  auto const sequence_of = [](store::journal_entry const& of) {
    auto const read = json::document::parse(to_cloudevent(of, "e1"), {});
    return std::string(read->root().find_string("sequence").value());
  };
  BOOST_TEST(sequence_of(first) < sequence_of(second));
  second.sequence = INT64_MAX;
  BOOST_TEST(sequence_of(second).size() == 20U);
  BOOST_TEST(sequence_of(first) < sequence_of(second));
}

BOOST_AUTO_TEST_CASE(type_names_are_frozen) {
  BOOST_TEST(event_type(store::entry_type::status) == "ae.openfinance.consent.status");
  BOOST_TEST(event_type(store::entry_type::announced) == "ae.openfinance.consent.announced");
  BOOST_TEST(event_type(store::entry_type::lapsed) == "ae.openfinance.consent.lapsed");
  BOOST_TEST((parse_event_type("ae.openfinance.consent.lapsed") == store::entry_type::lapsed));
  BOOST_TEST(!parse_event_type("status").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
