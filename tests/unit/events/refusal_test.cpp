// What is not accepted, and by which reason.
#include "tests/unit/events/fixture.hpp"

#include <boost/test/unit_test.hpp>

#include <array>
#include <vector>

namespace consentd::events {
namespace {

using namespace fixture;

void check_refused(std::string_view text, reason code, std::string_view detail = {}) {
  auto const refused = read(text);
  BOOST_REQUIRE(!refused);
  BOOST_TEST(to_string(refused.error().code) == to_string(code));
  if (!detail.empty()) {
    BOOST_TEST(refused.error().detail == detail);
  }
}

// One value of each type, and some that nest.
constexpr std::array odd_values{"null",   "true", "false",      "0",  "-1.5e300", R"("")",
                                R"("x")", "[]",   R"([[[1]]])", "{}", "[null]",   R"({"":{}})"};

} // namespace

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(tokens_that_are_no_events_are_never_taken_for_events) {
  for (auto const* text :
       {"{}", R"({"Data":{}})", R"({"Meta":{}})", R"({"Meta":null})", R"({"Meta":[]})",
        R"({"Meta":"Resource.Updated"})", R"({"Meta":{"ConsentId":"c"}})",
        R"({"Meta":{"ConsentId":"c","EventType":"Resource.Read"}})",
        R"({"Meta":{"ConsentId":"c","EventType":"resource.updated"}})",
        R"({"Meta":{"ConsentId":"c","EventType":["Resource.Updated"]}})",
        R"({"Meta":{"EventType":"Resource.Updated"}})", R"({"Meta":{"EventType":"Resource.Updated","ConsentId":null}})",
        R"({"Meta":{"EventType":"Resource.Deleted"},"ConsentId":"c"})", R"({"Data":{},"Subscription":{}})"}) {
    BOOST_TEST_CONTEXT(text) {
      check_refused(text, reason::not_an_event);
    }
  }
}

BOOST_AUTO_TEST_CASE(two_resource_ids_are_ambiguous) {
  constexpr std::array names{"ConsentId", "QuoteId", "FxQuoteId", "AccountId"};
  for (auto const* first : names) {
    for (auto const* second : names) {
      if (std::string_view(first) != second) {
        check_refused(
            std::string(R"({"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Updated",")") + first +
                R"(":"a",")" + second + R"(":"a"}})",
            reason::ambiguous);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(an_id_of_any_type_counts_as_the_second_one) {
  for (auto const* odd : {"0", R"("")", "[]", "{}", "false"}) {
    check_refused(with(insurance_v21, R"("EventType")", R"("AccountId": )" + std::string(odd) + R"(, "EventType")"),
                  reason::ambiguous);
  }
}

BOOST_AUTO_TEST_CASE(the_ids_charset_is_checked) {
  for (auto const* odd : {R"("")", R"(".")", R"("..")", R"("a/b")", R"("a b")", R"("a\u0000")", R"("\u0661")", "7",
                          "[]", "{}", R"(["ins-9"])"}) {
    BOOST_TEST_CONTEXT(odd) {
      auto text = with(insurance_v21, R"("EventType": "Resource.Updated",
    "ConsentId": "ins-9")",
                       R"("EventType": "Resource.Updated", "ConsentId": )" + std::string(odd));
      check_refused(text, reason::bad_id, "Meta.ConsentId");
    }
  }
}

BOOST_AUTO_TEST_CASE(ids_of_128_characters_are_read_and_of_129_refused) {
  auto const text_of = [](std::size_t length) {
    auto const id = std::string(length, 'i');
    return R"({"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Deleted","ConsentId":")" + id +
           R"("}})";
  };
  BOOST_CHECK(read(text_of(128)));
  check_refused(text_of(129), reason::bad_id);
}

