#include "config/nearest.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace consentd::config {
namespace {

// Names of the schema are shorter; what is longer was not a slip of the finger, and costs nothing.
constexpr std::size_t longest_name = 64;

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> last(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) {
    last[j] = j;
  }
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      std::size_t const changed = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before[j - 2] + 1);
      }
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

} // namespace

std::string_view nearest(std::string_view typed, std::span<std::string_view const> candidates) {
  std::string_view best;
  std::size_t least = longest_name;
  if (typed.size() > longest_name) {
    return best;
  }
  for (auto const candidate : candidates) {
    std::size_t const far = distance(typed, candidate);
    std::size_t const allowed = std::max<std::size_t>(2, std::max(typed.size(), candidate.size()) / 3);
    // A word shorter than the distance shares no letter with the name that it would be changed into.
    if (far < least && far <= allowed && far < std::min(typed.size(), candidate.size())) {
      least = far;
      best = candidate;
    }
  }
  return best;
}

} // namespace consentd::config
