// GET /v1/events for who asks for JSON: a page of the journal, for readers that come by now and then.
#ifndef CONSENTD_LOCALAPI_EVENTS_PAGE_HPP
#define CONSENTD_LOCALAPI_EVENTS_PAGE_HPP

#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::localapi {

// At most `limit` entries that pass the filter; it looks through some ten thousand at most, so a page may be empty and
// have more behind it.
boost::asio::awaitable<net::response> events_page(store::journal& from, net::request_head const& head,
                                                  call const& asked);

} // namespace consentd::localapi

#endif
