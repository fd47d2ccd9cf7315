// `consent-hubsim campaign`: a long reproducible stream of good events that outlives the daemon. Every event is
// delivered again until it was acknowledged, and every attempt is on record, so that a test can kill the daemon and ask
// it for each of them.
#ifndef CONSENTD_TOOLS_HUBSIM_CAMPAIGN_HPP
#define CONSENTD_TOOLS_HUBSIM_CAMPAIGN_HPP

#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/event_spec.hpp"

#include <chrono>
#include <cstdint>
#include <ostream>
#include <string>

namespace consentd::hubsim {

struct campaign_options {
  std::uint64_t events = 1000;
  std::uint64_t consents = 100; // the events are spread over; at least as many as connections
  std::uint64_t seed = 1;
  unsigned connections = 4;          // and so many requests at most are unanswered at any time
  double rate = 0;                   // events per second; 0: as fast as possible
  std::string out;                   // the record, appended to
  std::string url;                   // empty: the set-up's
  std::chrono::seconds patience{30}; // for one answer
  std::chrono::seconds give_up{120}; // for one event, with the daemon away or refusing
};

// One event of the stream; the same for the same set-up, seed, number and amounts.
struct campaign_event {
  std::uint64_t number = 0;
  std::string interaction_id; // of every attempt
  issuer const* from = nullptr;
  event_spec spec;
};

// Each consent walks AwaitingAuthorization, Authorized, Suspended, Authorized … and ends Consumed (payment) or Revoked
// with its last event, if it has more than two. Status times lie before now and rise with each step.
campaign_event plan_campaign_event(deployment const& by, campaign_options const& how, std::uint64_t number);

// The consents of the stream, for those who announce them: a line of JSON each, with consent_id, kind, issuer.
void list_campaign_consents(deployment const& by, campaign_options const& how, std::ostream& out);

// Returns when every event got its 2xx. The events of one consent are sent in order, the next after the answer to the
// one before. A line of `how.out` for each request that may have reached the daemon, written whole and at once
// (requests of one attempt are the same byte for byte, a later attempt has a new bearer):
//   {"event","attempt","interaction_id","consent_id","issuer","kind","status","status_time","answer":202|"unanswered"}
// `summary` gets one line of JSON at the end. storage; request_timeout when an event was given up.
result<void> run_campaign(deployment const& by, campaign_options const& how, std::ostream& summary);

} // namespace consentd::hubsim

#endif
