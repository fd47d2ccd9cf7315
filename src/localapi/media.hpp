// Media types of requests: what the caller accepts, and what it sent.
#ifndef CONSENTD_LOCALAPI_MEDIA_HPP
#define CONSENTD_LOCALAPI_MEDIA_HPP

#include "net/http.hpp"

#include <string_view>

namespace consentd::localapi {

// True when the Accept fields (RFC 9110 section 12.5.1) let `media` pass, or there are none. A range with `q=0`
// excludes; the most specific range that matches decides.
bool accepts(net::request_head const& head, std::string_view media);

// True when there is one Content-Type field and it names `media`, whatever its parameters.
bool is_sent_as(net::request_head const& head, std::string_view media);

} // namespace consentd::localapi

#endif
