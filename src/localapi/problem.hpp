// What is answered when a call is not: problem details (RFC 9457).
#ifndef CONSENTD_LOCALAPI_PROBLEM_HPP
#define CONSENTD_LOCALAPI_PROBLEM_HPP

#include "base/result.hpp"
#include "net/http.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

// Each has a name in its `type` URN, a title and a status, which clients rely on: docs/openapi.yaml lists them.
enum class problem_kind : std::uint8_t {
  path_unknown,
  not_found,
  method_not_allowed,
  not_acceptable,
  media_type,
  invalid_argument,
  body_too_large,
  request_malformed,
  header_too_large,
  request_timeout,
  conflict,
  not_permitted,
  too_many_streams,
  inbox_full,
  storage,
  shutting_down,
  settings,
  internal,
};

// Why a call was refused. `detail` says what to mend; `field` is the parameter or member at fault, empty when none is;
// `allow` goes into the Allow field of method_not_allowed; `retry_after` into Retry-After, where waiting may help.
struct problem {
  problem_kind kind = problem_kind::internal;
  std::string detail;
  std::string field;
  std::string allow;
  std::chrono::seconds retry_after{};
};

template <class T>
using parsed = boost::system::result<T, problem>;

// Found by parsed<T>::value(): throws std::logic_error, since the caller asked for a value that it had not checked for.
[[noreturn]] void throw_exception_from_error(problem const& why, boost::source_location const& where);

// The first failure among them, in the order given.
template <class... T>
std::optional<problem> first_problem(parsed<T> const&... of) {
  std::optional<problem> found;
  static_cast<void>(((of.has_error() ? (found = of.error(), true) : false) || ...));
  return found;
}

problem invalid(std::string_view field, std::string detail);

// A failure of the parts below, as the caller of the API is told. Details of what went wrong inside stay in the log.
problem from_failure(failure const& why);

net::response to_response(problem const& why);

} // namespace consentd::localapi

#endif
