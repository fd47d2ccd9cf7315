// What was not accepted, and what operators do about it.
#ifndef CONSENTD_LOCALAPI_QUARANTINE_HPP
#define CONSENTD_LOCALAPI_QUARANTINE_HPP

#include "base/log.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/quarantine: newest first, without raw bodies.
boost::asio::awaitable<net::response> list_quarantine(store::event_store& from, call const& asked);
// GET /v1/quarantine/{delivery_id}: with the raw body.
boost::asio::awaitable<net::response> show_quarantine(store::event_store& from, call const& asked);
// POST /v1/quarantine/{delivery_id}/retry: the delivery's record as it stands once it is back in the inbox, pending or
// what it has come to meanwhile. 409 when its reason is final, 503 when the inbox is full. DELETE
// /v1/quarantine/{delivery_id}: its record, once it is dropped. The log and the record of operations name who
// asked for either.
boost::asio::awaitable<net::response> retry_quarantined(store::event_store& at, log_sink& log, net::exchange& request,
                                                        call const& asked);
boost::asio::awaitable<net::response> drop_quarantined(store::event_store& at, log_sink& log, net::exchange& request,
                                                       call const& asked);

} // namespace consentd::localapi

#endif
