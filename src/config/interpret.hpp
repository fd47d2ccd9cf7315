// What checked values mean: endpoints, files, choices, and rules between keys.
#ifndef CONSENTD_CONFIG_INTERPRET_HPP
#define CONSENTD_CONFIG_INTERPRET_HPP

#include "config/load.hpp"
#include "config/problem.hpp"
#include "config/reader.hpp"
#include "config/settings.hpp"

#include <string>

namespace consentd::config {

// Adds to `found` what is wrong; the settings count only when it is still empty then.
settings interpret(sections const& from, std::string const& file, named_files check, problems& found);

} // namespace consentd::config

#endif
