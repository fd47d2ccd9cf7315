// What a TPP service asks about consents.
#ifndef CONSENTD_LOCALAPI_CONSENTS_HPP
#define CONSENTD_LOCALAPI_CONSENTS_HPP

#include "localapi/problem.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/consents: ordered by consent id, so that what comes and changes between two pages moves no other row. Two ids
// that are there from the first page to the last are each seen once.
boost::asio::awaitable<net::response> list_consents(store::event_store& from, call const& asked);

// GET /v1/consents/{consent_id}, without wait_for (waiting.hpp).
boost::asio::awaitable<net::response> show_consent(store::event_store& from, net::request_head const& head,
                                                   call const& asked);
// not_found, as whoever asks for one that is not known is told.
problem no_such_consent();

// GET /v1/consents/{consent_id}/history: every recorded entry, oldest first.
boost::asio::awaitable<net::response> consent_history(store::event_store& from, net::request_head const& head,
                                                      call const& asked);

} // namespace consentd::localapi

#endif
