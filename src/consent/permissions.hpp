// What a consent permits, as a set that can be compared and narrowed (contract section 5).
#ifndef CONSENTD_CONSENT_PERMISSIONS_HPP
#define CONSENTD_CONSENT_PERMISSIONS_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace consentd::consent {

// The codes of one consent, sorted, none twice. Bounded, so that a consent's record is: a set that is kept only ever
// gets smaller.
class permission_set {
public:
  // The standard has some 30 codes; with each of the insurance types in front they stay below 200.
  static constexpr std::size_t most = 256;
  static constexpr std::size_t longest = 160; // bytes of one code

  // No code at all.
  permission_set() = default;

  // Nothing when there are more than `most` different codes, or when one is empty, longer than `longest` bytes, or has
  // a control character (codes may be stored and shown one to a line).
  static std::optional<permission_set> of(std::vector<std::string> codes);

  std::vector<std::string> const& codes() const noexcept { return codes_; }

  // Every code of this one is in the other one as well.
  bool within(permission_set const& other) const noexcept;
  // The codes that are in both.
  permission_set common_with(permission_set const& other) const;

  friend bool operator==(permission_set const&, permission_set const&) = default;

private:
  std::vector<std::string> codes_;
};

} // namespace consentd::consent

#endif
