// How one entry of the log is written.
#ifndef CONSENTD_OPS_LOG_LINE_HPP
#define CONSENTD_OPS_LOG_LINE_HPP

#include "base/log.hpp"
#include "base/time.hpp"
#include "ops/log.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace consentd::ops {

// Longer values are cut here, at the end of a character, and an ellipsis stands for the rest.
inline constexpr std::size_t max_value_bytes = 512;

// The whole line with its line feed.
std::string log_line(log_format format, timestamp when, severity level, std::string_view event,
                     std::span<log_field const> fields);

} // namespace consentd::ops

#endif
