// One verified HTTPS request for a public document, such as a JWK set.
#ifndef CONSENTD_HUB_FETCHER_HPP
#define CONSENTD_HUB_FETCHER_HPP

#include "base/result.hpp"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ssl/context.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::hub {

// An HTTP proxy that is asked for a tunnel (RFC 9110 section 9.3.6).
struct proxy_place {
  std::string host;
  std::string port;
};

struct fetch_rules {
  std::vector<std::string> hosts; // the only ones that are asked, also when a document of theirs names another
  bool private_addresses = false; // also when a name leads to an address inside; see is_public()
  std::optional<proxy_place> proxy{};
  std::chrono::milliseconds timeout{5000};         // for the whole of it: resolving, connecting, handshake, answer
  std::size_t max_bytes = std::size_t{256} * 1024; // of the body
};

// What the client shows of itself; both empty: nothing.
struct client_credentials {
  std::string certificate_file;     // PEM, the certificate first, then its intermediates
  std::string_view private_key_pem; // read while the context is made
};

// A client context that verifies against `ca_file` (PEM), or the system's authorities when it is empty; TLS 1.2 and
// above. bad_setting, naming the file, when it cannot be used.
result<std::shared_ptr<boost::asio::ssl::context>> make_client_context(std::string const& ca_file,
                                                                       client_credentials const& own = {});

class fetcher {
public:
  // `trust` may be null when nothing is ever fetched.
  fetcher(std::shared_ptr<boost::asio::ssl::context> trust, fetch_rules rules)
      : trust_(std::move(trust)), rules_(std::move(rules)) {}

  // GETs `url` (https only) and gives the body of a 200. The certificate must be valid and name the host; redirects are
  // not followed. bad_setting: the rules forbid to ask there. disconnected: with what went wrong, for a log; nothing of
  // the body. Cancellable. The fetcher must outlive it.
  boost::asio::awaitable<result<std::string>> get(std::string url) const;

private:
  std::shared_ptr<boost::asio::ssl::context> trust_;
  fetch_rules rules_;
};

} // namespace consentd::hub

#endif
