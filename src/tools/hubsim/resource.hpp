// Synthetic consents: `Data` of an event, in the shapes of the standard's OpenAPI descriptions.
#ifndef CONSENTD_TOOLS_HUBSIM_RESOURCE_HPP
#define CONSENTD_TOOLS_HUBSIM_RESOURCE_HPP

#include "tools/hubsim/event_spec.hpp"

#include <string>

namespace consentd::hubsim {

// A JSON object. What the parties agreed on depends on the consent's id and times alone, so that events of one consent
// differ only in what an event may change. No real person or firm is named.
std::string make_resource(event_spec const& spec);

} // namespace consentd::hubsim

#endif
