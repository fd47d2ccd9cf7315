// Streams that are followed until somebody has enough.
#ifndef CONSENTD_TOOLS_CONSENTCTL_FOLLOWING_HPP
#define CONSENTD_TOOLS_CONSENTCTL_FOLLOWING_HPP

#include "tools/consentctl/call.hpp"

#include <consentd/client/stream.hpp>

#include <functional>

namespace consentd::consentctl {

// Calls back for each event until the callback returns false; the exit status. A daemon that is not there, or refuses,
// ends it at once; one that goes away later is waited for, and each attempt told on standard error.
int follow_stream(context const& with, client::subscription const& what,
                  std::function<bool(client::event const&)> const& on_event);

} // namespace consentd::consentctl

#endif
