#include "hub/https_get.hpp"

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
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include <openssl/ssl.h>

#include <utility>

namespace consentd::hub {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

using stream = beast::ssl_stream<beast::tcp_stream>;

struct target {
  std::string host;
  std::string port;
  std::string path;
};

result<target> parse_target(std::string const& text) {
  auto const parsed = boost::urls::parse_uri(text);
  if (!parsed || parsed->scheme() != "https" || parsed->host().empty() || parsed->has_userinfo()) {
    return failure{reason::bad_setting, "not an https URL: " + text};
  }
  std::string path(parsed->encoded_resource());
  return target{parsed->host_address(), parsed->has_port() ? std::string(parsed->port()) : std::string("443"),
                path.empty() ? std::string("/") : std::move(path)};
}

failure unreachable(target const& where, std::string_view step, std::string const& why) {
  return {reason::disconnected, where.host + ":" + where.port + ": " + std::string(step) + ": " + why};
}

bool name_the_host(stream& connection, target const& where) {
  connection.set_verify_mode(asio::ssl::verify_peer);
  connection.set_verify_callback(asio::ssl::host_name_verification(where.host));
  return SSL_ctrl(connection.native_handle(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name,
                  const_cast<char*>(where.host.c_str())) == 1; // OpenSSL's own macro casts in C style
}

asio::awaitable<result<void>> connect(stream& connection, target const& where) {
  error_code error;
  asio::ip::tcp::resolver resolver(co_await asio::this_coro::executor);
  auto const found =
      co_await resolver.async_resolve(where.host, where.port, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "resolving", error.message());
  }
  co_await beast::get_lowest_layer(connection).async_connect(found, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "connecting", error.message());
  }
  if (!name_the_host(connection, where)) {
    co_return unreachable(where, "handshake", "the host name cannot be sent");
  }
  co_await connection.async_handshake(asio::ssl::stream_base::client, asio::redirect_error(asio::use_awaitable, error));
  if (error) {
    co_return unreachable(where, "handshake", error.message());
  }
  co_return result<void>{};
}

asio::awaitable<result<std::string>> ask(stream& connection, target const& where, std::size_t max_bytes) {
  http::request<http::empty_body> request{http::verb::get, where.path, 11};
  request.set(http::field::host, where.port == "443" ? where.host : where.host + ":" + where.port);
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

result<std::shared_ptr<asio::ssl::context>> make_client_context(std::string const& ca_file) {
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
  return made;
}

asio::awaitable<result<std::string>> https_get(std::string url, std::shared_ptr<asio::ssl::context> trust,
                                               fetch_limits limits) {
  auto const where = parse_target(url);
  if (!where) {
    co_return where.error();
  }
  stream connection(co_await asio::this_coro::executor, *trust);
  // One deadline for all steps: it is set once and never renewed. Resolving has no deadline of its own: the resolver's
  // thread cannot be interrupted, but its time is bounded by the system's resolver.
  beast::get_lowest_layer(connection).expires_after(limits.timeout);
  if (auto connected = co_await connect(connection, *where); !connected) {
    co_return connected.error();
  }
  auto body = co_await ask(connection, *where, limits.max_bytes);
  beast::get_lowest_layer(connection).close();
  co_return body;
}

} // namespace consentd::hub
