#include "jose/quoted.hpp"

#include <algorithm>

namespace consentd::jose {

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 128;
  bool const plain =
      text.size() <= longest && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
  if (!plain) {
    return "(" + std::to_string(text.size()) + " bytes)";
  }
  return '"' + std::string(text) + '"';
}

} // namespace consentd::jose