BOOST_AUTO_TEST_CASE(another_consents_resource_is_not_applied) {
  for (auto const* other :
       {R"("ins-8")", R"("INS-9")", R"("ins-9 ")", R"("")", "9", "[]", R"({"ConsentId":"ins-9"})"}) {
    BOOST_TEST_CONTEXT(other) {
      auto const text = with(insurance_v21, R"("Data": {
    "ConsentId": "ins-9",)",
                             R"("Data": {"ConsentId": )" + std::string(other) + ",");
      check_refused(text, reason::id_mismatch);
      check_refused(with(text, "Resource.Updated", "Resource.Deleted"), reason::id_mismatch);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_missing_member_is_named) {
  check_refused(with(insurance_v12, R"("Data": {
    "ConsentId": "old-2",)",
                     R"("Data": {)"),
                reason::resource_malformed, "Data.ConsentId is missing");
  check_refused(with(insurance_v12, R"("Status": "Authorized",)", ""), reason::resource_malformed,
                "Data.Status is missing");
  check_refused(with(insurance_v12, R"("Permissions": )", R"("Allowed": )"), reason::resource_malformed,
                "Data.Permissions is missing, and so are Data.ControlParameters and Data.PaymentPurposeCode");
  check_refused(R"({"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":"Resource.Updated","ConsentId":"c"}})",
                reason::resource_malformed, "Data is missing");
  check_refused(with(insurance_v12, R"("EventDateTime": "2024-03-27T13:27:14Z",)", ""), reason::bad_time,
                "Meta.EventDateTime");
}

BOOST_AUTO_TEST_CASE(data_that_is_no_object_is_malformed_even_in_a_deletion) {
  for (auto const* odd : {"[]", "true", "7", R"("")", R"([{"ConsentId":"c"}])"}) {
    for (auto const* type : {"Resource.Created", "Resource.Updated", "Resource.Deleted"}) {
      check_refused(R"({"Data":)" + std::string(odd) +
                        R"(,"Meta":{"EventDateTime":"2026-03-27T13:27:14Z","EventType":")" + type +
                        R"(","ConsentId":"c"}})",
                    reason::resource_malformed, "Data is not an object");
    }
  }
}

BOOST_AUTO_TEST_CASE(permissions_that_show_no_family_are_malformed) {
  for (auto const* odd :
       {"[]", "[[]]", "[1]", "[null]", "[[[\"ReadBalances\"]]]", "{}", "\"ReadBalances\"", "7", "true", "[{}]",
        R"([{"InsuranceType":null}])", R"(["ReadBalances", 1])", R"(["ReadBalances", {"InsuranceType":"Motor"}])",
        R"([["ReadInsurancePolicies"], {"InsuranceType":"Motor"}])"}) {
    BOOST_TEST_CONTEXT(odd) {
      check_refused(with(insurance_v12, R"(["ReadMotorInsurancePolicies", "ReadMotorInsuranceTransactions"])", odd),
                    reason::resource_malformed,
                    "Data.Permissions is neither a list of codes nor one of insurance types");
    }
  }
}

BOOST_AUTO_TEST_CASE(only_the_seven_statuses_are_known) {
  for (auto const* odd :
       {R"("")", R"("authorized")", R"("Authorized ")", R"("AcceptedSettlementCompleted")", R"("Active")"}) {
    check_refused(with(insurance_v12, R"("Authorized")", odd), reason::unknown_status);
  }
  for (auto const* odd : {"1", "[]", R"({"Status":"Authorized"})", "true"}) {
    check_refused(with(insurance_v12, R"("Authorized")", odd), reason::resource_malformed);
  }
}

BOOST_AUTO_TEST_CASE(two_statuses_that_differ_are_not_chosen_from) {
  check_refused(with(insurance_v12, R"("Status": )", R"("ConsentStatus": "Revoked", "Status": )"),
                reason::resource_malformed, "Data.Status and Data.ConsentStatus differ");
}

BOOST_AUTO_TEST_CASE(times_that_are_none_are_named) {
  for (auto const* odd : {R"("")", R"("yesterday")", R"("2026-03-27")", R"("2026-03-27T13:27:13")", "1774618033",
                          "true", "[]", "{}", R"({"StatusUpdateDateTime":5})", R"({"Other":"2026-03-27T13:27:13Z"})",
                          R"({"StatusUpdateDateTime":{"StatusUpdateDateTime":"2026-03-27T13:27:13Z"}})"}) {
    BOOST_TEST_CONTEXT(odd) {
      check_refused(with(insurance_v12, R"("2024-03-27T13:27:13Z")", odd), reason::bad_time,
                    "Data.StatusUpdateDateTime");
      check_refused(with(insurance_v12, R"("2025-03-27T13:00:00Z")", odd), reason::bad_time, "Data.ExpirationDateTime");
      check_refused(with(insurance_v12, R"("2024-03-27T13:27:14Z")", odd), reason::bad_time, "Meta.EventDateTime");
    }
  }
}

