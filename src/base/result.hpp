// Failures that callers handle travel as values; exceptions are for programming errors and a failed start.
#ifndef CONSENTD_BASE_RESULT_HPP
#define CONSENTD_BASE_RESULT_HPP

#include "base/reason.hpp"

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <string>

namespace consentd {

// Why an operation failed. `detail` is for operators: it names fields, files and limits, and never holds a key, a
// token, or anything of a resource.
struct failure {
  reason code;
  std::string detail;
};

// "issuer-mismatch: bound to https://a", for logs and consoles.
std::string describe(failure const& why);

template <class T>
using result = boost::system::result<T, failure>;

// Found by result<T>::value(): throws std::logic_error, since the caller asked for a value that it had not checked for.
[[noreturn]] void throw_exception_from_error(failure const& why, boost::source_location const& where);

} // namespace consentd

#endif
