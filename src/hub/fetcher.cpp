#include "hub/fetcher.hpp"

#include "hub/proxy_tunnel.hpp"
#include "hub/remote_place.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>

#include <openssl/ssl.h>

#include <utility>
#include <vector>

namespace consentd::hub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

using stream = beast::ssl_stream<beast::tcp_stream>;

failure unreachable(remote_place const& where, std::string_view step, std::string const& why) {
  return {reason::disconnected, where.host + ":" + where.port + ": " + std::string(step) + ": " + why};
}

bool name_the_host(stream& connection, remote_place const& where) {
  connection.set_verify_mode(asio::ssl::verify_peer);
  connection.set_verify_callback(asio::ssl::host_name_verification(where.host));
  return SSL_ctrl(connection.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(where.host.c_str())) == 1; // OpenSSL's own macro casts in C style
}

using endpoints = std::vector<asio::ip::tcp::endpoint>;

// Resolving has no deadline of its own: the resolver's thread cannot be interrupted, but its time is bounded by the
// system's resolver.
asio::awaitable<result<endpoints>> resolve(std::string host, std::string port) {
  error_code error;
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  auto const found = co_await resolver.async_resolve(host, port, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return failure{reason::disconnected, host + ":" + port + ": resolving: " + error.message()};
  }
  endpoints all;
  for (auto const& one : found) {
    all.push_back(one.endpoint());
  }
  co_return all;
}

// The addresses are looked at here, after resolving and right before connecting, so that a name cannot lead to one
// address when it is checked and to another when it is used.
asio::awaitable<result<void>> connect_directly(beast::tcp_stream& connection, remote_place const& where,
                                               bool private_addresses) {
  auto found = co_await resolve(where.host, where.port);
  if (!found) {
    co_return found.error();
  }
  if (!private_addresses) {
    std::erase_if(*found, [](auto const& one) { return !is_public(one.address()); });
  }
  if (found->empty()) {
    co_return failure{reason::bad_setting, where.host + " has no public address, and private ones are not allowed"};
  }
  error_code error;
  co_await connection.async_connect(*found, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "connecting", error.message());
  }
  co_return result<void>{};
}

// The proxy resolves the name, and so it is the proxy that must not lead inside.
asio::awaitable<result<void>> connect_through(beast::tcp_stream& connection, remote_place const& where,
                                              proxy_place const& proxy) {
  auto const found = co_await resolve(proxy.host, proxy.port);
  if (!found) {
    co_return found.error();
  }
  error_code error;
  co_await connection.async_connect(*found, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return failure{reason::disconnected, "proxy: connecting: " + error.message()};
  }
  bool const bracketed = where.host.find(':') != std::string::npos;
  auto authority = (bracketed ? '[' + where.host + ']' : where.host) + ':' + where.port;
  co_return co_await open_tunnel(connection, std::move(authority));
}

asio::awaitable<result<void>> shake_hands(stream& connection, remote_place const& where) {
  if (!name_the_host(connection, where)) {
    co_return unreachable(where, "handshake", "the host name cannot be sent");
  }
  error_code error;
  co_await connection.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "handshake", error.message());
  }
  co_return result<void>{};
}

asio::awaitable<result<std::string>> ask(stream& connection, remote_place const& where, std::size_t max_bytes) {
  http::request<http::empty_body> request{http::verb::get, where.path, 11};
  auto const name = where.host.find(':') == std::string::npos ? where.host : '[' + where.host + ']';
  request.set(http::field::host, where.port == "443" ? name : name + ":" + where.port);
  request.set(http::field::accept, "application/json");
  request.set(http::field::connection, "close");
  error_code error;
  co_await http::async_write(connection, request, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "asking", error.message());
  }
  beast::flat_buffer buffer(16384 + max_bytes);
  http::response_parser<http::string_body> parser;
  parser.body_limit(max_bytes);
  co_await http::async_read(connection, buffer, parser, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "reading", error.message());
  }
  if (parser.get().result() != http::status::ok) {
    co_return unreachable(where, "answer", "status " + std::to_string(parser.get().result_int()));
  }
  co_return std::move(parser.get().body());
}

} // namespace

result<std::shared_ptr<asio::ssl::context>> make_client_context(std::string const& ca_file,
                                                                client_credentials const& own) {
  auto made = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  error_code error;
  if (ca_file.empty()) {
    made->set_default_verify_paths(error);
  } else {
    made->load_verify_file(ca_file, error);
  }
  if (error) {
    return failure{reason::bad_setting, ca_file + ": no usable certificate authorities: " + error.message()};
  }
  if (SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION) != 1) {
    return failure{reason::bad_setting, "TLS 1.2 cannot be demanded"};
  }
  if (own.certificate_file.empty()) {
    return made;
  }
  made->use_certificate_chain_file(own.certificate_file, error);
  if (error) {
    return failure{reason::bad_setting, own.certificate_file + ": no usable certificate: " + error.message()};
  }
  made->use_private_key(asio::buffer(own.private_key_pem), asio::ssl::context::pem, error);
  if (error || SSL_CTX_check_private_key(made->native_handle()) != 1) {
    return failure{reason::bad_setting, own.certificate_file + ": its private key is not usable or not its own"};
  }
  return made;
}

asio::awaitable<result<std::string>> fetcher::get(std::string url) const {
  auto const where = parse_https_url(url);
  if (!where) {
    co_return where.error();
  }
  if (!is_listed(*where, rules_.hosts)) {
    co_return failure{reason::bad_setting, where->host + " is not on the list of hosts that may be asked"};
  }
  stream connection(co_await asio::this_coro::executor, *trust_);
  auto& lowest = beast::get_lowest_layer(connection);
  lowest.expires_after(rules_.timeout); // one deadline for all steps: it is set once and never renewed
  result<void> connected;
  if (rules_.proxy) {
    connected = co_await connect_through(lowest, *where, *rules_.proxy);
  } else {
    connected = co_await connect_directly(lowest, *where, rules_.private_addresses);
  }
  if (connected) {
    connected = co_await shake_hands(connection, *where);
  }
  if (!connected) {
    co_return connected.error();
  }
  auto body = co_await ask(connection, *where, rules_.max_bytes);
  lowest.close();
  co_return body;
}

} // namespace consentd::hub
