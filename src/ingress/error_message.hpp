// What a sender is told in words.
#ifndef CONSENTD_INGRESS_ERROR_MESSAGE_HPP
#define CONSENTD_INGRESS_ERROR_MESSAGE_HPP

#include "base/reason.hpp"

#include <string_view>

namespace consentd::ingress {

// What to mend: one fixed text for each code of contract section 7, and one more for a source that is not allowed; so
// it says no more than the code does, nothing that was received, and not how near a message came. Empty for a reason
// without a code. A literal.
std::string_view error_message(reason why) noexcept;

} // namespace consentd::ingress

#endif
