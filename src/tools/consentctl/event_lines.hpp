// Entries of the journal as they are printed.
#ifndef CONSENTD_TOOLS_CONSENTCTL_EVENT_LINES_HPP
#define CONSENTD_TOOLS_CONSENTCTL_EVENT_LINES_HPP

#include "client/sse_parser.hpp"
#include "tools/consentctl/call.hpp"

namespace consentd::consentctl {

// One line for an entry, a reset or the end of a consumer's stream, as text or as JSON, flushed.
void print_event(context const& with, client::event const& one);

} // namespace consentd::consentctl

#endif
