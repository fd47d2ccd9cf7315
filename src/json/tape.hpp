// A parsed JSON text as one flat array: the inside of json::document.
#ifndef CONSENTD_JSON_TAPE_HPP
#define CONSENTD_JSON_TAPE_HPP

#include "base/result.hpp"
#include "json/document.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace consentd::json {

// A value or a member's name. Names stand directly before their values, elements and members between their container
// and its `next`, so a subtree is one run of nodes.
struct node {
  std::uint32_t begin; // in the source: the value's first character and one past its last
  std::uint32_t end;
  std::uint32_t size; // bytes of the text of a string, elements of an array, members of an object
  std::uint32_t next; // the node after this one's subtree
  json::type type;
  bool truth; // of a boolean
};

struct tape {
  std::string source;
  // The source once more with each string's escapes resolved in place: a string's text starts where its raw text
  // starts.
  std::string resolved;
  std::vector<node> nodes;

  std::string_view raw(node const& at) const noexcept {
    return std::string_view(source).substr(at.begin, at.end - at.begin);
  }
  std::string_view text(node const& at) const noexcept {
    return std::string_view(resolved).substr(at.begin + 1, at.size);
  }
};

// Offsets are 32 bits wide, and walks of nested values recurse.
inline constexpr std::size_t most_bytes = 0xffff'0000;
inline constexpr std::size_t most_depth = 1000;

// Fills nodes and `resolved` from `source`; fails as document::parse does.
result<void> read(tape& into, limits const& bounds);

} // namespace consentd::json

#endif
