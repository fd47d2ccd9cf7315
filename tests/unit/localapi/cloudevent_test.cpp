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

// Whoever orders or measures by the time must not find an expiry, an erasure or a doubt at the time of an older status.
BOOST_AUTO_TEST_CASE(what_no_decided_event_caused_happened_when_it_was_recorded) {
  auto caused = entry();
  caused.disposition.reset();
  for (auto const type : {store::entry_type::status, store::entry_type::announced, store::entry_type::lapsed,
                          store::entry_type::erased, store::entry_type::doubt_settled}) {
    caused.type = type;
    auto const read = json::document::parse(to_cloudevent(caused, "e1"), {});
    BOOST_TEST(read->root().find_string("time").value() == "2026-03-27T12:00:01Z");
    BOOST_TEST(read->root().find("data")->find_string("statusUpdateDateTime").value() == "2026-03-27T12:00:00.5Z");
  }
}

BOOST_AUTO_TEST_CASE(a_payment_stands_as_its_own_type_with_its_own_members) {
  auto payment = entry();
  payment.type = store::entry_type::payment_status;
  payment.consent_id.clear();
  payment.status.reset();
  payment.event_time = at("2026-03-27T12:00:00.75Z");
  payment.resource = R"({"PaymentId":"p-1"})";
  payment.of_resource = store::resource_change{.id = "p-1",
                                               .id_name = {},
                                               .what = consent::change::updated,
                                               .consent_id = "c-1",
                                               .status = consent::resource_status::rejected,
                                               .previous = consent::resource_status::pending,
                                               .reported = consent::resource_status::rejected,
                                               .reject_reason_codes = {"AANI.AC04"}};
  BOOST_TEST(to_cloudevent(payment, "e1") ==
             R"({"specversion":"1.0","id":"e1-42","source":"https://bank-a.example",)"
             R"("type":"ae.openfinance.payment.status","subject":"p-1","time":"2026-03-27T12:00:00.5Z",)"
             R"("datacontenttype":"application/json","sequence":"00000000000000000042",)"
             R"("interactionid":"00000000-0000-4000-8000-000000000001","disposition":"applied",)"
             R"("data":{"family":"payment","resourceId":"p-1","consentId":"c-1","status":"Rejected",)"
             R"("previousStatus":"Pending","rejectReasonCodes":["AANI.AC04"],)"
             R"("statusUpdateDateTime":"2026-03-27T12:00:00.5Z","resource":{"PaymentId":"p-1"}}})");
}

BOOST_AUTO_TEST_CASE(an_event_of_an_unknown_family_is_passed_on_as_it_came) {
  auto unknown = entry();
  unknown.type = store::entry_type::unknown;
  unknown.consent_id.clear();
  unknown.disposition.reset();
  unknown.status_time.reset();
  unknown.event_time = at("2026-03-27T12:00:00.75Z");
  unknown.resource.clear();
  unknown.of_resource = store::resource_change{.id = "l-1",
                                               .id_name = "LoanId",
                                               .what = consent::change::deleted,
                                               .consent_id = {},
                                               .status = {},
                                               .previous = {},
                                               .reported = {},
                                               .reject_reason_codes = {}};
  BOOST_TEST(to_cloudevent(unknown, "e1") ==
             R"({"specversion":"1.0","id":"e1-42","source":"https://bank-a.example",)"
             R"("type":"ae.openfinance.unknown","subject":"l-1","time":"2026-03-27T12:00:00.75Z",)"
             R"("datacontenttype":"application/json","sequence":"00000000000000000042",)"
             R"("interactionid":"00000000-0000-4000-8000-000000000001",)"
             R"("data":{"idName":"LoanId","resourceId":"l-1","eventType":"Resource.Deleted",)"
             R"("eventDateTime":"2026-03-27T12:00:00.75Z","resource":null}})");
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
