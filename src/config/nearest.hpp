// What somebody probably meant to type.
#ifndef CONSENTD_CONFIG_NEAREST_HPP
#define CONSENTD_CONFIG_NEAREST_HPP

#include <span>
#include <string_view>

namespace consentd::config {

// The candidate at the least edit distance (insertions, deletions, replacements, swaps of neighbours); empty when none
// is near enough to be meant: at most a third of the longer name, and 2 at least. Of equally near ones the first.
std::string_view nearest(std::string_view typed, std::span<std::string_view const> candidates);

} // namespace consentd::config

#endif
