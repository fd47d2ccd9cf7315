// What is wrong with a settings file, in a form that says where and how to mend it.
#ifndef CONSENTD_CONFIG_PROBLEM_HPP
#define CONSENTD_CONFIG_PROBLEM_HPP

#include <boost/assert/source_location.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace consentd::config {

// One thing wrong. Names keys, files and limits; never holds the contents of a secret.
struct problem {
  std::string file;
  unsigned line = 0; // 0: the file as a whole
  std::string key;   // "hub.certificate", "issuer[2].id" (counted from 1); empty: the file as a whole
  std::string what;
  std::string mend; // empty where `what` says it all
};

using problems = std::vector<problem>;

// "consentd.toml:12: hub.certificate: no such file: /etc/…: give the path of …". One line, control characters replaced.
std::string describe(problem const& wrong);

// Found by result::value(): throws std::logic_error, since the caller asked for settings that it had not checked for.
[[noreturn]] void throw_exception_from_error(problems const& all, boost::source_location const& where);

} // namespace consentd::config

#endif
