// Typed values of query parameters, path segments, and members of bodies. Each failure is an invalid_argument that
// names the field.
#ifndef CONSENTD_LOCALAPI_PARAMETERS_HPP
#define CONSENTD_LOCALAPI_PARAMETERS_HPP

#include "base/time.hpp"
#include "localapi/problem.hpp"
#include "localapi/target.hpp"
#include "store/records.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace consentd::localapi {

inline constexpr std::size_t max_limit = 1000;
inline constexpr std::size_t default_limit = 100;
inline constexpr std::size_t max_text = 512; // of an issuer

// `limit`: 1 to max_limit, default_limit when absent.
parsed<std::size_t> read_limit(target const& from);

// Absent: an optional without a value. Present and not of its type: a problem.
parsed<std::optional<consent::status>> read_status(target const& from);
// The word of a status of any family, consents included, as it is spelt.
parsed<std::optional<std::string>> read_any_status(named_texts const& from);
parsed<std::optional<consent::kind>> read_kind(named_texts const& from);
parsed<std::optional<timestamp>> read_time(target const& from, std::string_view name);
parsed<std::optional<std::string>> read_consent_id(named_texts const& from, std::string_view name);
parsed<std::optional<std::string>> read_text(named_texts const& from, std::string_view name);

// A path segment that must be a consent id (contract section 8, 8), or a delivery's number.
parsed<std::string> consent_id(std::string_view segment);
parsed<std::string> resource_id(std::string_view segment); // of the same characters
parsed<std::int64_t> delivery_id(std::string_view segment);

// A decimal number without sign or leading zeros, up to 2^63 - 1.
std::optional<std::int64_t> read_number(std::string_view digits) noexcept;

// Opaque cursors. `list` keeps those of one list out of another.
std::string make_cursor(std::string_view list, std::string_view last);
// Nothing in the optional when no cursor came.
parsed<std::optional<std::string>> read_cursor(target const& from, std::string_view list);
// The same for lists whose last place is a number.
parsed<std::optional<std::int64_t>> read_number_cursor(target const& from, std::string_view list);

} // namespace consentd::localapi

#endif
