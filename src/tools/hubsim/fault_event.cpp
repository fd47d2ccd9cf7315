// Events that are properly signed and encrypted, but whose claims or message must not be believed (contract sections 4
// to 6, 8).
#include "tools/hubsim/fault.hpp"

namespace consentd::hubsim {

namespace {

using namespace std::chrono_literals;

family another_family(family than) {
  return than == family::payment ? family::account_access : family::payment;
}

constexpr fault list[] = {
    {"expired", "`exp` a minute before now", 202, reason::expired, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.iat -= 10min;
       plan.event.nbf -= 10min;
       plan.event.exp = plan.event.iat + 9min;
     }},
    {"expiry-too-far", "`exp` sixty days ahead", 202, reason::expiry_too_far, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.exp += std::chrono::days(60); }},
    {"not-yet-valid", "`nbf` an hour ahead", 202, reason::not_yet_valid, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) {
       plan.event.nbf += 1h;
       plan.event.exp += 1h;
     }},
    {"wrong-audience", "`aud` is another TPP: its own event, encrypted to us", 202, reason::audience, takes::nothing,
     nullptr, [](request_plan& plan, deployment const&) { plan.event.aud = "tpp-client-of-somebody-else"; }},
    {"missing-message", "claims without `message`", 202, reason::claims_malformed, takes::nothing, nullptr,
     [](request_plan& plan, deployment const&) { plan.event.message.clear(); }},
    {"duplicate-members", "`iss` twice in the claims", 202, reason::claims_malformed, takes::nothing, nullptr,
     [](request_plan& plan, deployment const& by) {
       plan.event.more = "\"iss\":\"" + by.other_than(plan.event.iss).id + "\"";
     }},
    {"jti-replay", "a good delivery, then another message under the same `jti`", 202, reason::replay, takes::jti},
    {"not-an-event", "another kind of token of the same issuer: an `EventType` outside the list", 202,
     reason::not_an_event, takes::nothing, [](event_spec& spec) { spec.event_type = "Resource.Confirmed"; }},
    {"ambiguous", "`Meta` names a consent and an FX quote", 202, reason::ambiguous, takes::nothing,
     [](event_spec& spec) { spec.more_meta = R"("FxQuoteId":"3f0d7c2a-1111-4a2b-9c3d-5e6f70819203")"; }},
    {"id-mismatch", "`Data.ConsentId` is another consent", 202, reason::id_mismatch, takes::nothing,
     [](event_spec& spec) { spec.data_consent_id = spec.consent_id + "-other"; }},
    {"bad-id", "an id that would leave its place in a path", 202, reason::bad_id, takes::nothing,
     [](event_spec& spec) { spec.consent_id = "../" + spec.consent_id; }},
    {"unknown-status", "a `Status` that the standard does not have", 202, reason::unknown_status, takes::nothing,
     [](event_spec& spec) { spec.status = "Approved"; }},
    {"bad-time", "`StatusUpdateDateTime` is no date-time, and the status one that gives use", 202, reason::bad_time,
     takes::nothing,
     [](event_spec& spec) {
       spec.status = "Authorized";
       spec.status_time_text = "yesterday at noon";
     }},
    {"kind-mismatch", "the resource of another family, for a consent announced as this one", 202, reason::kind_mismatch,
     takes::nothing, [](event_spec& spec) { spec.body_of = another_family(spec.family); }},
    {"issuer-mismatch", "another issuer's proper event for this issuer's consent", 202, reason::issuer_mismatch,
     takes::nothing, nullptr,
     [](request_plan& plan, deployment const& by) {
       auto const& other = by.other_than(plan.event.iss);
       plan.event.iss = other.id;
       plan.event.inner.kid = other.kid;
       plan.event.inner.signer = other.signer;
     }},
};

} // namespace

std::span<fault const> event_faults() noexcept {
  return list;
}

} // namespace consentd::hubsim
