#include "config/load.hpp"

#include "config/files.hpp"
#include "config/interpret.hpp"
#include "config/reader.hpp"

#include <algorithm>
#include <utility>

namespace consentd::config {

loaded load(std::string const& path, named_files check) {
  auto const text = read_file(path);
  if (!text) {
    return problems{{path, 0, "", text.error().detail, ""}};
  }
  return parse(*text, path, check);
}

loaded parse(std::string_view text, std::string const& path, named_files check) {
  problems found;
  auto const read = read_sections(text, path, found);
  if (read.empty()) {
    return found;
  }
  auto made = interpret(read, path, check, found);
  if (found.empty()) {
    return made;
  }
  std::ranges::stable_sort(found, {}, &problem::line);
  return found;
}

} // namespace consentd::config
