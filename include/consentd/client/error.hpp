// How calls to the daemon fail.
#ifndef CONSENTD_CLIENT_ERROR_HPP
#define CONSENTD_CLIENT_ERROR_HPP

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace consentd::client {

enum class errc {
  unreachable, // there is no daemon at the socket, or it went away before it had answered
  timed_out,   // no answer, or a silent stream, within the settings' time
  cancelled,   // by the caller
  refused,     // it answered with a problem: the members below say which; or its socket is not for this user (status 0)
  malformed,   // what was asked for cannot be sent: an unknown method, control characters, no place, no socket's path
  too_large,   // the answer, or one event of a stream, is over the settings' bound
  not_understood, // what answers does not speak the daemon's protocol
};

struct error {
  errc code = errc::unreachable;
  unsigned status = 0; // HTTP's, where there was an answer
  std::string problem =
      {}; // the kind of problem, such as "not-found" or "conflict" (docs/openapi.yaml: the last part of `type`)
  std::string field = {};             // the parameter, member or header field at fault, where one is
  std::string detail = {};            // a line for people; holds nothing of a resource
  std::chrono::seconds retry_after{}; // when the daemon says that it is worth another try; else zero

  // True when the same call may succeed later without anything being changed: the daemon is away, busy, or stops.
  bool is_temporary() const noexcept;
};

// The detail; where there is none, what the code means.
std::string describe(error const& why);

template <class T>
using result = boost::system::result<T, error>;

// What result<T>::value() throws where there is no value.
class failed : public std::runtime_error {
public:
  explicit failed(error why);
  error const& why() const noexcept { return why_; }

private:
  error why_;
};

[[noreturn]] void throw_exception_from_error(error const& why, boost::source_location const& where);

} // namespace consentd::client

#endif
