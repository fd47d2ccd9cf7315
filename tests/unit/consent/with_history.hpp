// A consent or a resource together with its history, as the store keeps them for decide() and decide_resource().
#ifndef CONSENTD_TESTS_UNIT_CONSENT_WITH_HISTORY_HPP
#define CONSENTD_TESTS_UNIT_CONSENT_WITH_HISTORY_HPP

#include "tests/unit/consent/resource_sample.hpp"

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

namespace consentd::consent::sample {

template <class State, class Report>
class with_history {
public:
  explicit with_history(std::optional<State> start) : state_(std::move(start)) {}

  auto deliver(Report const& event, timestamp received) {
    bool const recorded = std::any_of(history_.begin(), history_.end(), [&](Report const& earlier) {
      return earlier.status == event.status && earlier.status_time == event.status_time &&
             earlier.resource_digest == event.resource_digest;
    });
    auto made = decided(state_, event, received, recorded);
    state_ = made.after;
    history_.push_back(event);
    return made;
  }

  std::optional<State> const& current() const { return state_; }

private:
  std::optional<State> state_;
  std::vector<Report> history_;
};

using consent_with_history = with_history<state, report>;
using resource_with_history = with_history<resource_state, resource_report>;

} // namespace consentd::consent::sample

#endif
