// When a certificate or a revocation list ends.
#ifndef CONSENTD_BASE_CERTIFICATE_END_HPP
#define CONSENTD_BASE_CERTIFICATE_END_HPP

#include "base/result.hpp"
#include "base/time.hpp"

#include <string_view>

namespace consentd {

// `notAfter` (RFC 5280 section 4.1.2.5) of the first certificate in a PEM text; bad_key when there is none.
result<timestamp> certificate_end(std::string_view pem);

// The earliest `nextUpdate` (RFC 5280 section 5.1.2.5) of the revocation lists in a PEM text; bad_key when none has
// one.
result<timestamp> revocation_list_end(std::string_view pem);

} // namespace consentd

#endif
