// Where a request's header section ends, found in bytes as they arrive.
#ifndef CONSENTD_NET_HEADER_SECTION_HPP
#define CONSENTD_NET_HEADER_SECTION_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace consentd::net {

// Looks at each byte once. Refuses early, so that what is not HTTP does not wait for its deadline, and strictly, since
// lenient line ends and folded lines are where parsers disagree (RFC 9112 sections 2.2 and 5.2): a bare CR or LF, a
// line that begins with white space, any other control character, an empty first line.
class header_section {
public:
  enum class state : std::uint8_t { incomplete, complete, malformed };

  // `bytes` from the section's beginning, longer at each call.
  state look(std::string_view bytes) noexcept;
  // Once complete: the section's length with its empty line.
  std::size_t size() const noexcept { return seen_; }

private:
  std::size_t seen_ = 0;
};

// Are the lines of `bytes`, which begins with one, as strict as those of a header section? Empty ones are.
bool has_strict_lines(std::string_view bytes) noexcept;

} // namespace consentd::net

#endif
