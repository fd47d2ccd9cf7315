// Names that came from outside, fit for a failure's detail or an inspection's output.
#ifndef CONSENTD_JOSE_QUOTED_HPP
#define CONSENTD_JOSE_QUOTED_HPP

#include <string>
#include <string_view>

namespace consentd::jose {

// "abc" in quotation marks when it is short, printable ASCII; otherwise only how many bytes it has: a header is
// unverified when its `kid` or `alg` is told to an operator.
std::string quoted(std::string_view text);

} // namespace consentd::jose

#endif
