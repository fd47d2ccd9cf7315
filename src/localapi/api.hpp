// The local API: what a listener on the daemon's Unix socket serves.
#ifndef CONSENTD_LOCALAPI_API_HPP
#define CONSENTD_LOCALAPI_API_HPP

#include "base/current.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "localapi/access.hpp"
#include "localapi/bell.hpp"
#include "localapi/consumer_leases.hpp"
#include "localapi/reload.hpp"
#include "localapi/routes.hpp"
#include "localapi/status.hpp"
#include "localapi/stream.hpp"
#include "net/complaint_pace.hpp"
#include "net/http.hpp"
#include "store/store.hpp"

#include <boost/asio/any_io_executor.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace consentd::localapi {

struct settings {
  std::size_t max_streams = 256;
  std::size_t max_streams_per_user = 256;
  std::size_t max_body_bytes = std::size_t{64} * 1024;
  std::chrono::seconds behind_after{60}; // contract section 6: "we are not behind"
  std::chrono::milliseconds heartbeat{15000};
  std::chrono::milliseconds consumer_lease{30000};
};

// Routes the calls of docs/openapi.yaml to those who have the right to them. Any number of sessions on any threads.
class api {
public:
  // Takes the journal's one growth observer (store::journal::on_growth). Store, clock and log must outlive it; the
  // listener that it serves must have stopped before it ends. Streams are woken from `on`, whose context must outlive
  // the store. `by` answers what the store does not know.
  struct daemon_calls {
    facts_source facts;
    reload_source reload;
  };
  api(boost::asio::any_io_executor on, store::event_store& store, clock const& now, log_sink& log, settings const& how,
      access_rules who, daemon_calls by);

  // Nobody may do more than `at_most`, whatever the rules give them.
  boost::asio::awaitable<void> serve(net::exchange& request, right at_most);

  // Counts from the next call on; open streams of those who may not read any more end. Any thread.
  void replace(access_rules who);

private:
  std::optional<problem> check_right(net::peer const& who, parsed<call> const& asked, right has);
  void tell_of_refusal(net::peer const& who, std::string_view what, right has);
  void tell_of_change(net::peer const& who, call const& asked);
  boost::asio::awaitable<net::response> answer(net::exchange& request, call const& asked);
  boost::asio::awaitable<net::response> reload_settings(net::exchange& request);
  boost::asio::awaitable<net::response> answer_about_consumers(net::exchange& request, call const& asked);

  store::event_store& store_;
  clock const& clock_;
  log_sink& log_;
  settings const how_;
  daemon_calls const daemon_;
  current<access_rules> access_;
  net::complaint_pace refusals_;
  // Shared with the store, which keeps its observer until it ends, after this.
  std::shared_ptr<journal_bell> bell_;
  consumer_leases leases_;
  event_streams streams_;
};

// What a listener on one socket serves: all calls, as far as anybody may go there.
class door final : public net::handler {
public:
  // `to` must outlive it.
  door(api& to, right at_most) : api_(to), at_most_(at_most) {}

  boost::asio::awaitable<void> serve(net::exchange& request) override;
  net::response refuse(reason why, net::request_head const& head) override;

private:
  api& api_;
  right const at_most_;
};

} // namespace consentd::localapi

#endif
