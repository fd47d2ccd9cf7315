// `consent-hubsim send`: events, good and bad, over HTTPS to the daemon.
#ifndef CONSENTD_TOOLS_HUBSIM_SEND_HPP
#define CONSENTD_TOOLS_HUBSIM_SEND_HPP

#include "tools/hubsim/deployment.hpp"
#include "tools/hubsim/event_spec.hpp"
#include "tools/hubsim/fault.hpp"

#include <cstdint>
#include <ostream>
#include <string>

namespace consentd::hubsim {

struct send_options {
  event_spec spec; // empty texts and absent times are filled in, per event
  bool status_time_is_now = true;
  std::string consent_id;     // "{n}" stands for the event's number; empty: a new UUID for each
  std::string resource_id;    // likewise, of an event that is about a payment, a quote, an account opening, a loan
  std::string issuer;         // name or id; empty: insurer for insurance, bank-a for all else
  std::string interaction_id; // empty: a new one for each
  fault const* wrong = nullptr;
  std::uint64_t count = 1;
  double rate = 0; // events per second; 0: as fast as possible
  unsigned connections = 1;
  std::string url;      // empty: the set-up's
  std::string save;     // a file that gets every request sent
  std::string resend;   // a file of such requests, to be sent instead of new ones
  bool print = false;   // send nothing; write the requests to `out` as they would be saved
  std::string print_to; // or bearer, body, claims.json and jws of the last one into this folder
  bool as_json = false;
};

// A line for each answer to `out`. True when every answer was the expected one. not_found, storage, bad_setting.
result<bool> run_send(deployment const& by, send_options const& how, std::ostream& out);

} // namespace consentd::hubsim

#endif
