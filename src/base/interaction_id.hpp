// The correlation id of FAPI: `x-fapi-interaction-id`, an RFC 4122 UUID.
#ifndef CONSENTD_BASE_INTERACTION_ID_HPP
#define CONSENTD_BASE_INTERACTION_ID_HPP

#include <string>
#include <string_view>

namespace consentd {

// True for the 36 characters of a UUID in its hexadecimal form with hyphens, either case.
bool is_uuid(std::string_view text) noexcept;

// A new random (version 4) UUID in lower case. Any thread.
std::string new_uuid();

} // namespace consentd

#endif
