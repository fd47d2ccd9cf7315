// A journal entry as subscribers get it: CloudEvents 1.0, JSON format, structured mode.
#ifndef CONSENTD_LOCALAPI_CLOUDEVENT_HPP
#define CONSENTD_LOCALAPI_CLOUDEVENT_HPP

#include "store/records.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

// "ae.openfinance.consent.status" and so on. Literals.
std::string_view event_type(store::entry_type type) noexcept;
std::optional<store::entry_type> parse_event_type(std::string_view name) noexcept;

// The id of what it is about: a consent, a payment, a quote, an account opening, or something unknown.
std::string_view subject_of(store::journal_entry const& entry) noexcept;

// One line: line breaks that a resource had between its tokens are spaces, since an SSE `data` ends at each.
std::string to_cloudevent(store::journal_entry const& entry, std::string_view epoch);

} // namespace consentd::localapi

#endif
