// What an operator's tools ask over HTTP: metrics and health.
#ifndef CONSENTD_OPS_OPERATIONS_HPP
#define CONSENTD_OPS_OPERATIONS_HPP

#include "net/http.hpp"
#include "ops/metrics.hpp"

#include <functional>
#include <string>
#include <vector>

namespace consentd::ops {

// One thing that must hold before the daemon is ready for work.
struct condition {
  std::string name; // "store"
  bool holds = false;
  std::string detail; // for people, one line; may be empty
};

// GET and HEAD of
//   /metrics  Prometheus' text format
//   /livez    200 as long as the event loop answers at all
//   /readyz   200 when every condition holds, otherwise 503; one line for each
// 404 and 405 for the rest. `ready` is called on the session's thread and must not block; it and the metrics must
// outlive the handler. Any thread.
class operations final : public net::handler {
public:
  operations(metrics const& counters, std::function<std::vector<condition>()> ready);

  boost::asio::awaitable<void> serve(net::exchange& request) override;
  net::response refuse(reason why, net::request_head const& head) override;

private:
  net::response answer(net::request_head const& head) const;
  net::response readiness() const;

  metrics const& counters_;
  std::function<std::vector<condition>()> ready_;
};

} // namespace consentd::ops

#endif
