#include "tools/hubsim/fault.hpp"

#include "base/interaction_id.hpp"

#include <chrono>

namespace consentd::hubsim {

namespace {

expected_request make_one(deployment const& by, issuer const& from, event_spec const& spec, fault const* wrong,
                          timestamp now, std::string interaction_id) {
  auto bent = spec;
  if (wrong != nullptr && wrong->bend_spec != nullptr) {
    wrong->bend_spec(bent);
  }
  auto plan = plan_request(by, from, bent, now, std::move(interaction_id));
  if (wrong != nullptr && wrong->bend_plan != nullptr) {
    wrong->bend_plan(plan, by);
  }
  expected_request made;
  made.request = make_request(plan);
  made.issuer = plan.event.iss;
  if (wrong != nullptr && wrong->bend_request != nullptr) {
    wrong->bend_request(made.request);
  }
  if (wrong != nullptr) {
    made.status = wrong->status;
    made.why = wrong->why;
  }
  made.spec = std::move(bent);
  return made;
}

// What a thief would want to bring about with something stolen: a change that a look at the consent shows.
event_spec another_event(event_spec spec) {
  spec.status = spec.status == "Revoked" ? "Authorized" : "Revoked";
  spec.status_time += std::chrono::seconds(1);
  spec.event_time += std::chrono::seconds(1);
  spec.jti = new_uuid();
  return spec;
}

} // namespace

std::vector<fault const*> all_faults() {
  std::vector<fault const*> all;
  for (auto const group : {bearer_faults(), request_faults(), envelope_faults(), event_faults()}) {
    for (auto const& each : group) {
      all.push_back(&each);
    }
  }
  return all;
}

fault const* find_fault(std::string_view name) noexcept {
  for (auto const group : {bearer_faults(), request_faults(), envelope_faults(), event_faults()}) {
    for (auto const& each : group) {
      if (each.name == name) {
        return &each;
      }
    }
  }
  return nullptr;
}

std::vector<expected_request> make_requests(deployment const& by, issuer const& from, event_spec const& spec,
                                            fault const* wrong, timestamp now, std::string interaction_id) {
  std::vector<expected_request> made;
  if (wrong == nullptr || wrong->from_before == takes::nothing) {
    made.push_back(make_one(by, from, spec, wrong, now, std::move(interaction_id)));
    return made;
  }
  auto stolen_from = spec;
  if (stolen_from.jti.empty()) {
    stolen_from.jti = new_uuid();
  }
  made.push_back(make_one(by, from, stolen_from, nullptr, now, new_uuid()));
  auto replay = another_event(stolen_from);
  if (wrong->from_before == takes::jti) {
    replay.jti = stolen_from.jti;
  }
  made.push_back(make_one(by, from, replay, wrong, now, std::move(interaction_id)));
  if (wrong->from_before == takes::bearer) {
    made.back().request.bearer = made.front().request.bearer;
  }
  return made;
}

} // namespace consentd::hubsim
