// Which consent a message that was refused claims to be about.
#ifndef CONSENTD_EVENTS_CLAIMED_CONSENT_HPP
#define CONSENTD_EVENTS_CLAIMED_CONSENT_HPP

#include "jose/open.hpp"

#include <string>

namespace consentd::events {

// `Meta.ConsentId` of the event in a compact JWS, whether its signature holds or not: for the record, and so that an
// erasure of that consent's data reaches what was refused too. Never to be acted upon otherwise. Empty when there is
// none that could be a consent's id (contract section 8, 8), or the JWS cannot be read within the policy's bounds.
std::string claimed_consent(std::string const& jws, jose::event_policy const& within);

} // namespace consentd::events

#endif
