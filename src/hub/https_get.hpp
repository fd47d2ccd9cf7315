// One verified HTTPS request for a public document, such as a JWK set.
#ifndef CONSENTD_HUB_HTTPS_GET_HPP
#define CONSENTD_HUB_HTTPS_GET_HPP

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace consentd::hub {

struct fetch_limits {
  std::chrono::milliseconds timeout{5000}; // for the whole of it: resolving, connecting, handshake, answer
  std::size_t max_bytes = 256 * 1024;      // of the body
};

// A client context that verifies against `ca_file` (PEM), or the system's authorities when it is empty; TLS 1.2 and
// above. bad_setting, naming the file, when it cannot be used.
result<std::shared_ptr<boost::asio::ssl::context>> make_client_context(std::string const& ca_file);

// GETs `url` (https only) and gives the body of a 200. The certificate must be valid and name the host; redirects are
// not followed. disconnected: with what went wrong, for a log; nothing of the body. Cancellable.
boost::asio::awaitable<result<std::string>> https_get(std::string url, std::shared_ptr<boost::asio::ssl::context> trust,
                                                      fetch_limits limits);

} // namespace consentd::hub

#endif
