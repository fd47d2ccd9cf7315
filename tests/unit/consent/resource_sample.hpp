// Reports and states of payments, quotes and openings. Times are those of sample.hpp.
#ifndef CONSENTD_TESTS_UNIT_CONSENT_RESOURCE_SAMPLE_HPP
#define CONSENTD_TESTS_UNIT_CONSENT_RESOURCE_SAMPLE_HPP

#include "consent/resource.hpp"
#include "tests/unit/consent/sample.hpp"

#include <array>
#include <string>
#include <vector>

namespace consentd::consent::sample {

inline constexpr std::array all_families{resource_family::payment, resource_family::insurance_quote,
                                         resource_family::fx_quote, resource_family::account_opening};

// Its words in the order of the contract.
inline std::vector<resource_status> words_of(resource_family of) {
  std::vector<resource_status> words;
  for (int place = 0;; ++place) {
    bool found = false;
    for (int i = 0; i < 21; ++i) {
      if (progress(of, static_cast<resource_status>(i)) == place) {
        words.push_back(static_cast<resource_status>(i));
        found = true;
      }
    }
    if (!found) {
      return words;
    }
  }
}

inline resource_report tells(resource_family of, resource_status value, timestamp when, std::string const& name = "r") {
  resource_report made;
  made.issuer = "https://bank-a.example";
  made.family = of;
  made.id = "r-1";
  made.status = value;
  made.status_time = when;
  made.event_time = when;
  if (of == resource_family::payment) {
    made.consent_id = "c-1";
  }
  made.resource = R"({"v":")" + name + std::string(to_string(value)) + format_date_time(when) + R"("})";
  made.resource_digest = sha256(made.resource);
  return made;
}

inline resource_decision decided(std::optional<resource_state> const& before, resource_report const& event,
                                 timestamp received = later(), bool recorded = false) {
  return decide_resource(before, event, received, recorded).value();
}

inline resource_state standing(resource_family of, resource_status value, timestamp since) {
  return decided(std::nullopt, tells(of, value, since)).after;
}

} // namespace consentd::consent::sample

#endif
