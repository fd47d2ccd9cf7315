// Deliveries that are wrong on purpose: each kind of bad event and bad bearer, and what the daemon must make of it.
#ifndef CONSENTD_TOOLS_HUBSIM_FAULT_HPP
#define CONSENTD_TOOLS_HUBSIM_FAULT_HPP

#include "base/reason.hpp"
#include "tools/hubsim/request_maker.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::hubsim {

// A replay needs something to replay: a good delivery goes first, and the bad one takes this from it.
enum class takes : std::uint8_t { nothing, bearer, jti };

struct fault {
  std::string_view name;        // "bearer-expired"
  std::string_view description; // one line
  unsigned status;              // the answer; 202 means that the event is accepted and then quarantined
  reason why;                   // logged with a refusal, or the quarantine's
  takes from_before = takes::nothing;
  // Each bends one stage; null: leaves it alone.
  void (*bend_spec)(event_spec&) = nullptr;
  void (*bend_plan)(request_plan&, deployment const&) = nullptr;
  void (*bend_request)(request&) = nullptr;
};

// In the order of `--list-faults`: requests and bearers first, then events from the outside in. Lives as long as the
// program.
std::span<fault const> bearer_faults() noexcept;
std::span<fault const> request_faults() noexcept;
std::span<fault const> envelope_faults() noexcept;
std::span<fault const> event_faults() noexcept;
std::vector<fault const*> all_faults();
// Null when there is none of that name.
fault const* find_fault(std::string_view name) noexcept;

// A request and what must become of it.
struct expected_request {
  hubsim::request request;
  event_spec spec;       // as sent
  std::string issuer;    // `iss`
  unsigned status = 202; // or 204: any 2xx will do where this is one
  std::optional<reason> why;
};

// Good when `wrong` is null; otherwise the bad delivery, after the good one that it may need. `interaction_id` names
// the last; `spec` should name a consent that is announced for `from`, since some faults show only there.
std::vector<expected_request> make_requests(deployment const& by, issuer const& from, event_spec const& spec,
                                            fault const* wrong, timestamp now, std::string interaction_id);

} // namespace consentd::hubsim

#endif
