// What operators say of a consent in doubt.
#ifndef CONSENTD_LOCALAPI_DOUBT_HPP
#define CONSENTD_LOCALAPI_DOUBT_HPP

#include "localapi/problem.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <string>

namespace consentd::localapi {

// The body of PUT /v1/consents/{id}/doubt; without who asked.
parsed<store::finding> read_finding(std::string id, std::string body);

// PUT /v1/consents/{id}/doubt.
boost::asio::awaitable<net::response> settle_doubt(store::event_store& in, std::size_t body_limit,
                                                   net::exchange& request, call const& asked);

} // namespace consentd::localapi

#endif
