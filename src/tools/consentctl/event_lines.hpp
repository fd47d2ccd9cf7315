// Entries of the journal as they are printed.
#ifndef CONSENTD_TOOLS_CONSENTCTL_EVENT_LINES_HPP
#define CONSENTD_TOOLS_CONSENTCTL_EVENT_LINES_HPP

#include "tools/consentctl/call.hpp"

#include <consentd/client/stream.hpp>

namespace consentd::consentctl {

// One line for an entry, a reset, a row or the end of a consumer's stream, as text or as JSON, at once. False when
// it could not be written: then it was not told to anybody.
[[nodiscard]] bool print_event(context const& with, client::event const& one);

} // namespace consentd::consentctl

#endif
