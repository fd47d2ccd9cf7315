#include "localapi/problem.hpp"

#include "json/writer.hpp"

#include <array>
#include <cstddef>
#include <stdexcept>

namespace consentd::localapi {

namespace {

// Of a name that a caller has made up.
constexpr std::size_t longest_field = 64;

struct description {
  problem_kind kind;
  std::string_view name;
  unsigned status;
  std::string_view title;
};

// tests/unit/localapi/check_openapi.py reads this table: one row, one line.
constexpr std::array<description, 18> descriptions{{
    {problem_kind::path_unknown, "path-unknown", 404, "There is no such path"},
    {problem_kind::not_found, "not-found", 404, "There is no such thing"},
    {problem_kind::method_not_allowed, "method-not-allowed", 405, "This path has no such method"},
    {problem_kind::not_acceptable, "not-acceptable", 406, "This is not available in an accepted media type"},
    {problem_kind::media_type, "media-type", 415, "The body has the wrong media type"},
    {problem_kind::invalid_argument, "invalid-argument", 400, "A parameter or member is not valid"},
    {problem_kind::body_too_large, "body-too-large", 413, "The body is too large"},
    {problem_kind::request_malformed, "request-malformed", 400, "The request is malformed"},
    {problem_kind::header_too_large, "header-too-large", 431, "The header section is too large"},
    {problem_kind::request_timeout, "request-timeout", 408, "The request took too long"},
    {problem_kind::conflict, "conflict", 409, "This contradicts what is known"},
    {problem_kind::not_permitted, "not-permitted", 403, "This caller may not do that"},
    {problem_kind::too_many_streams, "too-many-streams", 503, "Too many event streams are open"},
    {problem_kind::inbox_full, "inbox-full", 503, "The inbox is full"},
    {problem_kind::storage, "storage", 503, "The store is not available"},
    {problem_kind::shutting_down, "shutting-down", 503, "The daemon is stopping"},
    {problem_kind::settings, "settings", 422, "The settings cannot be used, and nothing has changed"},
    {problem_kind::internal, "internal", 500, "Something went wrong inside"},
}};

description const& describe_kind(problem_kind kind) {
  return descriptions.at(static_cast<std::size_t>(kind));
}

problem_kind kind_of(reason code) noexcept {
  switch (code) {
  case reason::not_found:
    return problem_kind::not_found;
  case reason::conflict:
  case reason::issuer_mismatch:
  case reason::kind_mismatch:
    return problem_kind::conflict;
  case reason::invalid_argument:
  case reason::bad_id:
  case reason::bad_time:
    return problem_kind::invalid_argument;
  case reason::not_permitted:
    return problem_kind::not_permitted;
  case reason::body_too_large:
    return problem_kind::body_too_large;
  case reason::header_too_large:
    return problem_kind::header_too_large;
  case reason::request_timeout:
    return problem_kind::request_timeout;
  case reason::request_malformed:
  case reason::disconnected: // nobody hears it, and it is no defect of ours
    return problem_kind::request_malformed;
  case reason::inbox_full:
    return problem_kind::inbox_full;
  case reason::shutting_down:
    return problem_kind::shutting_down;
  case reason::storage:
    return problem_kind::storage;
  default:
    return problem_kind::internal;
  }
}

} // namespace

void throw_exception_from_error(problem const& why, boost::source_location const& /*where*/) {
  throw std::logic_error("unchecked problem: " + why.detail);
}

problem invalid(std::string_view field, std::string detail) {
  return {problem_kind::invalid_argument, std::move(detail), std::string(field.substr(0, longest_field)), {}};
}

problem from_failure(failure const& why) {
  auto const kind = kind_of(why.code);
  // What the machine said (a path, an errno) is for the operator's log, not for whoever may connect.
  bool const internal = kind == problem_kind::storage || kind == problem_kind::internal;
  return {kind, internal ? std::string("See the daemon's log.") : why.detail, {}, {}};
}

net::response to_response(problem const& why) {
  auto const& known = describe_kind(why.kind);
  json::writer out;
  out.begin_object();
  out.member("type", "urn:consentd:problem:" + std::string(known.name));
  out.member("title", known.title);
  out.name("status").integer(known.status);
  if (!why.detail.empty()) {
    out.member("detail", why.detail);
  }
  if (!why.field.empty()) {
    out.member("field", why.field);
  }
  out.end_object();

  net::response answer;
  answer.status = known.status;
  answer.fields.push_back({"Content-Type", "application/problem+json"});
  answer.fields.push_back({"Cache-Control", "no-store"});
  if (!why.allow.empty()) {
    answer.fields.push_back({"Allow", why.allow});
  }
  if (auto const wait = known.status == 503 ? std::chrono::seconds(1) : why.retry_after; wait.count() != 0) {
    answer.fields.push_back({"Retry-After", std::to_string(wait.count())});
  }
  answer.body = out.take();
  return answer;
}

} // namespace consentd::localapi
