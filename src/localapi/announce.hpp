// A TPP service says which consents it created, and an operator whose a contested one is.
#ifndef CONSENTD_LOCALAPI_ANNOUNCE_HPP
#define CONSENTD_LOCALAPI_ANNOUNCE_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>

namespace consentd::localapi {

// Reads the body of the calls below, strictly: a member that is not known may be a misspelt
// `expirationDateTime`, and a consent without its expiry would be believed for too long. Failures name the member.
parsed<store::announcement> read_announcement(std::string id, std::string body);

// PUT /v1/consents/{consent_id}: 201 when it is new, 200 when it was known, 409 when it is bound to something else or
// contested. PUT /v1/consents/{consent_id}/binding: 200 when it is decided, or was and stands so; 404; 409 when the
// issuer named does not claim the consent. `body_limit` in bytes.
boost::asio::awaitable<net::response> announce_consent(store::event_store& to, std::size_t body_limit,
                                                       net::exchange& request, call const& asked);

} // namespace consentd::localapi

#endif
