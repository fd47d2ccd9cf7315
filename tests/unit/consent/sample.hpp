// Consents and reports for the tests of the state machine. Times are minutes of one made-up day.
#ifndef CONSENTD_TESTS_UNIT_CONSENT_SAMPLE_HPP
#define CONSENTD_TESTS_UNIT_CONSENT_SAMPLE_HPP

#include "consent/decision.hpp"

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace consentd::consent::sample {

inline constexpr std::array all_statuses{status::awaiting_authorization,
                                         status::authorized,
                                         status::suspended,
                                         status::rejected,
                                         status::consumed,
                                         status::expired,
                                         status::revoked};
inline constexpr std::array all_kinds{kind::account_access, kind::payment, kind::insurance};
inline constexpr std::chrono::seconds patience{60};

inline timestamp minute(int count) {
  return timestamp(std::chrono::sys_days(std::chrono::year(2026) / 3 / 27)) + std::chrono::minutes(count);
}

// Long after every sample's times.
inline timestamp later() {
  return minute(100000);
}
inline timestamp far_expiry() {
  return minute(500000);
}

// Its resource differs with the name, the status and the time, as the Hub's does.
inline report says(status value, timestamp when, kind of = kind::account_access, std::string const& name = "r") {
  report made;
  made.consent_id = "c-1";
  made.issuer = "https://bank-a.example";
  made.kind = of;
  made.status = value;
  made.status_time = when;
  made.event_time = when;
  made.expiry = far_expiry();
  made.resource = R"({"v":")" + name + std::string(to_string(value)) + format_date_time(when) + R"("})";
  made.resource_digest = sha256(made.resource);
  return made;
}

inline permission_set permitting(std::vector<std::string> codes) {
  return permission_set::of(std::move(codes)).value();
}

inline report deletion(std::optional<kind> of, timestamp when) {
  report made;
  made.consent_id = "c-1";
  made.issuer = "https://bank-a.example";
  made.what = change::deleted;
  made.kind = of;
  made.event_time = when;
  made.resource_digest = sha256({});
  return made;
}

// Announced, no event yet.
inline state announced(kind of = kind::account_access) {
  state made;
  made.consent_id = "c-1";
  made.issuer = "https://bank-a.example";
  made.kind = of;
  made.expiry = far_expiry();
  return made;
}

// In that status since then.
inline state standing(status value, timestamp since, kind of = kind::account_access) {
  auto made = announced(of);
  auto const told = says(value, since, of);
  made.status = value;
  made.status_time = since;
  made.event_time = since;
  made.resource = told.resource;
  made.resource_digest = told.resource_digest;
  return made;
}

inline decision decided(std::optional<state> const& before, report const& event, timestamp received = later(),
                        bool recorded = false) {
  return decide(before, event, received, recorded).value();
}

inline bool same(state const& a, state const& b) {
  return a.consent_id == b.consent_id && a.issuer == b.issuer && a.kind == b.kind && a.bound == b.bound &&
         a.status == b.status && a.status_time == b.status_time && a.event_time == b.event_time &&
         a.expiry == b.expiry && a.base_consent_id == b.base_consent_id && a.revoked_by == b.revoked_by &&
         a.permissions == b.permissions && a.flags == b.flags && a.resource == b.resource &&
         a.resource_digest == b.resource_digest;
}

inline bool can_be_used(state const& of, timestamp now = later()) {
  return usable(of, backlog{}, now, patience) == usability::usable;
}

} // namespace consentd::consent::sample

#endif
