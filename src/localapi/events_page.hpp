// GET /v1/events for who asks for JSON: a page of the journal, for readers that come by now and then.
#ifndef CONSENTD_LOCALAPI_EVENTS_PAGE_HPP
#define CONSENTD_LOCALAPI_EVENTS_PAGE_HPP

#include "localapi/routes.hpp"
#include "localapi/starting_point.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>
#include <cstdint>
#include <string>

namespace consentd::localapi {

// At most `limit` entries that pass the filter; it looks through some ten thousand at most, so a page may be empty and
// have more behind it.
boost::asio::awaitable<net::response> events_page(store::journal& from, net::request_head const& head,
                                                  call const& asked);

// The same from a place that somebody else knows.
struct page_wanted {
  starting_point begin;
  store::entry_filter filter;
  std::size_t limit = 0;
};
struct made_page {
  std::string body;        // JSON
  std::size_t entries = 0; // in it
  std::uint64_t after = 0; // its place
};
boost::asio::awaitable<result<made_page>> make_events_page(store::journal& from, page_wanted const& wanted);

} // namespace consentd::localapi

#endif
