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

// GET /v1/consents/{consent_id}/usable: 200 with the verdict, for consents that nobody knows too.
boost::asio::awaitable<net::response> consent_usable(store::event_store& from, clock const& now,
                                                     std::chrono::seconds patience, call const& asked);

struct usable_terms {
  std::chrono::seconds patience; // how old an unopened delivery may be
  std::size_t body_bytes = 0;
};
// POST /v1/usable: the same of up to a thousand, in the order in which they are named.
boost::asio::awaitable<net::response> consents_usable(store::event_store& from, clock const& now,
                                                      usable_terms const& terms, net::exchange& request);

} // namespace consentd::localapi

#endif
