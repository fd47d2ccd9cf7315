// The OpenID Connect discovery document of an issuer (OpenID Connect Discovery 1.0, section 4): what contract section 3
// reads of it.
#ifndef CONSENTD_HUB_DISCOVERY_HPP
#define CONSENTD_HUB_DISCOVERY_HPP

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace consentd::hub {

// Where the document of an issuer is: a slash at the end of the issuer is not doubled.
std::string discovery_url(std::string_view issuer);

// Its `jwks_uri`. bad_key, saying what is wrong with the document, when it is no JSON object, is not of `issuer`
// (compared whole), or names no https URL.
result<std::string> read_jwks_uri(std::string const& document, std::string_view issuer);

} // namespace consentd::hub

#endif
