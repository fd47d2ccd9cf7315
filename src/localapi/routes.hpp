// Which calls there are, and which one a request is.
#ifndef CONSENTD_LOCALAPI_ROUTES_HPP
#define CONSENTD_LOCALAPI_ROUTES_HPP

#include "localapi/access.hpp"
#include "localapi/problem.hpp"
#include "localapi/target.hpp"
#include "net/http.hpp"

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace consentd::localapi {

enum class endpoint : std::uint8_t {
  list_consents,
  show_consent,
  announce_consent,
  bind_consent,
  settle_doubt,
  consent_history,
  consent_usable,
  consents_usable,
  stream_events,
  snapshot,
  list_consumers,
  show_consumer,
  keep_consumer,
  remove_consumer,
  consumer_events,
  acknowledge,
  seek,
  pause_consumer,
  resume_consumer,
  list_quarantine,
  show_quarantine,
  retry_quarantined,
  drop_quarantined,
  find_deliveries,
  show_delivery,
  show_status,
  show_resource,
  show_evidence,
  erase_consent_data,
  list_operations,
  reload,
};

struct route {
  std::string_view method;
  std::string_view path;  // `{…}` stands for one segment
  std::string_view media; // of a good answer; the first of several where the caller does not care
  endpoint where;
  right needs;
  std::array<std::string_view, 8> parameters; // the query names it knows, then empty ones
};

// All of them. Lives as long as the program.
std::span<route const> routes() noexcept;

struct call {
  localapi::route const* route = nullptr;
  target where;
  std::string_view media;      // of those that the route has
  std::string id;              // the segment that the last `{…}` stood for; empty when the path has none
  std::string within;          // that of the one before it
  right at_most = right::none; // what anybody may do on this socket
  right has = right::none;     // what the caller may do
};

// The call that a request is. path_unknown; method_not_allowed, with `allow`; not_acceptable; invalid_argument for a
// query name that the call does not know, or that comes twice.
parsed<call> find_route(net::request_head const& head);

} // namespace consentd::localapi

#endif
