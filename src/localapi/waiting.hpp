// GET /v1/consents/{consent_id}?wait_for=: the answer is held until the consent gets there.
#ifndef CONSENTD_LOCALAPI_WAITING_HPP
#define CONSENTD_LOCALAPI_WAITING_HPP

#include "localapi/bell.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// The consent, and in `waited` which of the two happened: it has one of the statuses, or the time was over. A consent
// that nobody knows yet is waited for too, and is not_found when the time is over.
boost::asio::awaitable<net::response> wait_for_consent(store::event_store& from, journal_bell& bell,
                                                       net::exchange& request, call const& asked);

} // namespace consentd::localapi

#endif
