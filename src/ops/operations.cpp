#include "ops/operations.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace consentd::ops {
namespace {

constexpr char const* plain_text = "text/plain; charset=utf-8";

net::response text(unsigned status, std::string body) {
  net::response answer;
  answer.status = status;
  // Health is of now: no proxy may answer with an older one.
  answer.fields = {{"Content-Type", plain_text}, {"Cache-Control", "no-store"}};
  answer.body = std::move(body);
  return answer;
}

// One line whatever the detail holds.
std::string line_of(condition const& one) {
  auto line = (one.holds ? "ok " : "failed ") + one.name;
  if (!one.detail.empty()) {
    line += ": " + one.detail;
  }
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return line + '\n';
}

} // namespace

operations::operations(metrics const& counters, std::function<std::vector<condition>()> ready)
    : counters_(counters), ready_(std::move(ready)) {
}

boost::asio::awaitable<void> operations::serve(net::exchange& request) {
  auto reply = answer(request.head());
  co_await request.send(std::move(reply));
}

net::response operations::answer(net::request_head const& head) const {
  auto const path = head.path();
  bool const known = path == "/metrics" || path == "/livez" || path == "/readyz";
  if (!known) {
    return text(404, "not found: /metrics, /livez and /readyz are\n");
  }
  if (head.method != "GET" && head.method != "HEAD") {
    auto refused = text(405, "GET and HEAD alone\n");
    refused.fields.push_back({"Allow", "GET, HEAD"});
    return refused;
  }
  if (path == "/livez") {
    return text(200, "ok\n");
  }
  if (path == "/readyz") {
    return readiness();
  }
  auto exposition = text(200, counters_.text());
  exposition.fields.front().value = "text/plain; version=0.0.4; charset=utf-8";
  return exposition;
}

net::response operations::readiness() const {
  auto const conditions = ready_();
  std::string body;
  for (auto const& one : conditions) {
    body += line_of(one);
  }
  bool const ready = std::ranges::all_of(conditions, &condition::holds);
  return text(ready ? 200 : 503, body.empty() ? "ok\n" : std::move(body));
}

net::response operations::refuse(reason why, net::request_head const& /*head*/) {
  switch (why) {
  case reason::header_too_large:
    return text(431, "the header section is too large\n");
  case reason::request_timeout:
    return text(408, "the request took too long\n");
  default:
    return text(400, "not an HTTP request\n");
  }
}

} // namespace consentd::ops
