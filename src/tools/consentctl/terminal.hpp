// Text from elsewhere on its way to a terminal.
#ifndef CONSENTD_TOOLS_CONSENTCTL_TERMINAL_HPP
#define CONSENTD_TOOLS_CONSENTCTL_TERMINAL_HPP

#include <cstddef>
#include <string>
#include <string_view>

namespace consentd::consentctl {

// Control characters, bidirectional and other invisible ones, and bytes that are no UTF-8 come out as visible escapes
// (`\u202e`, `\x9b`): whoever names a consent or an issuer must not be able to move the cursor, rename a window or turn
// a line around.
std::string printable(std::string_view text);

// The same for a JSON text, which stays JSON with equal values: such characters become its own escapes.
std::string printable_json(std::string_view json);

// The same for a text that has others beside it in its line: letters that are written from right to left are escaped,
// too, since they would draw their neighbours to their other side.
std::string printable_among_others(std::string_view text);

// How many columns of a terminal a printable text takes.
std::size_t columns_of(std::string_view text);

} // namespace consentd::consentctl

#endif
