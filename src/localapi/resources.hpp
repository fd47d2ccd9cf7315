// What a TPP service asks about payments, quotes and account openings.
#ifndef CONSENTD_LOCALAPI_RESOURCES_HPP
#define CONSENTD_LOCALAPI_RESOURCES_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/resources/{family}/{resource_id}?issuer=: its current state. The issuer must be named: ids are the LFI's own,
// and two may give the same one.
boost::asio::awaitable<net::response> show_resource(store::event_store& from, net::request_head const& head,
                                                    call const& asked);

} // namespace consentd::localapi

#endif
