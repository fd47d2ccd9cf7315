// Waiting for a request and reading its header section.
#ifndef CONSENTD_NET_REQUEST_READER_HPP
#define CONSENTD_NET_REQUEST_READER_HPP

#include "net/connection.hpp"
#include "net/listener.hpp"
#include "net/read_buffer.hpp"
#include "net/request_parser.hpp"

#include <boost/asio/awaitable.hpp>

namespace consentd::net {

// Waits until `buffer` holds the first byte of a request, at most limits::idle. False when the session is over: the
// peer closed, stayed idle, or the listener stops.
boost::asio::awaitable<bool> await_request(connection& from, read_buffer& buffer, limits const& bounds);

// Reads the header section that has begun in `buffer` and takes it out. disconnected, or a reason for
// handler::refuse(), with what had been parsed in `head`.
boost::asio::awaitable<result<void>> read_head(connection& from, read_buffer& buffer, limits const& bounds,
                                               request_parser& parser);

} // namespace consentd::net

#endif
