// Standard output, and whether what was written to it got there.
#ifndef CONSENTD_TOOLS_CONSENTCTL_OUTPUT_HPP
#define CONSENTD_TOOLS_CONSENTCTL_OUTPUT_HPP

#include <cstddef>
#include <string_view>

namespace consentd::consentctl {

// Before anything is opened: takes the numbers of standard descriptors that are closed, so that no socket gets one and
// with it what is printed. Writing to them still fails.
void occupy_standard_descriptors();

// Writes at once. False when that, or anything printed before, could not be written: the first time says so on standard
// error, unless it is only that nobody reads any more.
[[nodiscard]] bool print(std::string_view text);

// How wide the terminal is that standard output leads to; 0 where it leads to none, or to one that does not say.
std::size_t output_columns();

// False once something could not be written.
bool all_printed();

} // namespace consentd::consentctl

#endif
