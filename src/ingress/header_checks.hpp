// What a header section alone says about a delivery (contract sections 1 and 7).
#ifndef CONSENTD_INGRESS_HEADER_CHECKS_HPP
#define CONSENTD_INGRESS_HEADER_CHECKS_HPP

#include "base/result.hpp"
#include "net/http.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::ingress {

// Path, method, Accept, Content-Type, Content-Encoding and announced length, in this order: path_unknown,
// method_not_allowed, not_acceptable, media_type, body_too_large; header_not_allowed when a field that must be single
// occurs twice.
result<void> check_head(net::request_head const& head, std::string_view path, std::size_t max_body_bytes);

// Whether an answer's body may be a JWT: what Accept says of application/jwt, by its most specific range (RFC 9110
// section 12.5.1). True without an Accept header.
bool accepts_jwt(net::request_head const& head);

// The token of `Authorization: Bearer …` (RFC 6750 section 2.1). bearer_missing: no such field, or another scheme;
// header_not_allowed: more than one.
result<std::string_view> bearer_of(net::request_head const& head);

} // namespace consentd::ingress

#endif
