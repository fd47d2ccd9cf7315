// The settings file read and checked.
#ifndef CONSENTD_CONFIG_LOAD_HPP
#define CONSENTD_CONFIG_LOAD_HPP

#include "base/result.hpp"
#include "config/problem.hpp"
#include "config/settings.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace consentd::config {

// Whether the files that the settings name are opened too. A tool that only wants the socket's path runs as somebody
// who may not read the private keys.
enum class named_files : std::uint8_t { checked, left_alone };

// Everything that is wrong with the file, in the order of its lines; never an empty list.
using loaded = boost::system::result<settings, problems>;

loaded load(std::string const& path, named_files check = named_files::checked);

// The same for a text: `path` names it in messages, and relative paths are resolved against the folder of `path`.
loaded parse(std::string_view text, std::string const& path, named_files check = named_files::checked);

} // namespace consentd::config

#endif
