// Media types of requests: what the caller accepts, and what it sent.
#ifndef CONSENTD_LOCALAPI_MEDIA_HPP
#define CONSENTD_LOCALAPI_MEDIA_HPP

#include "net/http.hpp"

#include <string_view>

namespace consentd::localapi {

// Of the media types in `list`, which commas separate, the one that the Accept fields (RFC 9110 section 12.5.1) give
// the highest weight, of several with the same weight the first; the first, too, where there are no such fields. Empty
// when none is acceptable. The most specific range that matches a type decides about it.
std::string_view preferred(net::request_head const& head, std::string_view list);

// True when there is one Content-Type field and it names `media`, whatever its parameters.
bool is_sent_as(net::request_head const& head, std::string_view media);

} // namespace consentd::localapi

#endif
