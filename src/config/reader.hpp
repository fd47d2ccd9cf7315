// A settings file held against the schema: known names, right types, values within bounds, defaults filled in.
#ifndef CONSENTD_CONFIG_READER_HPP
#define CONSENTD_CONFIG_READER_HPP

#include "config/problem.hpp"
#include "config/section.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::config {

// The tables in the order of the file; a table that is absent and may be is there with its defaults, a repeated one is
// not.
using sections = std::map<std::string_view, std::vector<section>>;

// Adds to `found` what is wrong, in `file`.
sections read_sections(std::string_view text, std::string const& file, problems& found);

} // namespace consentd::config

#endif
