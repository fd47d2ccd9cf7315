// Rows of text under headings.
#ifndef CONSENTD_TOOLS_CONSENTCTL_TABLE_HPP
#define CONSENTD_TOOLS_CONSENTCTL_TABLE_HPP

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::consentctl {

// Columns as wide as their widest cell. Cells are made printable here.
class table {
public:
  // `spared` names the columns that a terminal does without where they have no room, the first to go first.
  explicit table(std::vector<std::string> headings, std::initializer_list<std::string_view> spared = {});
  // As many cells as there are headings.
  void add(std::vector<std::string> cells);
  // "" when no row was added. `room`: columns of the terminal; 0: as many as it takes. What does not fit loses columns,
  // and says so in a last line; where that does not help, each row becomes a block of all its members, a line each.
  std::string text(std::size_t room) const;

private:
  std::vector<std::vector<std::string>> rows_; // the headings first
  std::vector<std::size_t> spared_;
};

} // namespace consentd::consentctl

#endif
