// Durable consumers: named subscribers whose place the daemon keeps. Their streams are in stream.hpp.
#ifndef CONSENTD_LOCALAPI_CONSUMERS_HPP
#define CONSENTD_LOCALAPI_CONSUMERS_HPP

#include "base/time.hpp"
#include "localapi/consumer_leases.hpp"
#include "localapi/routes.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/awaitable.hpp>

#include <cstddef>

namespace consentd::localapi {

// What the calls below work on.
struct consumer_calls {
  store::event_store& store;
  consumer_leases& leases;
  clock const& now;
  std::size_t body_bytes;
};

// The one that the path names, as the caller may deal with it: not_found; not_permitted when it is another user's and
// the caller may not operate.
boost::asio::awaitable<parsed<store::consumer_record>> find_own(store::event_store& from, net::request_head const& head,
                                                                call const& asked);

boost::asio::awaitable<net::response> list_consumers(consumer_calls const& with);
boost::asio::awaitable<net::response> show_consumer(consumer_calls const& with, call const& asked);
// PUT: makes one, or gives it another filter: then its stream, if there is one, ends.
boost::asio::awaitable<net::response> keep_consumer(consumer_calls const& with, net::exchange& request,
                                                    call const& asked);
boost::asio::awaitable<net::response> remove_consumer(consumer_calls const& with, net::exchange& request,
                                                      call const& asked);
// POST …/ack: everything up to and with a place was dealt with.
boost::asio::awaitable<net::response> acknowledge(consumer_calls const& with, net::exchange& request,
                                                  call const& asked);
// POST …/seek: its stream, if there is one, ends, and the next begins elsewhere.
boost::asio::awaitable<net::response> seek(consumer_calls const& with, net::exchange& request, call const& asked);
// POST …/pause and …/resume.
boost::asio::awaitable<net::response> pause_consumer(consumer_calls const& with, net::exchange& request,
                                                     call const& asked);

} // namespace consentd::localapi

#endif
