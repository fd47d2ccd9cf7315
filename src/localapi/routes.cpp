#include "localapi/routes.hpp"

#include "localapi/media.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace consentd::localapi {

namespace {

constexpr std::string_view json = "application/json";
constexpr std::string_view stream = "text/event-stream, application/x-ndjson";
constexpr std::string_view events = "text/event-stream, application/x-ndjson, application/json";

// tests/unit/localapi/check_openapi.py reads this table and holds docs/openapi.yaml against it: one row, one line.
// clang-format off
constexpr std::array<route, 31> table{{
    {"GET", "/v1/consents", json, endpoint::list_consents, right::read, {"status", "kind", "issuer", "base_consent_id", "updated_after", "expires_before", "limit", "cursor"}},
    {"GET", "/v1/consents/{consent_id}", json, endpoint::show_consent, right::read, {"wait_for", "timeout"}},
    {"PUT", "/v1/consents/{consent_id}", json, endpoint::announce_consent, right::registers, {}},
    {"PUT", "/v1/consents/{consent_id}/binding", json, endpoint::bind_consent, right::operate, {}},
    {"PUT", "/v1/consents/{consent_id}/doubt", json, endpoint::settle_doubt, right::operate, {}},
    {"DELETE", "/v1/consents/{consent_id}/data", json, endpoint::erase_consent_data, right::operate, {}},
    {"GET", "/v1/consents/{consent_id}/history", json, endpoint::consent_history, right::read, {"limit", "cursor"}},
    {"GET", "/v1/consents/{consent_id}/usable", json, endpoint::consent_usable, right::read, {}},
    {"POST", "/v1/usable", json, endpoint::consents_usable, right::read, {}},
    {"GET", "/v1/events", events, endpoint::stream_events, right::read, {"after", "type", "subject", "status", "kind", "issuer", "limit"}},
    {"GET", "/v1/snapshot", stream, endpoint::snapshot, right::read, {"after", "status", "kind", "issuer"}},
    {"GET", "/v1/consumers", json, endpoint::list_consumers, right::read, {}},
    {"GET", "/v1/consumers/{name}", json, endpoint::show_consumer, right::read, {}},
    {"PUT", "/v1/consumers/{name}", json, endpoint::keep_consumer, right::read, {}},
    {"DELETE", "/v1/consumers/{name}", json, endpoint::remove_consumer, right::read, {}},
    {"GET", "/v1/consumers/{name}/events", events, endpoint::consumer_events, right::read, {"limit"}},
    {"POST", "/v1/consumers/{name}/ack", json, endpoint::acknowledge, right::read, {}},
    {"POST", "/v1/consumers/{name}/seek", json, endpoint::seek, right::read, {}},
    {"POST", "/v1/consumers/{name}/pause", json, endpoint::pause_consumer, right::read, {}},
    {"POST", "/v1/consumers/{name}/resume", json, endpoint::resume_consumer, right::read, {}},
    {"GET", "/v1/quarantine", json, endpoint::list_quarantine, right::operate, {"reason", "limit", "cursor"}},
    {"GET", "/v1/quarantine/{delivery_id}", json, endpoint::show_quarantine, right::operate, {}},
    {"DELETE", "/v1/quarantine/{delivery_id}", json, endpoint::drop_quarantined, right::operate, {}},
    {"POST", "/v1/quarantine/{delivery_id}/retry", json, endpoint::retry_quarantined, right::operate, {}},
    {"GET", "/v1/deliveries", json, endpoint::find_deliveries, right::read, {"interaction_id"}},
    {"GET", "/v1/deliveries/{delivery_id}", json, endpoint::show_delivery, right::read, {}},
    {"GET", "/v1/deliveries/{delivery_id}/evidence", json, endpoint::show_evidence, right::operate, {}},
    {"GET", "/v1/resources/{family}/{resource_id}", json, endpoint::show_resource, right::read, {"issuer"}},
    {"GET", "/v1/operations", json, endpoint::list_operations, right::operate, {"operation", "subject", "uid", "limit", "cursor"}},
    {"GET", "/v1/status", json, endpoint::show_status, right::read, {}},
    {"POST", "/v1/reload", json, endpoint::reload, right::operate, {}},
}};
// clang-format on

// What the last `{…}` of a path stood for, and the one before it; empty texts when there is none.
struct path_ids {
  std::string last;
  std::string before;
};

// Matches segment by segment. Nothing when the path is another one.
std::optional<path_ids> match(std::string_view pattern, std::vector<std::string> const& segments) {
  path_ids ids;
  for (auto const& segment : segments) {
    if (!pattern.starts_with('/')) {
      return std::nullopt;
    }
    pattern.remove_prefix(1);
    auto const expected = pattern.substr(0, pattern.find('/'));
    pattern.remove_prefix(expected.size());
    if (expected.starts_with('{') && !segment.empty()) {
      ids.before = std::exchange(ids.last, segment);
    } else if (expected != segment) {
      return std::nullopt;
    }
  }
  return pattern.empty() ? std::optional(std::move(ids)) : std::nullopt;
}

// The session leaves the body away (RFC 9110 section 9.3.2). What may be a stream has no head that says more than its
// path.
bool serves(route const& one, std::string_view method) noexcept {
  return one.method == method || (method == "HEAD" && one.method == "GET" && one.media == json);
}

std::optional<problem> check_parameters(route const& wanted, target const& where) {
  auto const& asked = where.parameters();
  for (auto one = asked.begin(); one != asked.end(); ++one) {
    if (std::find(wanted.parameters.begin(), wanted.parameters.end(), one->name) == wanted.parameters.end()) {
      return invalid(one->name, "This call has no such query parameter.");
    }
    if (std::any_of(asked.begin(), one, [&](auto const& before) { return before.name == one->name; })) {
      return invalid(one->name, "The query parameter comes twice.");
    }
  }
  return std::nullopt;
}

} // namespace

std::span<route const> routes() noexcept {
  return table;
}

parsed<call> find_route(net::request_head const& head) {
  auto where = target::parse(head.path(), head.query());
  if (!where) {
    return where.error();
  }
  std::string allow;
  for (auto const& candidate : table) {
    auto ids = match(candidate.path, where->segments());
    if (!ids) {
      continue;
    }
    if (!serves(candidate, head.method)) {
      allow += (allow.empty() ? "" : ", ") + std::string(candidate.method);
      allow += serves(candidate, "HEAD") ? ", HEAD" : "";
      continue;
    }
    auto const media = preferred(head, candidate.media);
    if (media.empty()) {
      return problem{
          problem_kind::not_acceptable, "It is available as " + std::string(candidate.media) + ".", "Accept", {}};
    }
    if (auto wrong = check_parameters(candidate, *where)) {
      return *wrong;
    }
    return call{&candidate, std::move(*where), media, std::move(ids->last), std::move(ids->before)};
  }
  if (!allow.empty()) {
    return problem{problem_kind::method_not_allowed, "Allowed here: " + allow + ".", {}, allow};
  }
  return problem{problem_kind::path_unknown, "docs/openapi.yaml lists the paths.", {}, {}};
}

} // namespace consentd::localapi
