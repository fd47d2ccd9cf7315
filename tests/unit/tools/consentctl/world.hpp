// The real program and the real socket that it talks to.
#ifndef CONSENTD_TESTS_UNIT_TOOLS_CONSENTCTL_WORLD_HPP
#define CONSENTD_TESTS_UNIT_TOOLS_CONSENTCTL_WORLD_HPP

#include "tests/support/process.hpp"
#include "tests/unit/localapi/fixture.hpp"

#include <string>
#include <utility>
#include <vector>

namespace consentd::consentctl::testing {

struct world : localapi::testing::fixture {
  std::vector<std::string> command(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {CONSENTCTL, "--socket", socket()});
    return arguments;
  }
  tests::finished ctl(std::vector<std::string> arguments) const { return tests::run(command(std::move(arguments))); }
};

inline bool has(tests::finished const& of, std::string const& text) {
  return of.output.find(text) != std::string::npos;
}

// UTF-8 of U+202E (right-to-left override), U+2066 and U+009B (a control sequence introducer in one byte of Latin-1).
inline std::string const nasty = "https://evil\xe2\x80\xae.example\xe2\x81\xa6\xc2\x9b"
                                 "31m";

inline bool is_clean(std::string const& text) {
  for (auto const* bad : {"\xe2\x80\xae", "\xe2\x81\xa6", "\xc2\x9b", "\x1b", "\x07"}) {
    if (text.find(bad) != std::string::npos) {
      return false;
    }
  }
  return true;
}

} // namespace consentd::consentctl::testing

#endif
