#include "tools/consentctl/table.hpp"

#include "tools/consentctl/terminal.hpp"

#include <algorithm>
#include <utility>

namespace consentd::consentctl {

namespace {

using row = std::vector<std::string>;

constexpr std::size_t gap = 2; // between two columns

std::string padded(std::string const& cell, std::size_t width) {
  return cell + std::string(width - columns_of(cell) + gap, ' ');
}

std::string without_end(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::vector<std::size_t> widths_of(std::vector<row> const& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (auto const& one : rows) {
    for (std::size_t at = 0; at < one.size(); ++at) {
      widths[at] = std::max(widths[at], columns_of(one[at]));
    }
  }
  return widths;
}

// Zero is the width of a column that is left out.
bool fits(std::vector<std::size_t> const& widths, std::size_t room) {
  std::size_t total = 0;
  for (auto const width : widths) {
    total += width == 0 ? 0 : width + gap;
  }
  return room == 0 || total <= room + gap;
}

std::string in_columns(std::vector<row> const& rows, std::vector<std::size_t> const& widths) {
  std::string out;
  for (auto const& one : rows) {
    std::string line;
    for (std::size_t at = 0; at < one.size(); ++at) {
      line += widths[at] == 0 ? std::string() : padded(one[at], widths[at]);
    }
    out += without_end(std::move(line));
  }
  return out;
}

std::string in_blocks(std::vector<row> const& rows) {
  auto const& headings = rows.front();
  std::size_t widest = 0;
  for (auto const& heading : headings) {
    widest = std::max(widest, columns_of(heading));
  }
  std::string out;
  for (std::size_t which = 1; which < rows.size(); ++which) {
    out += which == 1 ? "" : "\n";
    for (std::size_t at = 0; at < headings.size(); ++at) {
      out += without_end(padded(headings[at], widest) + rows[which][at]);
    }
  }
  return out;
}

} // namespace

table::table(row headings, std::initializer_list<std::string_view> spared) {
  for (auto const name : spared) {
    auto const found = std::find(headings.begin(), headings.end(), name);
    spared_.push_back(static_cast<std::size_t>(found - headings.begin()));
  }
  rows_.push_back(std::move(headings));
}

void table::add(row cells) {
  for (auto& cell : cells) {
    cell = printable_among_others(cell);
  }
  cells.resize(rows_.front().size());
  rows_.push_back(std::move(cells));
}

std::string table::text(std::size_t room) const {
  if (rows_.size() == 1) {
    return {};
  }
  auto widths = widths_of(rows_);
  std::string without;
  for (auto next = spared_.begin(); next != spared_.end() && !fits(widths, room); ++next) {
    widths[*next] = 0;
    without += (without.empty() ? "" : ", ") + rows_.front()[*next];
  }
  if (!fits(widths, room)) {
    return in_blocks(rows_);
  }
  return in_columns(rows_, widths) +
         (without.empty() ? std::string() : "(no room for " + without + ": --json has all)\n");
}

} // namespace consentd::consentctl
