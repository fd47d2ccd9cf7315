// The local API: what a listener on the daemon's Unix socket serves.
#ifndef CONSENTD_LOCALAPI_API_HPP
#define CONSENTD_LOCALAPI_API_HPP

#include "base/log.hpp"
#include "base/time.hpp"
#include "localapi/bell.hpp"
#include "localapi/reload.hpp"
#include "localapi/routes.hpp"
#include "localapi/status.hpp"
#include "localapi/stream.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <chrono>
#include <cstddef>
#include <memory>

namespace consentd::localapi {

struct settings {
  std::size_t max_streams = 256;
  std::size_t max_body_bytes = std::size_t{64} * 1024;
  std::chrono::seconds behind_after{60}; // contract section 6: "we are not behind"
  std::chrono::milliseconds heartbeat{15000};
};

// Routes the calls of docs/openapi.yaml. Any number of sessions on any threads.
class api : public net::handler {
public:
  // Takes the journal's one growth observer (store::journal::on_growth). Store, clock and log must outlive it; the
  // listener that it serves must have stopped before it ends. `by` answers what the store does not know.
  struct daemon_calls {
    facts_source facts;
    reload_source reload;
  };
  api(store::event_store& store, clock const& now, log_sink& log, settings const& how, daemon_calls by);

  boost::asio::awaitable<void> serve(net::exchange& request) override;
  net::response refuse(reason why, net::request_head const& head) override;

private:
  boost::asio::awaitable<net::response> answer(net::exchange& request, call const& asked);

  store::event_store& store_;
  clock const& clock_;
  log_sink& log_;
  settings const how_;
  daemon_calls const daemon_;
  // Shared with the store, which keeps its observer until it ends, after this.
  std::shared_ptr<journal_bell> bell_;
  event_streams streams_;
};

} // namespace consentd::localapi

#endif
