// The life of one connection: handshake, requests one after another, end.
#ifndef CONSENTD_NET_SESSION_HPP
#define CONSENTD_NET_SESSION_HPP

#include "base/log.hpp"
#include "net/complaint_pace.hpp"
#include "net/connection.hpp"
#include "net/http.hpp"
#include "net/listener.hpp"
#include "net/proxy_reader.hpp"

#include <boost/asio/awaitable.hpp>

#include <memory>
#include <utility>

namespace consentd::net {

// What the sessions of a listener share; outlives them.
struct session_terms {
  session_terms(std::shared_ptr<tls_context> how, limits const& within, handler& whom, log_sink& where,
                proxy_protocol begin)
      : tls{std::move(how)}, bounds{within}, serve{whom}, log{where}, proxy{begin} {}

  std::shared_ptr<tls_context> tls; // null: plain
  limits bounds;
  handler& serve;
  log_sink& log;
  proxy_protocol proxy;
  mutable complaint_pace proxy_complaints{proxy_failures};
};

// Runs on the connection's strand and closes it, however it ends. The socket is closed by the time the coroutine
// completes.
boost::asio::awaitable<void> run_session(std::shared_ptr<connection> with, std::shared_ptr<session_terms const> terms);

} // namespace consentd::net

#endif
