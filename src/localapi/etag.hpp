// Answers that a caller may keep and ask about (RFC 9110 section 8.8.3).
#ifndef CONSENTD_LOCALAPI_ETAG_HPP
#define CONSENTD_LOCALAPI_ETAG_HPP

#include "net/http.hpp"

#include <string>
#include <string_view>

namespace consentd::localapi {

// 200 with the JSON body and an ETag of the place of its last change and its digest; 304 without a body when one of
// If-None-Match is that.
net::response json_unless_known(net::request_head const& asked, std::string_view place, std::string body);

} // namespace consentd::localapi

#endif
