// Text from elsewhere on its way to a terminal.
#ifndef CONSENTD_TOOLS_CONSENTCTL_TERMINAL_HPP
#define CONSENTD_TOOLS_CONSENTCTL_TERMINAL_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::consentctl {

// Control characters, bidirectional and other invisible ones, and bytes that are no UTF-8 come out as visible escapes
// (`\u202e`,
// `\x9b`): whoever names a consent or an issuer must not be able to move the cursor, rename a window or turn a line
// around.
std::string printable(std::string_view text);

// The same for a JSON text, which stays JSON with equal values: such characters become its own escapes.
std::string printable_json(std::string_view json);

// Rows under headings, columns as wide as their widest cell. Cells are made printable here.
class table {
public:
  explicit table(std::vector<std::string> headings);
  // As many cells as there are headings.
  void add(std::vector<std::string> cells);
  // "" when no row was added.
  std::string text() const;

private:
  std::vector<std::vector<std::string>> rows_; // the headings first
};

} // namespace consentd::consentctl

#endif
