// `consent-hubsim serve`: discovery documents and JWK sets over HTTPS.
#ifndef CONSENTD_TOOLS_HUBSIM_SERVE_HPP
#define CONSENTD_TOOLS_HUBSIM_SERVE_HPP

#include "tools/hubsim/deployment.hpp"

#include <ostream>

namespace consentd::hubsim {

// Serves until SIGTERM or SIGINT. One line to `ready` when connections are accepted. JWK sets are read from the folder
// at each request: what is changed there shows at once. bad_setting when the address is taken, bad_key, not_found.
result<void> run_serve(deployment const& by, std::ostream& ready);

} // namespace consentd::hubsim

#endif
