// A request as a line of JSON, so that it can be looked at, changed, and sent again byte for byte.
#ifndef CONSENTD_TOOLS_HUBSIM_SAVED_REQUEST_HPP
#define CONSENTD_TOOLS_HUBSIM_SAVED_REQUEST_HPP

#include "tools/hubsim/request_maker.hpp"

#include <string>
#include <vector>

namespace consentd::hubsim {

// One line with its end: interaction_id, method, path_suffix, content_type, accept, bearer (absent when there is none),
// body; and for readers only, claims and jws.
std::string save_request(request const& what);

// Every line of such a text. request_malformed, naming the line.
result<std::vector<request>> load_requests(std::string const& lines);

} // namespace consentd::hubsim

#endif
