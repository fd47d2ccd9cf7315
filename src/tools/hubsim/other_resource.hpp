// Synthetic payments, quotes and account openings: `Data` of an event that is not a consent's own.
#ifndef CONSENTD_TOOLS_HUBSIM_OTHER_RESOURCE_HPP
#define CONSENTD_TOOLS_HUBSIM_OTHER_RESOURCE_HPP

#include "tools/hubsim/event_spec.hpp"
#include "json/writer.hpp"

namespace consentd::hubsim {

// The members, without the braces. `spec.family` is none of the three of consents.
void write_other_resource(json::writer& out, event_spec const& spec);

} // namespace consentd::hubsim

#endif
