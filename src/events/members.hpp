// Reading single members of an event, with the allowances of contract section 8.
#ifndef CONSENTD_EVENTS_MEMBERS_HPP
#define CONSENTD_EVENTS_MEMBERS_HPP

#include "base/result.hpp"
#include "base/time.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::events {

// The member of that name; one that holds null counts as absent, as some serialisers write what they do not have.
std::optional<json::value> member(json::value const& object, std::string_view name) noexcept;

// resource_malformed, naming the member of `Data`.
failure missing(std::string_view name);

// Nothing when the member of `Data` is absent; bad_time when it is no time. A time may sit in an object, under the same
// name once more (contract section 8, 3).
result<std::optional<timestamp>> read_time(json::value const& data, std::string_view name);

// A text of 1 to `longest` printable ASCII characters without spaces, such as a code; nothing for all else.
std::optional<std::string> plain_text(json::value const& from, std::size_t longest);

} // namespace consentd::events

#endif
