// What became of the Hub's deliveries.
#ifndef CONSENTD_LOCALAPI_DELIVERIES_HPP
#define CONSENTD_LOCALAPI_DELIVERIES_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/deliveries?interaction_id=: a list, since senders may use an interaction id again; oldest first, at most
// max_limit.
boost::asio::awaitable<net::response> find_deliveries(store::event_store& from, call const& asked);
// GET /v1/deliveries/{delivery_id}
boost::asio::awaitable<net::response> show_delivery(store::event_store& from, call const& asked);

} // namespace consentd::localapi

#endif
