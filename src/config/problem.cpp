#include "config/problem.hpp"

#include <stdexcept>

namespace consentd::config {
namespace {

// A name in the file may hold anything; a message stays one line that cannot steer a terminal.
void append_visible(std::string& to, std::string_view text) {
  for (char const c : text) {
    auto const byte = static_cast<unsigned char>(c);
    to += byte < 0x20 || byte == 0x7f ? '?' : c;
  }
}

} // namespace

std::string describe(problem const& wrong) {
  std::string line;
  append_visible(line, wrong.file);
  if (wrong.line != 0) {
    line += ':' + std::to_string(wrong.line);
  }
  for (std::string_view const part :
       {std::string_view(wrong.key), std::string_view(wrong.what), std::string_view(wrong.mend)}) {
    if (!part.empty()) {
      line += ": ";
      append_visible(line, part);
    }
  }
  return line;
}

void throw_exception_from_error(problems const& all, boost::source_location const& /*where*/) {
  throw std::logic_error(all.empty() ? "settings with problems" : describe(all.front()));
}

} // namespace consentd::config
