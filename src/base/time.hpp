// Points in time, the clock as a seam, and the date formats of the standard.
#ifndef CONSENTD_BASE_TIME_HPP
#define CONSENTD_BASE_TIME_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace consentd {

// UTC, whole microseconds. Every stored and compared time has this type.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

// Where "now" comes from, so that tests can set it. Implementations are safe to call from any thread.
class clock {
public:
  virtual ~clock() = default;
  virtual timestamp now() const noexcept = 0;
};

// The machine's clock. Lives as long as the program.
clock const& system_clock() noexcept;

// A date-time of RFC 3339, and the forms of contract section 8, 5: offsets `Z`, `+03:00`, `+0300`, fractions of any
// length (beyond microseconds cut off). Years 1970 to 9999; a leap second counts as the second after. Nothing for all
// else.
std::optional<timestamp> parse_date_time(std::string_view text) noexcept;

// RFC 3339 in UTC with `Z`; a fraction only when there is one: "2026-03-27T13:27:13.25Z".
std::string format_date_time(timestamp when);

} // namespace consentd

#endif
