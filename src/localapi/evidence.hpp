// What proves who said what, and the erasure of what was said.
#ifndef CONSENTD_LOCALAPI_EVIDENCE_HPP
#define CONSENTD_LOCALAPI_EVIDENCE_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// GET /v1/deliveries/{delivery_id}/evidence: the signed original with the key that it holds with, and the verdict. All
// that `consentctl inspect --evidence` needs, years later.
boost::asio::awaitable<net::response> show_evidence(store::event_store& from, call const& asked);

// DELETE /v1/consents/{consent_id}/data: how much was erased.
boost::asio::awaitable<net::response> erase_consent_data(store::event_store& in, net::exchange& request,
                                                         call const& asked);

} // namespace consentd::localapi

#endif
