// Registered claims of a JWT (RFC 7519 section 4.1), read strictly.
#ifndef CONSENTD_JOSE_CLAIMS_HPP
#define CONSENTD_JOSE_CLAIMS_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/document.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::jose {

struct registered_claims {
  std::optional<std::string> iss;
  std::optional<std::string> sub;
  std::vector<std::string> aud; // from a string or an array (contract section 8, 1); empty when absent
  std::optional<timestamp> exp;
  std::optional<timestamp> nbf;
  std::optional<timestamp> iat;
  std::optional<std::string> jti;
};

// claims_malformed, naming the claim, when one has the wrong type, an empty or over-long text (512 bytes), more than 16
// audiences, or a NumericDate outside the years 1970 to 9999. Fractions of a second are kept to the microsecond.
result<registered_claims> read_claims(json::value const& claims_set);

} // namespace consentd::jose

#endif
