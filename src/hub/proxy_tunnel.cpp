#include "hub/proxy_tunnel.hpp"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_static_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace consentd::hub {

namespace asio = boost::asio;
namespace http = boost::beast::http;

asio::awaitable<result<void>> open_tunnel(boost::beast::tcp_stream& connection, std::string authority) {
  http::request<http::empty_body> request{http::verb::connect, authority, 11};
  request.set(http::field::host, authority);
  boost::system::error_code error;
  co_await http::async_write(connection, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return failure{reason::disconnected, "proxy: asking: " + error.message()};
  }
  boost::beast::flat_static_buffer<8192> buffer;
  http::response_parser<http::empty_body> parser;
  parser.skip(true); // an answer to CONNECT has no body, whatever its header says
  co_await http::async_read_header(connection, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return failure{reason::disconnected, "proxy: reading: " + error.message()};
  }
  if (parser.get().result_int() / 100 != 2) {
    co_return failure{reason::disconnected, "proxy: status " + std::to_string(parser.get().result_int())};
  }
  // In TLS the client speaks first: what came already is not from where the tunnel leads.
  if (buffer.size() != 0) {
    co_return failure{reason::disconnected, "proxy: it sent more than its answer"};
  }
  co_return result<void>{};
}

} // namespace consentd::hub
