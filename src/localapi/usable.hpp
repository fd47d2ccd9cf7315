// May a consent be used now, and if not, why (contract section 6).
#ifndef CONSENTD_LOCALAPI_USABLE_HPP
#define CONSENTD_LOCALAPI_USABLE_HPP

#include "base/time.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <chrono>
#include <cstddef>

namespace consentd::localapi {

// GET /v1/consents/{consent_id}/usable: 200 with the verdict, for consents that nobody knows too. `patience`: how old
// an unopened delivery may be.
boost::asio::awaitable<net::response> consent_usable(store::event_store& from, clock const& now,
                                                     std::chrono::seconds patience, call const& asked);

// POST /v1/usable: the same of up to a thousand, in the order in which they are named, however long their ids are.
boost::asio::awaitable<net::response> consents_usable(store::event_store& from, clock const& now,
                                                      std::chrono::seconds patience, net::exchange& request);

} // namespace consentd::localapi

#endif
