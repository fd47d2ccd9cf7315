// Who had what done, other than to a consent.
#ifndef CONSENTD_LOCALAPI_OPERATIONS_HPP
#define CONSENTD_LOCALAPI_OPERATIONS_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/operations: newest first.
boost::asio::awaitable<net::response> list_operations(store::event_store& from, call const& asked);

} // namespace consentd::localapi

#endif