BOOST_AUTO_TEST_CASE(a_base_consent_must_have_an_id) {
  for (auto const* odd : {R"("")", R"("a/b")", "1", "[]", "{}"}) {
    check_refused(with(account_access_v21, R"("base:0001")", odd), reason::bad_id, "Data.BaseConsentId");
  }
}

BOOST_AUTO_TEST_CASE(details_quote_nothing_that_came) {
  auto text = with(insurance_v12, R"("Authorized")", R"("Zayed 784-1990")");
  BOOST_TEST(read(text).error().detail.find("Zayed") == std::string::npos);
  text = with(insurance_v12, R"("2024-03-27T13:27:13Z")", R"("Zayed 784-1990")");
  BOOST_TEST(read(text).error().detail.find("Zayed") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_message_that_is_no_object_is_a_malformed_claim) {
  for (auto const* odd : odd_values) {
    if (odd[0] != '{') {
      check_refused(odd, reason::claims_malformed);
    }
  }
}

// Every member that is read, of every shape, replaced by a value of every type: an answer, whichever, and never a
// crash; and nothing but the members that are not looked at may be anything.
BOOST_AUTO_TEST_CASE(every_member_of_every_type_has_an_answer) {
  std::size_t answers = 0;
  for (auto const shape : {account_access_v21, payment_v21, insurance_v21, account_access_v12, insurance_v12,
                           payment_v20, payment_status_v21, payment_rejected_v12, insurance_quote_v21, fx_quote_v21,
                           account_opening_v21, loan_unknown}) {
    for (auto const* part : {"Data", "Meta"}) {
      auto const whole = parsed(shape);
      auto const target = whole.root().find(part);
      BOOST_REQUIRE(target);
      std::vector<std::string_view> slots{target->raw()};
      for (auto i = target->first(); i; i = i->next()) {
        slots.push_back(i->get().raw());
      }
      auto const text = whole.root().raw();
      for (auto const slot : slots) {
        for (auto const* odd : odd_values) {
          auto const at = static_cast<std::size_t>(slot.data() - text.data());
          auto changed = std::string(text).replace(at, slot.size(), odd);
          for (auto const* type : {"Resource.Updated", "Resource.Deleted"}) {
            auto const read_as = changed.find("Resource.Updated") == std::string::npos
                                     ? changed
                                     : with(changed, "Resource.Updated", type);
            auto const answer = read_any(read_as);
            BOOST_CHECK(answer || !to_string(answer.error().code).empty());
            if (auto const* of = answer ? std::get_if<consent_event>(&*answer) : nullptr) {
              BOOST_CHECK(of->report.what == consent::change::deleted ||
                          (of->report.kind && of->report.status && of->report.status_time));
              BOOST_CHECK(consent::is_consent_id(of->report.consent_id));
            }
            if (auto const* of = answer ? std::get_if<resource_event>(&*answer) : nullptr) {
              BOOST_CHECK(of->report.what == consent::change::deleted || (of->report.status && of->report.status_time));
              BOOST_CHECK(consent::is_consent_id(of->report.id));
            }
            ++answers;
          }
        }
      }
    }
  }
  BOOST_TEST(answers > 1000U);
}

BOOST_AUTO_TEST_CASE(members_at_the_depth_limit_are_read) {
  // The document's bound is depth 32; the reading itself does not follow what it does not know.
  std::string deep;
  for (int i = 0; i < 29; ++i) {
    deep += "[";
  }
  deep += std::string(29, ']');
  BOOST_CHECK(read(with(insurance_v21, R"("Data": {)", R"("Data": {"Extra": )" + deep + ",")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace consentd::events
