// Media type names as `typ` and `cty` hold them.
#ifndef CONSENTD_JOSE_MEDIA_TYPE_HPP
#define CONSENTD_JOSE_MEDIA_TYPE_HPP

#include <string_view>

namespace consentd::jose {

// Equal but for the case of ASCII letters (RFC 7515 sections 4.1.9 and 4.1.10).
bool same_media_type(std::string_view left, std::string_view right) noexcept;

} // namespace consentd::jose

#endif
